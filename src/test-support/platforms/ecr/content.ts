import type { Built } from '../../image-builder/index.ts'

interface Image {
  readonly digest: string
  readonly mediaType: string
  readonly size: number
  /** Milliseconds since the epoch; pushing the same image again does not change it. */
  readonly pushedAt: number
  readonly tags: Set<string>
}

/** Repositories and images as ECR keeps them: an image is a digest with any number of tags. */
export class Content {
  private readonly repositories = new Map<string, Map<string, Image>>()
  readonly blobs = new Map<string, Uint8Array>()

  add(repository: string): Map<string, Image> {
    const images = this.repositories.get(repository) ?? new Map<string, Image>()
    this.repositories.set(repository, images)
    return images
  }

  remove(repository: string): void {
    this.repositories.delete(repository)
  }

  has(repository: string): boolean {
    return this.repositories.has(repository)
  }

  push(repository: string, tag: string, built: Built, pushedAt: number): void {
    const images = this.add(repository)
    this.untag(repository, tag)
    const { digest, mediaType } = built.manifest
    const image = images.get(digest) ?? { digest, mediaType, size: sizeOf(built), pushedAt, tags: new Set() }
    image.tags.add(tag)
    images.set(digest, image)
    const parts = built.kind === 'index' ? built.images : [built]
    for (const part of parts) for (const [name, bytes] of part.blobs) this.blobs.set(name, bytes)
  }

  untag(repository: string, tag: string): void {
    for (const image of this.repositories.get(repository)?.values() ?? []) image.tags.delete(tag)
  }

  names(): string[] {
    return [...this.repositories.keys()].toSorted()
  }

  /** By digest, which is no order that means anything. */
  images(repository: string): Image[] {
    return [...(this.repositories.get(repository)?.values() ?? [])].toSorted((a, b) =>
      a.digest < b.digest ? -1 : 1,
    )
  }
}

/** Compressed layers; of an index, the largest member (ECR API reference, ImageDetail). */
function sizeOf(built: Built): number {
  if (built.kind === 'index') return Math.max(...built.images.map(sizeOf))
  return [...built.blobs.values()].reduce((sum, { length }) => sum + length, 0)
}
