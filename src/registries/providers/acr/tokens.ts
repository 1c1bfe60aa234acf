import { type Clock, isAppError, Secret } from '../../../core/index.ts'
import type { HttpClient } from '../../../platform/http/index.ts'
import { type ApiRefusal, createApiClient, tokenClaims } from '../../index.ts'
import { accessAnswer, type AccessClaims, accessClaims } from './answers/schema.ts'
import type { EntraSignIn } from './entra.ts'
import { explain, notKnownHere, scopeMissing, tokenRefused } from './explain.ts'
import { renewalOf } from './renewal.ts'
import {
  createRefreshTokens,
  exchangePath,
  formType,
  type RefreshToken,
  type RefreshTokens,
} from './refresh-tokens.ts'

/** A token for the scopes that were asked for, or fewer. */
export interface AccessToken {
  readonly authorization: Secret<string>
  /** Milliseconds since the epoch. */
  readonly renewAt: number
  /** Whether it allows the scope; a token that does not say allows what was asked for. */
  grants(scope: string): boolean
}

export interface RegistryTokens {
  readonly refresh: RefreshTokens
  /** @throws AppError `permission-missing` (denied) when the registry gives none for these */
  access(scopes: readonly string[]): Promise<AccessToken>
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
  if (refusal.status !== 401 && refusal.status !== 400) return explain(host, refusal)
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
    const claims = accessClaims.safeParse(tokenClaims(answer.access_token)).data
    const access = claims?.access ?? undefined
    return {
      authorization: new Secret(`Bearer ${answer.access_token}`),
      renewAt: renewalOf(claims?.exp, clock.now()),
      grants: (scope) => access === undefined || allows(access, scope),
    }
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
        throw isTokenRefused(error) && scopes[0] !== undefined ? scopeMissing(host, scopes[0]) : error
      }
    },
  }
}

function isTokenRefused(error: unknown): boolean {
  return isAppError(error) && error.code === 'permission-missing'
}

function allows(access: NonNullable<AccessClaims['access']>, scope: string): boolean {
  const [type, name, actions] = partsOf(scope)
  const granted = access
    .filter((entry) => entry.type === type && entry.name === name)
    .flatMap((entry) => entry.actions ?? [])
  return granted.includes('*') || actions.every((action) => granted.includes(action))
}

/** `repository:acme/api:pull,metadata_read` in its parts. */
function partsOf(scope: string): [type: string, name: string, actions: readonly string[]] {
  const last = scope.lastIndexOf(':')
  const first = scope.indexOf(':')
  return [scope.slice(0, first), scope.slice(first + 1, last), scope.slice(last + 1).split(',')]
}
