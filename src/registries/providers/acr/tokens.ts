import { type Clock, isAppError, Secret } from '../../../core/index.ts'
import type { HttpClient } from '../../../platform/http/index.ts'
import { type ApiRefusal, createApiClient } from '../../index.ts'
import { type AccessToken, type AccessTokens, accessToken } from './access-token.ts'
import { accessAnswer } from './answers/schema.ts'
import type { EntraSignIn } from './entra.ts'
import { explain, notKnownHere, roleMissing, tokenRefused } from './explain.ts'
import {
  createRefreshTokens,
  exchangePath,
  formType,
  type RefreshToken,
  type RefreshTokens,
} from './refresh-tokens.ts'

export interface RegistryTokens extends AccessTokens {
  readonly refresh: RefreshTokens
}

export interface TokenOptions {
  readonly http: HttpClient
  readonly clock: Clock
  /** The login server. */
  readonly host: string
  readonly signIn: EntraSignIn
  readonly tenantId: string | undefined
  readonly attempts?: number | undefined
  /** Ends requests for tokens, which all who wait for one share. */
  readonly signal?: AbortSignal | undefined
}

/** Renewals of the lasting token after refusals, none of which helped. */
export const mostUseless = 3

function explainIn(host: string, refusal: ApiRefusal) {
  if (refusal.status !== 401 && refusal.status !== 400) return explain(host, refusal, roleMissing(host))
  return refusal.request.path === exchangePath ? notKnownHere(host) : tokenRefused(host)
}

/** Tokens of one registry: a lasting one by Entra, and from that those for single scopes, which last about an hour. */
export function createRegistryTokens(options: TokenOptions): RegistryTokens {
  const { host, clock, signal } = options
  const origin = `https://${host}`
  const api = createApiClient({ ...options, origin, explain: (refusal) => explainIn(host, refusal) })
  const refresh = createRefreshTokens({ ...options, api })

  async function request(scopes: readonly string[], { value }: RefreshToken): Promise<AccessToken> {
    const body = new URLSearchParams({ grant_type: 'refresh_token', service: host })
    for (const scope of scopes) body.append('scope', scope)
    body.set('refresh_token', value.reveal())
    const secret = new Secret(body.toString())
    const { value: answer } = await api.json(
      { path: '/oauth2/token', headers: formType, body: secret, doing: 'get a token', signal },
      accessAnswer,
    )
    return accessToken(answer.access_token, clock.now())
  }

  // Renewals that did not help: then it is the scopes that are refused, and Entra is not troubled for each of them.
  let useless = 0

  async function renewed(scopes: readonly string[], refused: RefreshToken): Promise<AccessToken> {
    const token = await request(scopes, await refresh(refused.value)).catch((error: unknown) => {
      if (isTokenRefused(error)) useless += 1
      throw error
    })
    useless = 0
    return token
  }

  return {
    refresh,
    async access(scopes) {
      const first = await refresh()
      try {
        return await request(scopes, first).catch((error: unknown) => {
          if (!isTokenRefused(error) || useless >= mostUseless) throw error
          return renewed(scopes, first)
        })
      } catch (error) {
        throw isTokenRefused(error) && scopes[0] !== undefined ? roleMissing(host)(scopes[0]) : error
      }
    },
  }
}

function isTokenRefused(error: unknown): boolean {
  return isAppError(error) && error.code === 'permission-missing'
}
