import { AppError } from '../../../../core/index.ts'
import type { DistributionClient } from '../../../index.ts'
import { imageLists, type ZotImages } from './schema.ts'

/**
 * The request header of zot's own web page, which zot lets browsers send: in this it shows itself (project-zot/zot,
 * pkg/api/routes.go, getUIHeadersHandler; since 2.0).
 */
export const ZOT_HEADER = /\bx-zot-api-client\b/i

const path = '/v2/_zot/ext/search'
const largestAnswer = 32 << 20

/** One list for each repository, `i0`, `i1` and so on: names stand in variables, never in the query. */
function queryOf(lists: number): string {
  const numbers = Array.from({ length: lists }, (_, number) => number)
  const names = numbers.map((number) => `, $r${number}: String!`).join('')
  const each = numbers.map(
    (number) => `i${number}: ImageList(repo: $r${number}, requestedPage: $page) { ...List }`,
  )
  return `query ($page: PageInput${names}) { ${each.join(' ')} }
fragment List on PaginatedImagesResult {
  Page { TotalCount }
  Results { Tag Digest MediaType Size PushTimestamp TaggedTimestamp }
}`
}

export interface ImagesRequest {
  readonly repositories: readonly string[]
  /** Images of each that are passed over. */
  readonly offset: number
  /** Images of each at most. */
  readonly limit: number
  readonly signal: AbortSignal | undefined
}

/**
 * Images of repositories in the order of their tags, by the search extension: a list for each, as they were named. One that is
 * not there has an empty list.
 *
 * @throws AppError `search-unavailable` (unsupported) where it is switched off or answers something else
 */
export async function imagesOf(
  client: DistributionClient,
  request: ImagesRequest,
): Promise<readonly ZotImages[]> {
  const { repositories, offset, limit, signal } = request
  const names = Object.fromEntries(repositories.map((name, number) => [`r${number}`, name]))
  const variables = JSON.stringify({ page: { limit, offset, sortBy: 'ALPHABETIC_ASC' }, ...names })
  const response = await client.extension({
    path: `${path}?${new URLSearchParams({ query: queryOf(repositories.length), variables })}`,
    expected: [200, 400, 404, 405, 422],
    signal,
  })
  if (response.status !== 200) {
    await response.discard()
    throw unavailable(client.host)
  }
  const text = Buffer.from(await response.bytes(largestAnswer)).toString('utf8')
  const read = imageLists.safeParse(parsed(text))
  if (!read.success) throw unavailable(client.host, read.error)
  const { data } = read.data
  return repositories.map((_, number) => data[`i${number}`] ?? missing(client.host))
}

function missing(host: string): never {
  throw unavailable(host)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unavailable(host: string, cause?: unknown): AppError {
  return new AppError({
    code: 'search-unavailable',
    kind: 'unsupported',
    publicMessage: `The search extension of ${host} does not answer.`,
    remedy: 'Nothing to do: the registry protocol is used in its place, with one request for each tag.',
    cause,
  })
}
