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
  /** By repository and path, then by name. */
  private readonly folders = new Map<string, Map<string, StoredFile>>()
  /** Folders of tags, by repository and image. */
  private readonly tagged = new Map<string, Set<string>>()

  all(): StoredFile[] {
    return [...this.folders.values()].flatMap((folder) => [...folder.values()])
  }

  push(repo: string, image: string, tag: string, built: Built, at: number): void {
    const before = this.folders.get(`${repo}:${image}/${tag}`)
    this.untag(repo, image, tag)
    const tags = this.tagged.get(`${repo}:${image}`) ?? new Set()
    this.tagged.set(`${repo}:${image}`, tags.add(tag))
    const put = (path: string, name: string, stored: Built) =>
      this.put({ repo, path, name }, stored, at, before)
    if (built.kind === 'image') return put(`${image}/${tag}`, 'manifest.json', built)
    put(`${image}/${tag}`, 'list.manifest.json', built)
    for (const child of built.images)
      put(`${image}/sha256__${digestHex(child.manifest.digest)}`, 'manifest.json', child)
    const [first] = built.images
    // Seen where a tag was of one platform before: the index is what the tag means.
    if (first) put(`${image}/${tag}`, 'manifest.json', first)
  }

  private put(
    place: Pick<StoredFile, 'repo' | 'path' | 'name'>,
    { manifest }: Built,
    at: number,
    before: ReadonlyMap<string, StoredFile> | undefined,
  ): void {
    const folder = this.folders.get(`${place.repo}:${place.path}`) ?? new Map<string, StoredFile>()
    this.folders.set(`${place.repo}:${place.path}`, folder)
    const created = before?.get(place.name)?.created ?? at
    const dates = { created, modified: at, updated: at }
    folder.set(place.name, {
      ...place,
      ...dates,
      size: manifest.bytes.length,
      sha256: digestHex(manifest.digest),
    })
  }

  untag(repo: string, image: string, tag: string): void {
    this.folders.delete(`${repo}:${image}/${tag}`)
    const tags = this.tagged.get(`${repo}:${image}`)
    tags?.delete(tag)
    if (tags?.size === 0) this.tagged.delete(`${repo}:${image}`)
  }

  remove(repo: string, image: string): void {
    for (const tag of this.tagged.get(`${repo}:${image}`) ?? []) this.untag(repo, image, tag)
  }

  has(repos: readonly string[], image: string): boolean {
    return repos.some((repo) => this.tagged.has(`${repo}:${image}`))
  }

  /** Images of some repositories, sorted. */
  images(repos: readonly string[]): string[] {
    const owned = repos.flatMap((repo) =>
      [...this.tagged.keys()]
        .filter((key) => key.startsWith(`${repo}:`))
        .map((key) => key.slice(repo.length + 1)),
    )
    return [...new Set(owned)].toSorted()
  }

  /** Tags of an image in any of them, sorted; undefined where it is in none. */
  tags(repos: readonly string[], image: string): string[] | undefined {
    if (!this.has(repos, image)) return undefined
    return [...new Set(repos.flatMap((repo) => [...(this.tagged.get(`${repo}:${image}`) ?? [])]))].toSorted()
  }
}
