import { AppError } from '../../../../core/index.ts'
import type { DistributionClient } from '../../../index.ts'
import { imageList, type ZotImages } from './schema.ts'

/**
 * The request header of zot's own web page, which zot lets browsers send: in this it shows itself (project-zot/zot,
 * pkg/api/routes.go, getUIHeadersHandler; since 2.0).
 */
export const ZOT_HEADER = /\bx-zot-api-client\b/i

const path = '/v2/_zot/ext/search'
const largestAnswer = 32 << 20

const query = `query ($repo: String!, $limit: Int!, $offset: Int!) {
  ImageList(repo: $repo, requestedPage: {limit: $limit, offset: $offset, sortBy: ALPHABETIC_ASC}) {
    Page { TotalCount }
    Results { Tag Digest MediaType Size PushTimestamp TaggedTimestamp }
  }
}`

export interface ImagesRequest {
  readonly repository: string
  readonly offset: number
  readonly limit: number
  readonly signal: AbortSignal | undefined
}

/**
 * Images of a repository in the order of their tags, by the search extension.
 *
 * @throws AppError `search-unavailable` (unsupported) where it is switched off or answers something else
 */
export async function imagesOf(client: DistributionClient, request: ImagesRequest): Promise<ZotImages> {
  const { repository, offset, limit, signal } = request
  const variables = JSON.stringify({ repo: repository, limit, offset })
  const response = await client.extension({
    path: `${path}?${new URLSearchParams({ query, variables })}`,
    expected: [200, 400, 404, 405, 422],
    signal,
  })
  if (response.status !== 200) {
    await response.discard()
    throw unavailable(client.host)
  }
  const text = Buffer.from(await response.bytes(largestAnswer)).toString('utf8')
  const read = imageList.safeParse(parsed(text))
  if (!read.success) throw unavailable(client.host, read.error)
  return read.data.data.ImageList
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
