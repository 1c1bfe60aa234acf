/** A registry in memory behind the port that discovery sees: what it lists, what it counts, how it fails. */
import { createHash } from 'node:crypto'
import { AppError } from '../../core/index.ts'
import type { ImageSource, RawManifest } from '../../images/index.ts'
import type { ListedTag, ListingOptions, RegistryConnector } from '../../registries/index.ts'
import { type Built, memorySource } from '../image-builder/index.ts'

interface Tag {
  readonly built: Built
  readonly pushedAt: number | null
}

export class FakeRegistry {
  readonly host: string
  readonly repositories = new Map<string, Map<string, Tag>>()
  /** Asked for since the start: `catalog`, `tags acme/api`, `manifest sha256:...`. */
  readonly requests: string[] = []
  /** Called before each request; a throw is the registry's answer. */
  before: (request: string) => void | Promise<void> = () => undefined
  /** Whether listings say digests, or each tag must be resolved. */
  listsDigests = true
  /** Whether the listing of repositories says that one has not changed. */
  hasRevisions = false
  /** Whether listings of tags are newest first, and may stop at what is older than was asked for. */
  isNewestFirst = false
  /** Whether everything can be listed at once. */
  listsEverything = false
  /** What such listings were told that an earlier one left; each leaves its number. */
  readonly memos: (string | undefined)[] = []
  /** Repositories that are there and not listed. */
  readonly unlisted = new Set<string>()
  pageSize = 2

  constructor(host = 'registry.test:5000') {
    this.host = host
  }

  put(repository: string, tag: string, built: Built, pushedAt: number | null = null): void {
    const tags = this.repositories.get(repository) ?? new Map<string, Tag>()
    tags.set(tag, { built, pushedAt })
    this.repositories.set(repository, tags)
  }

  async #ask(request: string): Promise<void> {
    this.requests.push(request)
    await this.before(request)
  }

  connector(): RegistryConnector {
    return {
      host: this.host,
      insecure: false,
      check: async () => [],
      repositories: (options) => this.#repositories(options?.cursor),
      tags: (repository, options) => this.#tags(repository, options),
      ...(this.listsEverything ? { contents: (options?: ListingOptions) => this.#contents(options) } : {}),
      resolve: async (repository, tag) => {
        await this.#ask(`head ${repository}:${tag}`)
        const { manifest } = this.#tag(repository, tag).built
        return { digest: manifest.digest, mediaType: manifest.mediaType, size: manifest.bytes.length }
      },
      source: (repository) => this.source(repository),
      close: async () => undefined,
    }
  }

  async *#repositories(cursor: string | undefined) {
    const names = [...this.repositories.keys()].filter((name) => !this.unlisted.has(name)).sort()
    for (let start = Number(cursor ?? 0); start < names.length; start += this.pageSize) {
      await this.#ask('catalog')
      const end = start + this.pageSize
      const repositories = names
        .slice(start, end)
        .map((name) => ({ name, revision: this.hasRevisions ? this.#revision(name) : null }))
      yield { repositories, nextCursor: end < names.length ? String(end) : null }
    }
  }

  #revision(repository: string): string {
    const tags = [...(this.repositories.get(repository) ?? [])]
    const state = tags.map(([name, { built, pushedAt }]) => [name, built.manifest.digest, pushedAt])
    return createHash('sha256').update(JSON.stringify(state.sort())).digest('hex')
  }

  /** What is there when a listing begins, newest first where the registry does that, and whether older ones were left out. */
  #listed(tags: ReadonlyMap<string, Tag>, since: number | undefined) {
    const all = [...tags].map(
      ([name, tag]): ListedTag => ({
        name,
        digest: this.listsDigests ? tag.built.manifest.digest : null,
        pushedAt: tag.pushedAt,
        mediaType: null,
        size: null,
      }),
    )
    if (!this.isNewestFirst) return { listed: all, partial: false }
    all.sort((left, right) => (right.pushedAt ?? 0) - (left.pushedAt ?? 0))
    const listed = all.filter((tag) => since === undefined || (tag.pushedAt ?? 0) >= since)
    return { listed, partial: listed.length < all.length }
  }

  async *#tags(repository: string, { cursor, since }: ListingOptions = {}) {
    const tags = this.repositories.get(repository)
    if (tags === undefined) {
      await this.#ask(`tags ${repository}`)
      throw notFound('repository-not-found')
    }
    const { listed, partial } = this.#listed(tags, since)
    const from = Number(cursor ?? 0)
    for (let start = from; start < Math.max(from + 1, listed.length); start += this.pageSize) {
      await this.#ask(`tags ${repository}`)
      const end = start + this.pageSize
      const isLast = end >= listed.length
      yield {
        tags: listed.slice(start, end),
        nextCursor: isLast ? null : String(end),
        ...(isLast && partial ? { partial } : {}),
      }
    }
  }

  async *#contents({ cursor, since, memo }: ListingOptions = {}) {
    const left = String(this.memos.push(memo))
    const places = [...this.repositories].map(([name, tags]) => ({ name, ...this.#listed(tags, since) }))
    const entries = places.flatMap(({ name, listed }) => listed.map((tag) => ({ name, tags: [tag] })))
    const partial = places.some((each) => each.partial)
    const from = Number(cursor ?? 0)
    for (let start = from; start < Math.max(from + 1, entries.length); start += this.pageSize) {
      await this.#ask('contents')
      const end = start + this.pageSize
      const isLast = end >= entries.length
      yield {
        repositories: entries.slice(start, end),
        nextCursor: isLast ? null : String(end),
        ...(isLast && partial ? { partial } : {}),
        ...(isLast ? { memo: left } : {}),
      }
    }
  }

  #tag(repository: string, name: string): Tag {
    const tag = this.repositories.get(repository)?.get(name)
    if (tag === undefined) throw notFound('manifest-not-found')
    return tag
  }

  source(repository: string): ImageSource {
    const find = (): ImageSource => {
      const tags = this.repositories.get(repository) ?? new Map<string, Tag>()
      return memorySource(Object.fromEntries([...tags].map(([name, tag]) => [name, tag.built])))
    }
    return {
      name: `${this.host}/${repository}`,
      manifest: async (reference): Promise<RawManifest> => {
        await this.#ask(`manifest ${reference}`)
        return find().manifest(reference)
      },
      blob: async (descriptor) => {
        await this.#ask(`blob ${descriptor.digest}`)
        return find().blob(descriptor)
      },
    }
  }
}

function notFound(code: string): AppError {
  return new AppError({ code, kind: 'not-found', publicMessage: 'Not found or no access.' })
}
