import { AppError, isAppError, isRepositoryName } from '../../../core/index.ts'
import type { HttpResponse } from '../../../platform/http/index.ts'
import {
  type ApiClient,
  datedRevision,
  type DistributionClient,
  instantOf,
  type ListedRepository,
  type ListingOptions,
  pageGuard,
  type RepositoryPage,
} from '../../index.ts'
import { hubPage } from './hub.ts'
import { secretKind } from './http.ts'
import { type HubRepository, type HubSettings, namespacesAnswer, repositoriesAnswer } from './schema.ts'

/** The most that Hub gives (latest.yaml, `page_size`). */
const pageSize = 100

export interface HubListing {
  readonly hub: ApiClient
  readonly client: DistributionClient
  readonly settings: HubSettings
  readonly now: () => number
}

/** Whether it may stand in a path, and before the names of repositories. */
const isNamespace = (text: string): boolean => !text.includes('/') && isRepositoryName(`${text}/x`)

/**
 * The namespaces whose repositories are wanted, in order: the one of the form, or all of the account. An organization is one
 * namespace, and its tokens may not ask for more.
 */
async function namespacesOf({ hub, settings }: HubListing, signal?: AbortSignal): Promise<readonly string[]> {
  const { namespace, credentials } = settings
  if (namespace !== undefined) return [namespace]
  const own = credentials.username.toLowerCase()
  if (secretKind(credentials) === 'organization') return [own].filter(isNamespace)
  const request = { path: '/v2/repositories/namespaces', doing: 'list the namespaces of the account', signal }
  try {
    const { value } = await hub.json(request, namespacesAnswer)
    return [...new Set([own, ...value.namespaces])].filter(isNamespace).toSorted()
  } catch (error) {
    const isAbsent = isAppError(error) && ['platform-not-found', 'permission-missing'].includes(error.code)
    if (isAbsent) return [own].filter(isNamespace)
    throw error
  }
}

function notListed(namespace: string, { credentials }: HubSettings, cause: AppError): AppError {
  const right =
    secretKind(credentials) === 'organization'
      ? 'Give the organization access token the scope Repository List (scope-repository-list)'
      : 'Give a token with the access Read-only (repo:read) of a member of the namespace'
  return new AppError({
    code: 'repositories-not-listed',
    kind: 'denied',
    publicMessage: `Docker Hub does not list the repositories of ${namespace} for these credentials: ${cause.publicMessage}`,
    remedy: `${right}, or name the repositories in the field Repositories.`,
    cause,
  })
}

function noNamespace(namespace: string, cause: AppError): AppError {
  return new AppError({
    code: 'platform-not-found',
    kind: 'not-found',
    publicMessage: `Docker Hub knows no namespace ${namespace}.`,
    remedy: 'Check the field Namespace: it is the name of a user or an organization.',
    cause,
  })
}

/** One page of a namespace as Hub gives it; undefined past the last one. */
async function repositoriesAt(
  { hub, settings }: HubListing,
  namespace: string,
  page: number,
  signal?: AbortSignal,
) {
  const path = `/v2/namespaces/${namespace}/repositories?page_size=${pageSize}&ordering=name`
  const doing = `list the repositories of ${namespace}`
  try {
    return await hubPage(hub, path, page, repositoriesAnswer, { doing, signal })
  } catch (error) {
    if (!isAppError(error)) throw error
    if (error.code === 'permission-missing') throw notListed(namespace, settings, error)
    throw error.code === 'platform-not-found' ? noNamespace(namespace, error) : error
  }
}

interface Position {
  readonly namespace: string
  readonly page: number
  /** Repositories of the namespace when the page before was given. */
  readonly count: number | undefined
}

function readCursor(cursor: string | undefined): Position | undefined {
  const parameters = new URLSearchParams(cursor ?? '')
  const namespace = parameters.get('namespace') ?? ''
  const page = Number(parameters.get('page'))
  const count = parameters.get('count')
  if (!isNamespace(namespace) || !Number.isSafeInteger(page) || page < 1) return undefined
  return { namespace, page, count: count === null ? undefined : Number(count) }
}

