import type { Clock, Secret } from '../../../core/index.ts'
import type { HttpClient, HttpRequest } from '../../../platform/http/index.ts'
import {
  apiError,
  basicAuthorization,
  createApiClient,
  type CredentialSource,
  type SignInVerdict,
  stopAfterRefusal,
} from '../../index.ts'
import { type AccessTokens, accessToken } from './access-token.ts'
import { accessAnswer } from './answers/schema.ts'
import { explain, passwordRefused, type ScopeMissing } from './explain.ts'
import { lackedScope } from './lacking-token.ts'

/** A user that the registry keeps itself: a repository-scoped token, or the admin user. */
export interface PasswordSignIn {
  /** Sends nothing more once the password was refused; says what is missing where it is only a right. */
  readonly http: HttpClient
  /** Name and password, proved before they are used for anything. */
  readonly credentials: CredentialSource
  readonly tokens: AccessTokens
}

export interface PasswordOptions {
  /** Stays the caller's. */
  readonly http: HttpClient
  readonly clock: Clock
  /** The login server. */
  readonly host: string
  readonly user: { readonly username: string; readonly password: Secret<string> }
  readonly scopeMissing: ScopeMissing
  readonly attempts?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const tokenPath = '/oauth2/token'

/**
 * Signs in by name and password for each token (Azure/acr, docs/Token-BasicAuth.md). The registry answers 401 where the password is
 * wrong, and where it is right and nothing of a scope is allowed; a token without a scope, which `docker login` asks for too, tells
 * the two apart.
 */
export function passwordSignIn(options: PasswordOptions): PasswordSignIn {
  const { clock, host, user, scopeMissing, signal } = options
  const basic = basicAuthorization(user)
  const http = stopAfterRefusal(options.http, async (request, response) => {
    if (response.status !== 401 || response.url.host !== host) return undefined
    if (new URL(request.url).pathname === tokenPath) return judgeToken(request)
    const scope = lackedScope(request)
    return scope === undefined ? undefined : { error: scopeMissing(scope, ['pull']), final: false }
  })
  const api = createApiClient({
    ...options,
    http,
    origin: `https://${host}`,
    explain: (refusal) => explain(host, refusal, scopeMissing),
    authorization: () => Promise.resolve(basic),
  })
  let proof: Promise<unknown> | undefined

  async function judgeToken(request: HttpRequest): Promise<SignInVerdict> {
    const scope = new URL(request.url).searchParams.get('scope')
    if (scope === null || !(await isStillGood(request))) return { error: passwordRefused(host), final: true }
    return { error: scopeMissing(scope), final: false }
  }

  /** Of a password that was good before. */
  async function isStillGood(request: HttpRequest): Promise<boolean> {
    const response = await options.http.request({ ...request, url: `https://${host}${pathFor([])}` })
    await response.discard()
    const { status } = response
    if (status === 429 || status >= 500) throw apiError(host, 'sign in', { status, said: '' })
    return status !== 401
  }

  function pathFor(scopes: readonly string[]): string {
    const query = new URLSearchParams({ service: host })
    for (const scope of scopes) query.append('scope', scope)
    return `${tokenPath}?${query}`
  }

  /** Before anything else, so that a wrong password is sent once: a refusal of this request has one meaning only. */
  function prove(): Promise<unknown> {
    proof ??= api
      .json({ path: pathFor([]), doing: 'sign in', signal }, accessAnswer)
      .catch((error: unknown) => {
        proof = undefined
        throw error
      })
    return proof
  }

  return {
    http,
    async credentials() {
      await prove()
      return { credentials: user, renewAt: Number.POSITIVE_INFINITY }
    },
    tokens: {
      async access(scopes) {
        await prove()
        const request = { path: pathFor(scopes), doing: 'get a token', signal }
        const { value } = await api.json(request, accessAnswer)
        return accessToken(value.access_token, clock.now())
      },
    },
  }
}
