import { AppError, type Clock, isAppError, isDigest, isRepositoryName, isTag } from '../../../core/index.ts'
import type { HttpResponse } from '../../../platform/http/index.ts'
import {
  type ApiClient,
  type DatedTag,
  datedRevision,
  instantOf,
  type ListedRepository,
  type ListingOptions,
  newestFirst,
  type NumberedPage,
  pageGuard,
  type RepositoryPage,
  repositoryNotFound,
  type TagPage,
} from '../../index.ts'
import type { OwnerBase } from './owner.ts'
import { packagesAnswer, type Versions, versionsAnswer } from './schema.ts'

/** The most that GitHub gives at once (REST API description, `per_page`). */
const perPage = 100
/** `per_page` × `page` of packages may not be greater (REST API description, `package_es_list_error`). */
const mostPackages = 10_000

export interface GhcrOwner {
  readonly api: ApiClient
  readonly clock: Clock
  readonly owner: string
  /** Asked once for each connector. */
  base(signal: AbortSignal | undefined): Promise<OwnerBase>
}

/** By page number: a Link of GitHub's goes on below another path, with numbers in place of names. */
function hasNext(response: HttpResponse): boolean {
  return /;\s*rel="?next\b/i.test(response.header('link') ?? '')
}

function pageOf(text: string | null | undefined): number {
  return /^[1-9]\d{0,5}$/.test(text ?? '') ? Number(text) : 1
}

function tooMany(host: string): AppError {
  return new AppError({
    code: 'listing-capped',
    kind: 'unsupported',
    publicMessage: `${host} lists no more than ${mostPackages} packages of one owner; the rest was not seen.`,
    remedy: 'Nothing helps but fewer packages: remove those that nobody needs.',
  })
}

/**
 * Packages of the owner, with the time of their last change as revision: one request for 100.
 *
 * @throws AppError `platform-not-found` (not-found), `permission-missing` (denied), `listing-capped` (unsupported)
 */
export async function* listPackages(
  from: GhcrOwner,
  options: ListingOptions & { readonly pageSize?: number },
): AsyncGenerator<RepositoryPage> {
  const { api, owner } = from
  const { signal, pageSize = perPage } = options
  const base = await from.base(signal)
  const guard = pageGuard(api.host)
  for (let page = pageOf(options.cursor); ; page += 1) {
    if (page * pageSize > mostPackages) throw tooMany(api.host)
    const path = `${base}/packages?package_type=container&per_page=${pageSize}&page=${page}`
    const { value, response } = await api.json(
      { path, doing: `list packages of ${owner}`, signal },
      packagesAnswer,
    )
    guard(String(page), value)
    // A page whose Link is remembered is the last no more when another one came after it, which leaves its own ETag as it was.
    const isFull = value.length >= pageSize && (page + 1) * pageSize <= mostPackages
    const isLast = value.length === 0 || !(hasNext(response) || isFull)
    const listed = value.map(
      ({ name, updated_at }): ListedRepository => ({
        name: `${owner}/${name}`.toLowerCase(),
        revision: datedRevision(instantOf(updated_at), response, from.clock.now()),
      }),
    )
    yield {
      repositories: listed.filter(({ name }) => isRepositoryName(name)),
      nextCursor: isLast ? null : String(page + 1),
    }
    if (isLast) return
  }
}

type Version = Versions[number]

/** Rows without tags are parts of an index, attestations and what tags left behind. */
function tagsOf({ name, created_at, updated_at, metadata }: Version): DatedTag[] {
  if (!isDigest(name)) return []
  const pushedAt = instantOf(created_at)
  // A tag that comes or goes touches its row; the digest was pushed when the row was made.
  const changedAt = Math.max(pushedAt ?? 0, instantOf(updated_at) ?? 0) || null
  const tags = metadata?.container?.tags.filter(isTag) ?? []
  return tags.map((tag) => ({
    tag: { name: tag, digest: name, pushedAt, mediaType: null, size: null },
    changedAt,
  }))
}

/**
 * Tags of a package with digest and push date of the digest: one request for 100 versions, untagged ones among them.
 *
 * @throws AppError `repository-not-found` (not-found)
 */
export async function* listVersions(
  from: GhcrOwner,
  repository: string,
  options: ListingOptions,
): AsyncGenerator<TagPage> {
  const { api } = from
  const { signal } = options
  const name = encodeURIComponent(repository.slice(repository.indexOf('/') + 1))
  const root = `${await from.base(signal)}/packages/container/${name}/versions?per_page=${perPage}&state=active`
  async function read(page: number): Promise<NumberedPage> {
    const request = { path: `${root}&page=${page}`, doing: `list versions of ${repository}`, signal }
    const { value, response } = await api.json(request, versionsAnswer).catch((error: unknown) => {
      throw isAppError(error) && error.code === 'platform-not-found'
        ? repositoryNotFound(api.host, repository)
        : error
    })
    return { tags: value.flatMap(tagsOf), hasMore: value.length > 0 && hasNext(response) }
  }
  yield* newestFirst(api.host, read, options)
}