function writeCursor({ namespace, page, count }: Position): string {
  const known = count === undefined ? {} : { count: String(count) }
  return new URLSearchParams({ namespace, page: String(page), ...known }).toString()
}

/**
 * Repositories by name, namespace by namespace; `revision` is `last_updated`, the day of the last push. Its neighbour
 * `last_modified` is no use: it stands for changes of the description, and Hub once set it for all repositories at once
 * (latest.yaml, example of the answer: a repository that was last pushed to in 2015 was "modified" in 2024).
 *
 * @throws AppError `repositories-not-listed` (denied), `platform-not-found` (not-found)
 */
export async function* listRepositories(
  listing: HubListing,
  { cursor, signal }: ListingOptions,
): AsyncGenerator<RepositoryPage> {
  const { repositories } = listing.settings
  if (repositories.length > 0) {
    yield { repositories: repositories.map((name) => ({ name, revision: null })), nextCursor: null }
    return
  }
  const namespaces = await namespacesOf(listing, signal)
  const start = readCursor(cursor)
  const left = namespaces.filter((name) => start === undefined || name >= start.namespace)
  if (left.length === 0) yield { repositories: [], nextCursor: null }
  for (const [index, namespace] of left.entries()) {
    const from = start?.namespace === namespace ? start : { namespace, page: 1, count: undefined }
    const following = left[index + 1]
    const next =
      following === undefined ? null : writeCursor({ namespace: following, page: 1, count: undefined })
    yield* namespacePages(listing, from, next, signal)
  }
}

/** @param following where to go on after the last page */
async function* namespacePages(
  listing: HubListing,
  start: Position,
  following: string | null,
  signal?: AbortSignal,
): AsyncGenerator<RepositoryPage> {
  const guard = pageGuard(listing.hub.host)
  let position: Position | undefined = start
  while (position !== undefined) {
    const { namespace, page, count }: Position = position
    const answer = await repositoriesAt(listing, namespace, page, signal)
    const results = answer?.value.results ?? []
    guard(String(page), results)
    const now = answer?.value.count
    // Where others were deleted, as many slid from this page to the one before, which was given without them.
    const slid = page > 1 && now !== undefined && count !== undefined && now < count
    const before = slid ? await repositoriesAt(listing, namespace, page - 1, signal) : undefined
    const hasMore = answer !== undefined && answer.value.next !== null && results.length > 0
    position = hasMore ? { namespace, page: page + 1, count: now } : undefined
    yield {
      repositories: [before, answer].flatMap((each) =>
        each === undefined
          ? []
          : each.value.results.flatMap((one) => listed(listing, one, namespace, each.response)),
      ),
      nextCursor: position === undefined ? following : writeCursor(position),
    }
  }
}

/** Docker plugins are no images. */
function listed(
  { now }: HubListing,
  repository: HubRepository,
  namespace: string,
  answer: HttpResponse,
): ListedRepository[] {
  const name = `${namespace}/${repository.name}`
  if (!isRepositoryName(name) || repository.repository_type === 'plugin') return []
  return [{ name, revision: datedRevision(instantOf(repository.last_updated), answer, now()) }]
}

/**
 * What a check needs of a listing: a repository to try, private rather than public, and whether any private one is to be seen.
 */
export async function firstRepository(
  listing: HubListing,
  signal?: AbortSignal,
): Promise<{ readonly name: string; readonly namespace: string; readonly seesPrivate: boolean } | undefined> {
  for (const namespace of await namespacesOf(listing, signal)) {
    const answer = await repositoriesAt(listing, namespace, 1, signal)
    const images = (answer?.value.results ?? []).filter(
      (one) => one.repository_type !== 'plugin' && isRepositoryName(`${namespace}/${one.name}`),
    )
    const hidden = images.find((one) => one.is_private === true)
    const first = hidden ?? images[0]
    if (first !== undefined) {
      return { name: `${namespace}/${first.name}`, namespace, seesPrivate: hidden !== undefined }
    }
  }
  return undefined
}
