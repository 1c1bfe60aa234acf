import { AppError } from '../../../core/index.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../../../platform/http/index.ts'
import {
  pacedHttp,
  type RegistryEnvironment,
  saidIn,
  type SignInVerdict,
  stopAfterRefusal,
} from '../../index.ts'
import type { QuaySettings } from './schema.ts'

const largestRefusal = 65_536

/** The client of a connection: paced, silent once the token was refused, and told plainly what a 401 of the registry means. */
export function quayHttp(
  http: HttpClient,
  settings: QuaySettings,
  environment: Pick<RegistryEnvironment, 'budget' | 'clock'>,
): HttpClient {
  const { origin } = settings
  const paced = pacedHttp(http, environment, { bucketOf: (url) => bucketOf(url, origin) })
  return ownChallenges(
    stopAfterRefusal(paced, (request, response) => verdict(origin, request, response)),
    origin,
  )
}

function bucketOf(url: URL, origin: string): string | undefined {
  if (url.origin !== origin) return undefined
  if (url.pathname.startsWith('/api/')) return 'api'
  return /^\/v2\/.+\/(?:manifests|blobs)\//.test(url.pathname) ? 'registry' : undefined
}

/** The one token signs in at both: at the API itself, at the registry for shorter tokens. */
function isSignIn(url: URL, origin: string): boolean {
  return url.origin === origin && (url.pathname.startsWith('/api/') || url.pathname === '/v2/auth')
}

async function verdict(
  origin: string,
  request: HttpRequest,
  response: HttpResponse,
): Promise<SignInVerdict | undefined> {
  if (response.status !== 401 || !isSignIn(new URL(request.url), origin)) return undefined
  const bytes = await response.bytes(largestRefusal).catch(() => new Uint8Array())
  return {
    error: tokenRefused(new URL(origin).host, wordsOf(Buffer.from(bytes).toString('utf8'))),
    final: true,
  }
}

/** @param said by Quay, '' for nothing */
export function tokenRefused(host: string, said: string): AppError {
  const hasExpired = /expired/i.test(said)
  return new AppError({
    code: 'credentials-refused',
    kind: 'auth',
    publicMessage: `Credentials refused: ${hasExpired ? 'the token has expired' : `${host} does not accept the token`}${said === '' ? '' : ` (it says: ${said})`}.`,
    remedy:
      'Generate a token for an application of the organization, with the scope View all visible repositories (repo:read). Robot tokens and passwords will not do.',
  })
}

/** `error_type` is Quay's own code (quay/quay, endpoints/exception.py). */
function wordsOf(text: string): string {
  const body = parsed(text)
  const code = (body as { error_type?: unknown } | undefined)?.error_type
  const words = saidIn(body)
  return typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? `${code}: ${words}` : words
}

function parsed(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body : undefined
  } catch {
    return undefined
  }
}

/**
 * The registry's challenges as the protocol would have them. Quay names the token server by the host of its own settings,
 * which need not be the one that leads there, and answers a token that allows too little with a bare 401, as if it had seen
 * none (quay/quay, auth/registry_jwt_auth.py, `get_auth_headers`). Tokens are asked for at our own address only.
 */
function ownChallenges(http: HttpClient, origin: string): HttpClient {
  return {
    async request(request) {
      const response = await http.request(request)
      const { origin: asked, pathname } = new URL(request.url)
      if (response.status !== 401 || asked !== origin || !pathname.startsWith('/v2/')) return response
      const isToken = request.authorization?.reveal().startsWith('Bearer ') === true && pathname !== '/v2/'
      const error = isToken ? ',error="insufficient_scope"' : ''
      const own = (challenge: string) =>
        challenge.replace(/^(Bearer )realm="[^"]*"/i, `$1realm="${origin}/v2/auth"`) + error
      return {
        ...response,
        header: (name) => response.header(name),
        headerValues: (name) => {
          const values = response.headerValues(name)
          return name === 'www-authenticate' ? values.map(own) : values
        },
      }
    },
    close: () => http.close(),
  }
}
