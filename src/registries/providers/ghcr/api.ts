import { AppError, type Clock, Secret } from '../../../core/index.ts'
import { type HttpClient, type HttpResponse, parseRetryAfter } from '../../../platform/http/index.ts'
import {
  type ApiClient,
  type ApiRefusal,
  apiError,
  createApiClient,
  saidIn,
  type ToldLimit,
} from '../../index.ts'
import type { GhcrSettings } from './schema.ts'

/** The version of the REST API that answers are read by. */
const apiVersion = '2022-11-28'
/** What to wait after a secondary limit that names no time (docs.github.com, rate limits for the REST API). */
const shortestPause = 60_000

/** What the headers of an answer say of the quota (docs.github.com, rate limits for the REST API). */
export function toldLimit(response: HttpResponse): ToldLimit | undefined {
  const [remaining, reset] = ['x-ratelimit-remaining', 'x-ratelimit-reset'].map((name) =>
    response.header(name),
  )
  if (!/^\d{1,9}$/.test(remaining ?? '') || !/^\d{1,11}$/.test(reset ?? '')) return undefined
  return { remaining: Number(remaining), resetAt: Number(reset) * 1000 }
}

/** When a refusal for too many requests, a 403 as well as a 429, lets us ask again; undefined: it is none. */
function limitedUntil({ status, body, response }: ApiRefusal, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined
  const asked = parseRetryAfter(response.header('retry-after'), now)
  if (asked !== undefined) return asked
  const told = toldLimit(response)
  if (told?.remaining === 0) return Math.max(told.resetAt, now)
  const isSecondary = status === 429 || /rate limit|abuse detection/i.test(saidIn(body))
  return isSecondary ? now + shortestPause : undefined
}

/** Scopes of the token that was used, as every answer names them; undefined for tokens that have none. */
export function scopesIn(response: HttpResponse): readonly string[] | undefined {
  return response
    .header('x-oauth-scopes')
    ?.split(',')
    .map((scope) => scope.trim())
    .filter((scope) => scope !== '')
}

/** Wider scopes hold narrower ones (docs.github.com, scopes for OAuth apps). */
export function mayRead(scopes: readonly string[]): boolean {
  return scopes.some((scope) => ['read:packages', 'write:packages'].includes(scope))
}

function wrongKind(host: string, said: string): AppError {
  return new AppError({
    code: 'token-kind-unsupported',
    kind: 'denied',
    publicMessage: `${host} does not list container packages for this kind of token (it says: ${said}).`,
    remedy:
      'Give a personal access token (classic) with the scope read:packages: fine-grained tokens and tokens of GitHub Apps cannot list packages.',
  })
}

function denied(host: string, text: string, remedy: string): AppError {
  return new AppError({
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `${host} ${text}`,
    remedy,
  })
}

function forbidden(host: string, { body, response, request }: ApiRefusal): AppError | undefined {
  const said = saidIn(body)
  if (response.header('x-github-sso') !== undefined) {
    return denied(
      host,
      'hides this organization from the token: it enforces SAML single sign-on, and the token is not authorized for it.',
      'On GitHub, open Settings → Developer settings → Personal access tokens (classic) → Configure SSO, and authorize the token for the organization.',
    )
  }
  if (/not accessible by/i.test(said)) return wrongKind(host, said)
  const scopes = scopesIn(response)
  if (!/read:packages/.test(said) && (scopes === undefined || mayRead(scopes))) return undefined
  return denied(
    host,
    `does not let this token ${request.doing}: the scope read:packages is missing.`,
    'Give a personal access token (classic) with the scope read:packages.',
  )
}

function explain(refusal: ApiRefusal, host: string, now: number): AppError | undefined {
  const { status, body, request } = refusal
  const retryAt = limitedUntil(refusal, now)
  if (retryAt !== undefined)
    return apiError(host, request.doing, { status: 429, said: saidIn(body), retryAt })
  // A token of an App that lists packages is told just this, https://github.com/cli/cli/issues/9606.
  if (status === 400 && /^invalid argument/i.test(saidIn(body))) return wrongKind(host, saidIn(body))
  return status === 403 ? forbidden(host, refusal) : undefined
}

/** The REST API, as whoever the token belongs to. @param attempts of each request */
export function openApi(
  settings: Pick<GhcrSettings, 'apiUrl' | 'token'>,
  around: { readonly http: HttpClient; readonly clock: Clock; readonly attempts?: number },
): ApiClient {
  const { http, clock, attempts } = around
  const authorization = new Secret(`Bearer ${settings.token.reveal()}`)
  const { host } = new URL(settings.apiUrl)
  return createApiClient({
    http,
    clock,
    attempts,
    origin: settings.apiUrl,
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': apiVersion },
    authorization: async () => authorization,
    explain: (refusal) => explain(refusal, host, clock.now()),
  })
}
