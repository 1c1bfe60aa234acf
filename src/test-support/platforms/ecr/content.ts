import type { Built } from '../../image-builder/index.ts'

interface Image {
  readonly digest: string
  readonly mediaType: string
  readonly size: number
  /** Milliseconds since the epoch; pushing the same image again does not change it. */
  readonly pushedAt: number
  readonly tags: Set<string>
}

interface Repository {
  readonly images: Map<string, Image>
  /** Digest by tag. */
  readonly tags: Map<string, string>
  /** By digest; undefined when an image was added since. */
  sorted: readonly Image[] | undefined
}

/** Repositories and images as ECR keeps them: an image is a digest with any number of tags. */
export class Content {
  private readonly repositories = new Map<string, Repository>()
  private sortedNames: readonly string[] | undefined
  readonly blobs = new Map<string, Uint8Array>()

  add(name: string): Repository {
    const found = this.repositories.get(name)
    if (found !== undefined) return found
    const repository = { images: new Map(), tags: new Map(), sorted: undefined }
    this.repositories.set(name, repository)
    this.sortedNames = undefined
    return repository
  }

  remove(name: string): void {
    this.repositories.delete(name)
    this.sortedNames = undefined
  }

  has(name: string): boolean {
    return this.repositories.has(name)
  }

  push(name: string, tag: string, built: Built, pushedAt: number): void {
    const repository = this.add(name)
    this.untag(name, tag)
    const { digest, mediaType } = built.manifest
    const known = repository.images.get(digest)
    const image = known ?? { digest, mediaType, size: sizeOf(built), pushedAt, tags: new Set() }
    image.tags.add(tag)
    repository.tags.set(tag, digest)
    repository.images.set(digest, image)
    if (known === undefined) repository.sorted = undefined
    const parts = built.kind === 'index' ? built.images : [built]
    for (const part of parts) for (const [blob, bytes] of part.blobs) this.blobs.set(blob, bytes)
  }

  untag(name: string, tag: string): void {
    const repository = this.repositories.get(name)
    repository?.images.get(repository.tags.get(tag) ?? '')?.tags.delete(tag)
    repository?.tags.delete(tag)
  }

  names(): readonly string[] {
    return (this.sortedNames ??= [...this.repositories.keys()].toSorted())
  }

  /** By digest, which is no order that means anything. */
  images(name: string): readonly Image[] {
    const repository = this.repositories.get(name)
    if (repository === undefined) return []
    return (repository.sorted ??= [...repository.images.values()].toSorted((a, b) =>
      a.digest < b.digest ? -1 : 1,
    ))
  }
}

/** Compressed layers; of an index, the largest member (ECR API reference, ImageDetail). */
function sizeOf(built: Built): number {
  if (built.kind === 'index') return Math.max(...built.images.map(sizeOf))
  return [...built.blobs.values()].reduce((sum, { length }) => sum + length, 0)
}
