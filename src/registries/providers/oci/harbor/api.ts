import { AppError, isAppError } from '../../../../core/index.ts'
import type { HttpResponse } from '../../../../platform/http/index.ts'
import {
  type AnswerSchema,
  answerInvalid,
  type ApiClient,
  type ApiClientOptions,
  type ApiRefusal,
  basicAuthorization,
  createApiClient,
  type RegistryCredentials,
} from '../../../index.ts'
import { generalInfo } from './schema.ts'

/** The service that Harbor's token challenges name (goharbor/harbor, src/core/service/token/creator.go). */
export const HARBOR_SERVICE = 'harbor-registry'

const root = '/api/v2.0'
/** The most that Harbor gives at a time (swagger.yaml, page_size). */
const pageSize = 100

export interface HarborOptions extends Pick<ApiClientOptions, 'http' | 'clock' | 'origin' | 'attempts'> {
  readonly credentials: RegistryCredentials | undefined
}

/** A list of Harbor's in the order of its ids: what is deleted or pushed meanwhile shifts nothing. */
export interface Keyset<T> {
  readonly path: string
  readonly parameters?: Readonly<Record<string, string>>
  /** Column that holds the id, to filter and sort by. */
  readonly column: string
  readonly filter?: string
  readonly schema: AnswerSchema<readonly T[] | null>
  idOf(item: T): number
  /** As in "not allowed to ...". */
  readonly doing: string
}

export interface HarborPage<T> {
  readonly items: readonly T[]
  /** Id after which the list goes on; null on the last page. */
  readonly next: number | null
  readonly response: HttpResponse
}

export interface HarborApi {
  readonly host: string
  /** Whether `update_time` of a repository moves with its tags: from 2.15.2 on (goharbor/harbor, pull request 23225). */
  readonly datesRepositories: boolean
  /** Whether the list of all repositories is to be trusted (see `listsAll`). */
  readonly listsAll: boolean
  /** Refused once: the credentials are good for the registry, but not here. */
  isClosed(): boolean
  pages<T>(keyset: Keyset<T>, after: number, signal: AbortSignal | undefined): AsyncGenerator<HarborPage<T>>
}

/**
 * Harbor's API, if it knows these credentials.
 *
 * @returns undefined where it does not: what it would then list is the public part only, which looks like the whole
 * @throws AppError of kinds `temporary`, `rate-limited` and `cancelled`
 */
export async function openHarbor(
  options: HarborOptions,
  signal?: AbortSignal,
): Promise<HarborApi | undefined> {
  const { credentials, ...rest } = options
  const basic = credentials && basicAuthorization(credentials)
  let closed = false
  const client = createApiClient({
    ...rest,
    ...(basic ? { authorization: () => Promise.resolve(basic) } : {}),
    explain(refusal) {
      if (refusal.status === 401) closed = true
      return explain(refusal)
    },
  })
  const info = await about(client, signal)
  if (info === undefined || (basic !== undefined && !info.harbor_version)) return undefined
  return {
    host: client.host,
    datesRepositories: isFrom(info.harbor_version ?? '', [2, 15, 2]),
    listsAll: listsAll(info.auth_mode, basic !== undefined),
    isClosed: () => closed,
    pages: (keyset, after, inner) => pages(client, keyset, after, inner),
  }
}

async function about(client: ApiClient, signal: AbortSignal | undefined) {
  try {
    const request = { path: `${root}/systeminfo`, doing: 'read what it is', signal }
    return (await client.json(request, generalInfo)).value
  } catch (error) {
    const isFinal = isAppError(error) && ['denied', 'auth', 'not-found', 'invalid'].includes(error.kind)
    if (isFinal) return undefined
    throw error
  }
}

/**
 * With single sign-on, Harbor takes a person's command line secret for the lists of projects and of one project, and sees nobody
 * in who asks for all repositories (goharbor/harbor, src/server/middleware/security/oidc_cli.go).
 */
function listsAll(authMode: string | null | undefined, hasCredentials: boolean): boolean {
  return !hasCredentials || authMode !== 'oidc_auth'
}

/** Whether a version is that one or a later one; a text that is none is not. */
function isFrom(version: string, least: readonly [number, number, number]): boolean {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number)
  if (parts === undefined) return false
  const difference = least.findIndex((wanted, index) => parts[index] !== wanted)
  return difference === -1 || (parts[difference] ?? 0) > (least[difference] ?? 0)
}

/** 401 is no refusal of the credentials as such: the registry has just accepted them. */
function explain({ status, request }: ApiRefusal): AppError | undefined {
  if (status !== 401 && status !== 403) return undefined
  return new AppError({
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `Harbor does not allow this account to ${request.doing}.`,
    remedy: 'Give the robot account "List Repository", "List Artifact" and "Pull Repository" in its project.',
  })
}

async function* pages<T>(
  client: ApiClient,
  keyset: Keyset<T>,
  after: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<HarborPage<T>> {
  const { column, doing, schema } = keyset
  for (let last: number | null = after; last !== null; ) {
    const filters = [keyset.filter, `${column}=[${last + 1}~]`].filter((filter) => filter !== undefined)
    const query = new URLSearchParams({
      ...keyset.parameters,
      page: '1',
      page_size: String(pageSize),
      sort: column,
      q: filters.join(','),
    })
    const { value, response } = await client.json(
      { path: `${root}${keyset.path}?${query}`, doing, signal },
      schema,
    )
    const items = value ?? []
    const end = items.map(keyset.idOf).at(-1)
    if (end !== undefined && end <= last) throw answerInvalid(client.host, 'a list that does not go on')
    // Without a total, from a proxy that takes it away, there is one more request: for an empty page.
    const total = Number(response.header('x-total-count') ?? Number.NaN)
    last = end !== undefined && !(total <= items.length) ? end : null
    yield { items, next: last, response }
  }
}
