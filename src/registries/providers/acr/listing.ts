import {
  type ApiClient,
  type ListedTag,
  type ListingOptions,
  nextQuery,
  pageGuard,
  type RepositoryPage,
  startQuery,
  type TagPage,
} from '../../index.ts'
import { catalogAnswer, tagsAnswer } from './answers/schema.ts'

/** The registry gives at most as many, whatever is asked for (Azure/acr, issue 749). */
const mostEntries = 1000

type Options = ListingOptions & { readonly pageSize?: number }

/** `GET /acr/v1/_catalog`: names only, in alphabetical order. */
export async function* listRepositories(api: ApiClient, options: Options): AsyncGenerator<RepositoryPage> {
  const path = '/acr/v1/_catalog'
  const guard = pageGuard(api.host)
  let query: string | undefined = startQuery(options.cursor, `n=${options.pageSize ?? mostEntries}`)
  while (query !== undefined) {
    const request = { path: `${path}?${query}`, doing: 'list repositories', signal: options.signal }
    const { value, response } = await api.json(request, catalogAnswer)
    const next = nextQuery(response, { host: api.host, path })
    guard(query, value.repositories)
    const repositories = value.repositories.map((name) => ({ name, revision: null }))
    yield { repositories, nextCursor: next ?? null }
    query = next
  }
}

/** Whether a page shows that it begins with what was pushed last. */
function isNewestFirst(tags: readonly Pick<ListedTag, 'pushedAt'>[], before: number): boolean {
  let last = before
  return tags.every(({ pushedAt }) => {
    if (pushedAt === null || pushedAt > last) return false
    last = pushedAt
    return true
  })
}

/**
 * `GET /acr/v1/<name>/_tags`, newest first: digest and date of a thousand tags with one request. Media type and size would take a
 * second one (`_manifests`), and are known anyway once an image is indexed.
 */
export async function* listTags(
  api: ApiClient,
  repository: string,
  options: Options,
): AsyncGenerator<TagPage> {
  const path = `/acr/v1/${repository}/_tags`
  const { since, signal } = options
  const guard = pageGuard(api.host)
  let newest = Number.POSITIVE_INFINITY
  let query: string | undefined = startQuery(
    options.cursor,
    `n=${options.pageSize ?? mostEntries}&orderby=timedesc`,
  )
  while (query !== undefined) {
    const { value, response } = await api.json(
      { path: `${path}?${query}`, doing: 'list tags', signal },
      tagsAnswer,
    )
    const next = nextQuery(response, { host: api.host, path })
    guard(query, value.tags)
    const oldest = value.tags.at(-1)?.pushedAt ?? null
    const isOrdered = isNewestFirst(value.tags, newest)
    const stops = next !== undefined && since !== undefined && isOrdered && oldest !== null && oldest < since
    const tags = value.tags.map((tag) => ({ ...tag, mediaType: null, size: null }))
    if (stops) {
      yield { tags, nextCursor: null, partial: true }
      return
    }
    yield { tags, nextCursor: next ?? null }
    newest = isOrdered && oldest !== null ? oldest : Number.NEGATIVE_INFINITY
    query = next
  }
}
