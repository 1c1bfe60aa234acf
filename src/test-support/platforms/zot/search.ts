import type { Built } from '../../image-builder/index.ts'

interface ZotTag {
  readonly name: string
  digest: string
  /** When the tag first appeared; stays when it moves. */
  readonly taggedAt: number
}

interface ZotImage {
  readonly mediaType: string
  readonly size: number
  readonly pushedAt: number
}

interface ZotRepository {
  readonly images: Map<string, ZotImage>
  readonly tags: Map<string, ZotTag>
}

/** What zot's search extension knows of the images that were pushed. */
export class ZotContent {
  private readonly repositories = new Map<string, ZotRepository>()

  push(name: string, tag: string, built: Built, at: number): void {
    const repository = this.repositories.get(name) ?? { images: new Map(), tags: new Map() }
    this.repositories.set(name, repository)
    const { digest, mediaType, bytes } = built.manifest
    const blobs = [...built.blobs.values()].reduce((sum, blob) => sum + blob.length, 0)
    const known = repository.images.get(digest)
    repository.images.set(digest, known ?? { mediaType, size: bytes.length + blobs, pushedAt: at })
    const found = repository.tags.get(tag)
    if (found) found.digest = digest
    else repository.tags.set(tag, { name: tag, digest, taggedAt: at })
  }

  untag(name: string, tag: string): void {
    this.repositories.get(name)?.tags.delete(tag)
  }

  remove(name: string): void {
    this.repositories.delete(name)
  }

  /** As `ImageSummary` of schema.graphql, in the order of tags. */
  images(name: string): Readonly<Record<string, unknown>>[] {
    const repository = this.repositories.get(name)
    if (!repository) return []
    const tags = [...repository.tags.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
    return tags.map(({ name: tag, digest, taggedAt }) => {
      const image = repository.images.get(digest)
      return {
        RepoName: name,
        Tag: tag,
        Digest: digest,
        MediaType: image?.mediaType ?? '',
        Size: String(image?.size ?? 0),
        PushTimestamp: new Date(image?.pushedAt ?? 0).toISOString(),
        TaggedTimestamp: new Date(taggedAt).toISOString(),
        LastUpdated: '2024-01-01T00:00:00Z',
      }
    })
  }
}

export interface SearchAnswer {
  readonly status: number
  readonly body: unknown
}

const refused = (message: string): SearchAnswer => ({
  status: 422,
  body: { errors: [{ message }], data: null },
})

interface Variables {
  readonly page?: { readonly limit?: number; readonly offset?: number }
  readonly [name: string]: unknown
}

function only(fields: readonly string[], image: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(fields.map((field) => [field, image[field]]))
}

/** Queries of `ImageList`, one or several by names of their own, arguments as variables; only the fields that are asked for. */
export function answerSearch(
  content: ZotContent,
  parameters: URLSearchParams,
  mostImages: number,
): SearchAnswer {
  const query = parameters.get('query') ?? ''
  const fields = /Results\s*\{([^{}]*)\}/.exec(query)?.[1]?.trim().split(/\s+/)
  const lists = [...query.matchAll(/(?:(\w+):\s*)?\bImageList\(repo:\s*(?:\$(\w+)|"([^"]*)")/g)]
  if (lists.length === 0 || fields === undefined) return refused('Cannot query that field')
  const variables = JSON.parse(parameters.get('variables') ?? '{}') as Variables
  const { limit, offset } = { limit: 0, offset: 0, ...variables.page }
  if (limit < 0 || offset < 0) return refused('requested page parameters cannot be negative')
  const data: Record<string, unknown> = {}
  for (const [, alias = 'ImageList', variable = '', name] of lists) {
    const all = content.images(name ?? String(variables[variable]))
    const shown = all.slice(offset, offset + Math.min(limit === 0 ? all.length : limit, mostImages))
    const unknown = shown.flatMap((image) => fields.filter((field) => !(field in image)))
    if (unknown.length > 0) return refused(`Cannot query field "${unknown[0]}" on type "ImageSummary".`)
    data[alias] = { Page: { TotalCount: all.length }, Results: shown.map((image) => only(fields, image)) }
  }
  return { status: 200, body: { data } }
}
