import { AppError, type Clock } from '../../../core/index.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../../../platform/http/index.ts'
import {
  pacedHttp,
  type RegistryEnvironment,
  saidIn,
  type SignInVerdict,
  stopAfterRefusal,
  type ToldLimit,
} from '../../index.ts'
import type { HubSettings } from './schema.ts'

export const API = 'https://hub.docker.com'
export const TOKEN_SERVER = 'https://auth.docker.io/token'
const REGISTRY = 'registry-1.docker.io'

const largestRefusal = 65_536

/** Organization access tokens and personal ones are told by how they begin. */
export function secretKind({
  password,
}: HubSettings['credentials']): 'organization' | 'personal' | 'password' {
  const secret = password.reveal()
  if (secret.startsWith('dckr_oat_')) return 'organization'
  return secret.startsWith('dckr_pat_') ? 'personal' : 'password'
}

const isSignIn = (url: URL): boolean =>
  url.href.startsWith(`${API}/v2/auth/token`) || url.href.startsWith(TOKEN_SERVER)

/** The client of a connection: paced, and silent once the account was refused at either door. */
export function hubHttp(
  http: HttpClient,
  settings: HubSettings,
  environment: Pick<RegistryEnvironment, 'budget' | 'clock'>,
): HttpClient {
  const paced = pacedHttp(http, environment, {
    bucketOf,
    read: (response) => toldLimit(response, environment.clock),
  })
  return stopAfterRefusal(paced, (request, response) => verdict(settings, request, response))
}

/** A HEAD of a manifest is free (docs.docker.com, Pulls: "version checks"). */
function bucketOf({ host, pathname }: URL, method: HttpRequest['method']): string | undefined {
  if (host === new URL(API).host) return 'api'
  return host === REGISTRY && method === 'GET' && pathname.includes('/manifests/') ? 'pulls' : undefined
}

/**
 * `X-RateLimit-Remaining` and `-Reset` (seconds since the epoch) of the API; `ratelimit-remaining: 76;w=21600` of the
 * registry, whose window slides, so that the next place is free after the window at the latest.
 */
function toldLimit(response: HttpResponse, clock: Clock): ToldLimit | undefined {
  const reset = wholeNumber(response.header('x-ratelimit-reset'))
  const left = wholeNumber(response.header('x-ratelimit-remaining'))
  if (reset !== undefined && left !== undefined) return { remaining: left, resetAt: reset * 1000 }
  const [, remaining, seconds] =
    /^\s*(\d{1,9})\s*;\s*w=(\d{1,9})/.exec(response.header('ratelimit-remaining') ?? '') ?? []
  if (remaining === undefined) return undefined
  return { remaining: Number(remaining), resetAt: clock.now() + Number(seconds) * 1000 }
}

export function wholeNumber(text: string | undefined): number | undefined {
  return /^\d{1,12}$/.test(text?.trim() ?? '') ? Number(text) : undefined
}

async function verdict(
  { credentials }: HubSettings,
  request: HttpRequest,
  response: HttpResponse,
): Promise<SignInVerdict | undefined> {
  if (response.status !== 401 || !isSignIn(new URL(request.url))) return undefined
  const bytes = await response.bytes(largestRefusal).catch(() => new Uint8Array())
  const said = saidIn(parsed(Buffer.from(bytes).toString('utf8')))
  const advice =
    secretKind(credentials) === 'password'
      ? 'Check user name and password. An account with two-factor authentication or single sign-on needs a personal access token in place of the password.'
      : 'Check that the token is active, has not expired, and belongs to that user or organization.'
  const error = new AppError({
    code: 'credentials-refused',
    kind: 'auth',
    publicMessage: `Credentials refused: ${response.url.host} does not accept them${said === '' ? '' : ` (it says: ${said})`}.`,
    remedy: advice,
  })
  return { error, final: true }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
