import { AppError, type Clock, Secret } from '../../../core/index.ts'
import type { HttpClient, HttpResponse } from '../../../platform/http/index.ts'
import { type AnswerSchema, type ApiClient, createApiClient, tokenClaims } from '../../index.ts'
import { API, wholeNumber } from './http.ts'
import { type HubSettings, tokenAnswer } from './schema.ts'

/** A token is renewed so long before it ends. */
const margin = 60_000
/** What a token lasts that does not say so; the description promises ten minutes. */
const shortLifetime = 300_000

/**
 * Docker Hub's own API, signed in by `POST /v2/auth/token` (never the deprecated /v2/users/login). Nothing is ever asked
 * anonymously: that would quietly give the public part only.
 *
 * @param http as `hubHttp` makes it
 */
export function createHub(
  http: HttpClient,
  settings: HubSettings,
  { clock, attempts }: { readonly clock: Clock; readonly attempts?: number },
): ApiClient & { signIn(): Promise<void> } {
  const common = { http, clock, origin: API, attempts, retryAt }
  const token = tokenKeeper(createApiClient(common), settings, clock)
  const api = createApiClient({ ...common, authorization: token })
  return {
    ...api,
    async signIn() {
      await token(undefined)
    },
  }
}

/** `X-Retry-After` is a moment in seconds since the epoch (Docker Hub API, Rate Limiting). */
function retryAt(response: HttpResponse): number | undefined {
  const at = wholeNumber(response.header('x-retry-after'))
  return at === undefined ? undefined : at * 1000
}

/** Keeps a token until shortly before its end; all who need one at the same time share one request. */
function tokenKeeper(api: ApiClient, { credentials }: HubSettings, clock: Clock) {
  let held: { readonly value: Secret<string>; readonly renewAt: number } | undefined
  let underWay: Promise<Secret<string>> | undefined

  async function fetchToken(): Promise<Secret<string>> {
    const { username, password } = credentials
    const body = new Secret(JSON.stringify({ identifier: username, secret: password.reveal() }))
    const headers = { 'content-type': 'application/json' }
    const request = { path: '/v2/auth/token', body, headers, doing: 'sign in' }
    const { value } = await api.json(request, tokenAnswer)
    const token = new Secret(`Bearer ${value.access_token}`)
    held = { value: token, renewAt: clock.now() + lifetimeOf(value.access_token) - margin }
    return token
  }

  return async (refused: Secret<string> | undefined): Promise<Secret<string>> => {
    if (held !== undefined && held.value !== refused && clock.now() < held.renewAt) return held.value
    underWay ??= fetchToken().finally(() => {
      underWay = undefined
    })
    return underWay
  }
}

/** Between the token's own dates, so that our clock need not agree with Hub's. Milliseconds. */
function lifetimeOf(token: string): number {
  const { exp, iat } = tokenClaims(token)
  if (typeof exp !== 'number' || typeof iat !== 'number' || exp <= iat) return shortLifetime
  return Math.min(exp - iat, 86_400) * 1000
}

/** A page of a list by its number. Past the last one the API answers 404, which is then an empty page. */
export async function hubPage<T extends { readonly results: readonly unknown[] }>(
  hub: ApiClient,
  path: string,
  page: number,
  schema: AnswerSchema<T>,
  request: { readonly doing: string; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly value: T; readonly response: HttpResponse } | undefined> {
  try {
    return await hub.json({ ...request, path: `${path}&page=${page}` }, schema)
  } catch (error) {
    const isPast = page > 1 && error instanceof AppError && error.code === 'platform-not-found'
    if (isPast) return undefined
    throw error
  }
}
