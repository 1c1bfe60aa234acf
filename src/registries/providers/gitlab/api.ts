import { AppError, type Clock, safeText, Secret } from '../../../core/index.ts'
import type { HttpClient, HttpResponse } from '../../../platform/http/index.ts'
import { type ApiClient, type ApiRefusal, apiError, createApiClient, type ToldLimit } from '../../index.ts'
import { graphqlAnswer, tokenAnswer } from './answers/schema.ts'
import type { GitlabSettings } from './schema.ts'

/** Scopes that let a token list, and pull (docs.gitlab.com, personal access token scopes); `api` holds both. */
export const listingScopes = ['read_api', 'api']
export const pullingScopes = ['read_registry', 'write_registry', 'api']

/** What the headers of an answer say of the limit (docs.gitlab.com, rate limits, response headers). */
export function toldLimit(response: HttpResponse): ToldLimit | undefined {
  const [remaining, reset] = ['ratelimit-remaining', 'ratelimit-reset'].map((name) => response.header(name))
  if (!/^\d{1,9}$/.test(remaining ?? '') || !/^\d{1,11}$/.test(reset ?? '')) return undefined
  return { remaining: Number(remaining), resetAt: Number(reset) * 1000 }
}

export function scopeMissing(host: string, scope: 'read_api' | 'read_registry', doing: string): AppError {
  const remedy =
    scope === 'read_api'
      ? 'Give an access token with the scopes read_api and read_registry; read_registry alone lists nothing. Or name the repositories one by one in the field Repositories.'
      : 'Give an access token with the scopes read_api and read_registry.'
  return new AppError({
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `${host} does not let this token ${doing}: the scope ${scope} is missing.`,
    remedy,
  })
}

function explain(host: string, { status, body, request }: ApiRefusal): AppError | undefined {
  const said =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['error'] : undefined
  return status === 403 && said === 'insufficient_scope'
    ? scopeMissing(host, 'read_api', request.doing)
    : undefined
}

export interface GitlabApi extends ApiClient {
  /**
   * One query of GraphQL. Values go in as variables only.
   *
   * @returns `data`, and whether errors stood beside it
   * @throws AppError `registry-refused` (invalid) when there is none, and what `json` throws
   */
  query(request: GraphqlRequest): Promise<GraphqlAnswer>
}

export interface GraphqlRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  /** As in "is not allowed to ...". */
  readonly doing: string
  readonly signal?: AbortSignal | undefined
}

export interface GraphqlAnswer {
  readonly data: Readonly<Record<string, unknown>>
  readonly hasErrors: boolean
  readonly response: HttpResponse
}

export function openApi(
  settings: Pick<GitlabSettings, 'gitlabUrl' | 'token'>,
  around: { readonly http: HttpClient; readonly clock: Clock; readonly attempts?: number | undefined },
): GitlabApi {
  const { http, clock, attempts } = around
  const { host } = new URL(settings.gitlabUrl)
  const authorization = new Secret(`Bearer ${settings.token.reveal()}`)
  const api = createApiClient({
    http,
    clock,
    attempts,
    origin: settings.gitlabUrl,
    authorization: async () => authorization,
    explain: (refusal) => explain(host, refusal),
  })
  return {
    ...api,
    async query({ query, variables, doing, signal }) {
      const { value, response } = await api.json(
        {
          path: '/api/graphql',
          headers: { 'content-type': 'application/json' },
          body: new Secret(JSON.stringify({ query, variables })),
          doing,
          signal,
        },
        graphqlAnswer,
      )
      const errors = value.errors ?? []
      if (!value.data) throw apiError(host, doing, { status: 400, said: safeText(errors[0]?.message ?? '') })
      return { data: value.data, hasErrors: errors.length > 0, response }
    },
  }
}

/**
 * The scopes of the token, which any token may ask for (lib/api/personal_access_tokens/self_information.rb). undefined where
 * GitLab does not say: before 15.5, and for tokens of other kinds.
 */
export async function tokenScopes(
  api: GitlabApi,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { value } = await api.json(
    {
      path: '/api/v4/personal_access_tokens/self',
      doing: 'say what it may do',
      expected: [400, 404],
      signal,
    },
    tokenAnswer,
  )
  return value.scopes
}
