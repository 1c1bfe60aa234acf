import { type AppError, isAppError, isDigest, isRepositoryName, isTag } from '../../../core/index.ts'
import type { HttpResponse } from '../../../platform/http/index.ts'
import {
  type ApiClient,
  datedRevision,
  type DatedTag,
  type DistributionClient,
  type ListedRepository,
  type ListingOptions,
  newestFirst,
  type NumberedPage,
  pageGuard,
  repositoryNotFound,
  type RepositoryPage,
  type TagPage,
  withRemedy,
} from '../../index.ts'
import { tokenRefused } from './http.ts'
import {
  type QuayRepository,
  type QuaySettings,
  type QuayTag,
  repositoriesAnswer,
  tagsAnswer,
} from './schema.ts'

/** The most that Quay gives (quay/quay, endpoints/api/tag.py). */
const tagsPerPage = 100
/** Of the form that Quay gives them (util/security/crypto.py): base64url. */
const pageToken = /^[\w=-]{1,4096}$/

export interface QuayListing {
  readonly api: ApiClient
  readonly client: DistributionClient
  readonly settings: QuaySettings
  readonly now: () => number
}

/**
 * One page of a namespace. To a token that is not accepted Quay answers as to nobody, with 200 and the public part; to
 * somebody it says of each repository whether it is starred, so that this shows who was answered. An empty page shows nothing:
 * then the registry is asked, which does refuse.
 *
 * @throws AppError `credentials-refused` (auth)
 */
export async function repositoriesAt(
  { api, client, settings }: QuayListing,
  next: string | undefined,
  signal?: AbortSignal,
) {
  const query = new URLSearchParams({
    namespace: settings.namespace,
    public: 'true',
    last_modified: 'true',
    repo_kind: 'image',
    ...(next === undefined ? {} : { next_page: next }),
  })
  const doing = `list the repositories of ${settings.namespace}`
  const answer = await api.json({ path: `/api/v1/repository?${query}`, doing, signal }, repositoriesAnswer)
  const { repositories } = answer.value
  const isAnonymous = repositories.some((one) => one.is_starred === undefined)
  if (isAnonymous || repositories.length === 0) await client.ping(signal)
  if (isAnonymous) throw tokenRefused(api.host, '')
  return answer
}

const isImage = ({ kind, state, ...one }: QuayRepository): boolean =>
  (kind ?? 'image') === 'image' && state !== 'MARKED_FOR_DELETION' && isRepositoryName(nameOf(one))

export const nameOf = ({ namespace, name }: Pick<QuayRepository, 'namespace' | 'name'>): string =>
  `${namespace}/${name}`

/** @throws AppError `credentials-refused` (auth), `paging-endless` (invalid) */
export async function* listRepositories(
  listing: QuayListing,
  { cursor, signal }: ListingOptions,
): AsyncGenerator<RepositoryPage> {
  const guard = pageGuard(listing.api.host)
  let next: string | undefined = pageToken.test(cursor ?? '') ? cursor : undefined
  do {
    const { value, response }: Awaited<ReturnType<typeof repositoriesAt>> = await repositoriesAt(
      listing,
      next,
      signal,
    )
    guard(next ?? '', value.repositories)
    next = value.next_page ?? undefined
    yield {
      repositories: value.repositories
        .filter(isImage)
        .map((one) => listedRepository(one, response, listing.now())),
      nextCursor: next ?? null,
    }
  } while (next !== undefined)
}

/** `last_modified` is when the youngest living tag was pointed to its image; null for a repository without tags. */
function listedRepository(one: QuayRepository, answer: HttpResponse, now: number): ListedRepository {
  const { last_modified: seconds } = one
  const revision =
    seconds === null ? 'no tags' : datedRevision(seconds === undefined ? null : seconds * 1000, answer, now)
  return { name: nameOf(one), revision }
}

/** Whatever shows of the namespace on its first page: a repository to try, private rather than public. */
export async function firstRepository(
  listing: QuayListing,
  signal?: AbortSignal,
): Promise<{ readonly name: string; readonly seesPrivate: boolean } | undefined> {
  const { value } = await repositoriesAt(listing, undefined, signal)
  const images = value.repositories.filter(isImage)
  const hidden = images.find((one) => one.is_public === false)
  const first = hidden ?? images[0]
  return first && { name: nameOf(first), seesPrivate: hidden !== undefined }
}

/** @throws AppError `repository-not-found` (not-found), `permission-missing` (denied) */
export function listTags(
  listing: QuayListing,
  repository: string,
  options: ListingOptions,
): AsyncIterable<TagPage> {
  const { signal } = options
  const read = (page: number) => tagsAt(listing, repository, { page, limit: tagsPerPage, signal })
  return newestFirst(listing.api.host, read, options)
}

/** One page of living tags, newest first (quay/quay, data/model/oci/tag.py, `list_repository_tag_history`). */
export async function tagsAt(
  { api }: Pick<QuayListing, 'api'>,
  repository: string,
  wanted: { readonly page: number; readonly limit: number; readonly signal?: AbortSignal | undefined },
): Promise<NumberedPage> {
  if (!isRepositoryName(repository)) throw repositoryNotFound(api.host, repository)
  const { page, limit, signal } = wanted
  const path = `/api/v1/repository/${repository}/tag/?limit=${limit}&page=${page}&onlyActiveTags=true`
  try {
    const request = { path, doing: `list the tags of ${repository}`, signal }
    const { value } = await api.json(request, tagsAnswer)
    return { tags: value.tags.flatMap(datedTag), hasMore: value.has_additional && value.tags.length > 0 }
  } catch (error) {
    throw isAppError(error) ? explained(error, api.host, repository) : error
  }
}

function explained(error: AppError, host: string, repository: string): AppError {
  if (error.code === 'platform-not-found') return repositoryNotFound(host, repository)
  if (error.code !== 'permission-missing') return error
  return withRemedy(
    error,
    'The token needs the scope View all visible repositories (repo:read), and the user who made it the permission Read on the repository.',
  )
}

/** Sizes are those of the layers; Quay gives none for an image of several platforms, and media types not at all. */
function datedTag({ name, manifest_digest: digest, size, ...dates }: QuayTag): DatedTag[] {
  if (!isTag(name)) return []
  const pushedAt = instantOfTag(dates)
  const tag = {
    name,
    digest: typeof digest === 'string' && isDigest(digest) ? digest : null,
    pushedAt,
    mediaType: null,
    size: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null,
  }
  return [{ tag, changedAt: pushedAt }]
}

/** `start_ts` in seconds since the epoch, or the same as a date of RFC 2822. */
function instantOfTag({
  start_ts: seconds,
  last_modified: text,
}: Pick<QuayTag, 'start_ts' | 'last_modified'>): number | null {
  if (typeof seconds === 'number' && seconds > 0) return seconds * 1000
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? null : at
}
