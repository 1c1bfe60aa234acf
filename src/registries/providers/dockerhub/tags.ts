import {
  type AppError,
  type Digest,
  isAppError,
  isDigest,
  isRepositoryName,
  isTag,
} from '../../../core/index.ts'
import {
  type DatedTag,
  type DistributionClient,
  instantOf,
  type ListedTag,
  type ListingOptions,
  mapBounded,
  newestFirst,
  type NumberedPage,
  repositoryNotFound,
  type TagPage,
  withRemedy,
} from '../../index.ts'
import { hubPage } from './hub.ts'
import type { HubListing } from './listing.ts'
import { type HubTag, tagsAnswer } from './schema.ts'

/** The most that Hub gives (latest.yaml, `page_size`). */
const pageSize = 100
/** HEADs at once, for tags whose digest the listing leaves out. */
const headsAtOnce = 3

/** @throws AppError `repository-not-found` (not-found), `permission-missing` (denied) */
export async function* listTags(
  listing: HubListing,
  repository: string,
  options: ListingOptions,
): AsyncGenerator<TagPage> {
  const { signal } = options
  const read = (page: number): Promise<NumberedPage> =>
    tagsAt(listing, repository, { page, pageSize, signal })
  yield* newestFirst(listing.hub.host, read, options)
}

/** One page of tags, each with its digest. */
export async function tagsAt(
  { hub, client }: Pick<HubListing, 'hub' | 'client'>,
  repository: string,
  wanted: { readonly page: number; readonly pageSize: number; readonly signal?: AbortSignal | undefined },
): Promise<NumberedPage> {
  const { signal, page } = wanted
  const [namespace = '', name = '', ...rest] = repository.split('/')
  if (!isRepositoryName(repository) || name === '' || rest.length > 0)
    throw repositoryNotFound(hub.host, repository)
  // Not described, but sent by Hub's own pages: without the sign it means the newest first (renovatebot/renovate, docker/index.ts).
  const query = `page_size=${wanted.pageSize}&ordering=last_updated`
  const path = `/v2/namespaces/${namespace}/repositories/${name}/tags?${query}`
  const doing = `list the tags of ${repository}`
  try {
    const answer = await hubPage(hub, path, page, tagsAnswer, { doing, signal })
    if (answer === undefined) return { tags: [], hasMore: false }
    const { results, count, next } = answer.value
    const dated = await mapBounded(results, headsAtOnce, (tag) => datedTag(client, repository, tag, signal))
    return {
      tags: dated.filter((tag) => tag !== null),
      hasMore: next !== null && results.length > 0,
      ...(count === undefined ? {} : { count }),
    }
  } catch (error) {
    throw isAppError(error) ? explained(error, hub.host, repository) : error
  }
}

function explained(error: AppError, host: string, repository: string): AppError {
  if (error.code === 'platform-not-found') return repositoryNotFound(host, repository)
  if (error.code !== 'permission-missing') return error
  return withRemedy(
    error,
    'Give a personal access token the access Read-only (repo:read), an organization access token the scope Tag Read (scope-tag-read) on the repository.',
  )
}

/** null: it left since the page was given. */
async function datedTag(
  client: DistributionClient,
  repository: string,
  tag: HubTag,
  signal: AbortSignal | undefined,
): Promise<DatedTag | null> {
  const { name, digest } = tag
  if (!isTag(name)) return null
  const pushedAt = instantOf(tag.tag_last_pushed) ?? instantOf(tag.last_updated)
  const changedAt = Math.max(pushedAt ?? 0, instantOf(tag.last_updated) ?? 0) || null
  const mediaType = tag.media_type || null
  const listedTag: ListedTag = { name, digest: null, mediaType, pushedAt, size: sizeOf(tag) }
  if (typeof digest === 'string' && isDigest(digest)) return { tag: { ...listedTag, digest }, changedAt }
  const found = await looked(client, repository, name, signal)
  return found === null ? null : { tag: { ...listedTag, ...found }, changedAt }
}

/**
 * Old tags have no digest in the listing. That of their only image will not do: an index of one image has another. A HEAD
 * counts as no pull.
 */
async function looked(
  client: DistributionClient,
  repository: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly digest: Digest | null; readonly mediaType?: string } | null> {
  try {
    const { digest, mediaType } = await client.headManifest(repository, name, signal)
    return { digest, mediaType }
  } catch (error) {
    if (!isAppError(error)) throw error
    if (error.code === 'manifest-not-found') return null
    if (error.kind === 'invalid' || error.code === 'registry-failing') return { digest: null }
    throw error
  }
}

/** Of an index, the size of the platform that is looked at first. */
function sizeOf(tag: HubTag): number | null {
  const images = tag.images ?? []
  const usual = images.find(({ os, architecture }) => os === 'linux' && architecture === 'amd64')
  const size = images.length > 1 ? usual?.size : tag.full_size
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null
}
