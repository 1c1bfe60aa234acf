import type { Digest } from '../../../core/index.ts'
import type { Built } from '../../image-builder/index.ts'

export interface StoredTag {
  readonly name: string
  readonly digest: Digest
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** What is in a registry, by repository. */
export class Content {
  private readonly repositories = new Map<string, Map<string, StoredTag>>()
  /** Where tags stood last, so that a listing can go on after one that left. */
  private readonly places = new Map<string, number>()

  names(): string[] {
    return [...this.repositories.keys()].toSorted()
  }

  has(repository: string): boolean {
    return this.repositories.has(repository)
  }

  add(repository: string): void {
    if (!this.repositories.has(repository)) this.repositories.set(repository, new Map())
  }

  remove(repository: string): void {
    this.repositories.delete(repository)
  }

  push(repository: string, tag: string, built: Built, at: number): void {
    this.add(repository)
    const tags = this.repositories.get(repository)
    const createdAt = tags?.get(tag)?.createdAt ?? at
    tags?.set(tag, { name: tag, digest: built.manifest.digest, createdAt, updatedAt: at })
    this.places.set(`${repository}:${tag}`, at)
  }

  untag(repository: string, tag: string): void {
    this.repositories.get(repository)?.delete(tag)
  }

  /** Newest first, or by name. */
  tags(repository: string, newestFirst: boolean): StoredTag[] {
    const tags = [...(this.repositories.get(repository)?.values() ?? [])]
    const byName = (one: StoredTag, other: StoredTag) => (one.name < other.name ? -1 : 1)
    return tags.toSorted((one, other) =>
      newestFirst ? other.updatedAt - one.updatedAt || byName(one, other) : byName(one, other),
    )
  }

  /** What follows a tag, though it may have left or moved to the front. */
  tagsAfter(repository: string, last: string, newestFirst: boolean, at?: number): StoredTag[] {
    const tags = this.tags(repository, newestFirst)
    if (!newestFirst) return tags.filter(({ name }) => name > last)
    const place = at ?? this.places.get(`${repository}:${last}`) ?? 0
    return tags.filter(({ name, updatedAt }) => updatedAt < place || (updatedAt === place && name > last))
  }
}
