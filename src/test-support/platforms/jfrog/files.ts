import { digestHex } from '../../../core/index.ts'
import type { Built } from '../../image-builder/index.ts'

/** One file of an image, as Artifactory keeps it. */
export interface StoredFile {
  readonly repo: string
  /** Folder: image and tag. */
  readonly path: string
  readonly name: string
  readonly size: number
  readonly sha256: string
  /** Milliseconds since the epoch. */
  readonly created: number
  readonly modified: number
  readonly updated: number
}

/** Manifests in their folders: of an index one by its tag, and its images by their digests. */
export class Files {
  private readonly files = new Map<string, StoredFile>()

  all(): StoredFile[] {
    return [...this.files.values()]
  }

  push(repo: string, image: string, tag: string, built: Built, at: number): void {
    this.untag(repo, image, tag)
    if (built.kind === 'index') {
      this.put(repo, `${image}/${tag}`, 'list.manifest.json', built, at)
      for (const child of built.images) {
        this.put(repo, `${image}/sha256__${digestHex(child.manifest.digest)}`, 'manifest.json', child, at)
      }
      const [first] = built.images
      // Seen where a tag was of one platform before: the index is what the tag means.
      if (first) this.put(repo, `${image}/${tag}`, 'manifest.json', first, at)
    } else this.put(repo, `${image}/${tag}`, 'manifest.json', built, at)
  }

  private put(repo: string, path: string, name: string, built: Built, at: number): void {
    const key = `${repo}:${path}/${name}`
    const { bytes, digest } = built.manifest
    const created = this.files.get(key)?.created ?? at
    const file = {
      repo,
      path,
      name,
      size: bytes.length,
      sha256: digestHex(digest),
      created,
      modified: at,
      updated: at,
    }
    this.files.set(key, file)
  }

  untag(repo: string, image: string, tag: string): void {
    for (const [key, file] of this.files)
      if (file.repo === repo && file.path === `${image}/${tag}`) this.files.delete(key)
  }

  remove(repo: string, image: string): void {
    for (const [key, file] of this.files)
      if (file.repo === repo && imageOf(file) === image) this.files.delete(key)
  }

  /** Images of some repositories with their tags, sorted. */
  images(repos: readonly string[]): Map<string, string[]> {
    const images = new Map<string, Set<string>>()
    for (const file of this.files.values()) {
      const tag = file.path.slice(file.path.lastIndexOf('/') + 1)
      if (!repos.includes(file.repo) || tag.startsWith('sha256__')) continue
      images.set(imageOf(file), (images.get(imageOf(file)) ?? new Set()).add(tag))
    }
    return new Map(
      [...images.keys()].toSorted().map((image) => [image, [...(images.get(image) ?? [])].toSorted()]),
    )
  }
}

function imageOf({ path }: StoredFile): string {
  return path.slice(0, path.lastIndexOf('/'))
}
