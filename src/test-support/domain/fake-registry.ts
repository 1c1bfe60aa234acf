/** A registry in memory behind the port that discovery sees: what it lists, what it counts, how it fails. */
import { AppError } from '../../core/index.ts'
import type { ImageSource, RawManifest } from '../../images/index.ts'
import type { ListedTag, RegistryConnector } from '../../registries/index.ts'
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
      tags: (repository) => this.#tags(repository),
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
    const names = [...this.repositories.keys()].sort()
    for (let start = Number(cursor ?? 0); start < names.length; start += this.pageSize) {
      await this.#ask('catalog')
      const end = start + this.pageSize
      const repositories = names.slice(start, end).map((name) => ({ name, revision: null }))
      yield { repositories, nextCursor: end < names.length ? String(end) : null }
    }
  }

  async *#tags(repository: string) {
    const tags = this.repositories.get(repository)
    if (tags === undefined) throw notFound('repository-not-found')
    // What is listed is what is there when the listing begins, page by page.
    const listed = [...tags].map(
      ([name, tag]): ListedTag => ({
        name,
        digest: this.listsDigests ? tag.built.manifest.digest : null,
        pushedAt: tag.pushedAt,
        mediaType: null,
        size: null,
      }),
    )
    for (let start = 0; start < Math.max(1, listed.length); start += this.pageSize) {
      await this.#ask(`tags ${repository}`)
      const end = start + this.pageSize
      yield { tags: listed.slice(start, end), nextCursor: end < listed.length ? String(end) : null }
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
