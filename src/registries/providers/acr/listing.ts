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

/**
 * When the oldest tag of a page was pushed; undefined unless this page, and those before it, show that they go from new to old.
 *
 * @param before the same of the page before
 */
function oldestOf(
  tags: readonly Pick<ListedTag, 'pushedAt'>[],
  before = Number.NEGATIVE_INFINITY,
): number | undefined {
  let last = before
  for (const { pushedAt } of tags) {
    if (pushedAt === null || pushedAt > last) return undefined
    last = pushedAt
  }
  return last
}

/**
 * `GET /acr/v1/<name>/_tags`: digest and date of a thousand tags with one request. Media type and size would take a second one
 * (`_manifests`), and are known anyway once an image is indexed.
 *
 * By name, where a tag keeps its place however often it is pushed; with `since` newest first, where one that is pushed meanwhile
 * moves to a page that was read before, so of several pages nothing is said of what they do not name.
 */
export async function* listTags(
  api: ApiClient,
  repository: string,
  options: Options,
): AsyncGenerator<TagPage> {
  const path = `/acr/v1/${repository}/_tags`
  const { since, signal, cursor } = options
  const guard = pageGuard(api.host)
  const order = since === undefined ? '' : '&orderby=timedesc'
  let before: number | undefined = Number.POSITIVE_INFINITY
  let isFirst = cursor === undefined
  let query = startQuery(cursor, `n=${options.pageSize ?? mostEntries}${order}`)
  for (;;) {
    const request = { path: `${path}?${query}`, doing: 'list tags', signal }
    const { value, response } = await api.json(request, tagsAnswer)
    const next = nextQuery(response, { host: api.host, path })
    guard(query, value.tags)
    const tags = value.tags.map((tag) => ({ ...tag, mediaType: null, size: null }))
    before = oldestOf(tags, before)
    const isEnough = since !== undefined && before !== undefined && before < since
    if (next === undefined || isEnough) {
      const isWhole = next === undefined && (since === undefined || isFirst)
      yield { tags, nextCursor: null, ...(isWhole ? {} : { partial: true }) }
      return
    }
    yield { tags, nextCursor: next }
    isFirst = false
    query = next
  }
}
