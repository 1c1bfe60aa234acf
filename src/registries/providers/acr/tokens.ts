import { type AppError, type Clock, isAppError, Secret } from '../../../core/index.ts'
import type { HttpClient } from '../../../platform/http/index.ts'
import { type ApiRefusal, createApiClient } from '../../index.ts'
import {
  accessAnswer,
  type AccessClaims,
  accessClaims,
  refreshAnswer,
  refreshClaims,
} from './answers/schema.ts'
import type { EntraSignIn } from './entra.ts'
import { explain, notKnownHere, tokenRefused } from './explain.ts'
import { readClaims } from './jwt.ts'

/** A token of the registry itself, from which those for single scopes come. */
export interface RefreshToken {
  readonly value: Secret<string>
  /** Milliseconds since the epoch. */
  readonly renewAt: number
  /** What the application may do anywhere in the registry, where the token says so: `read`, `write`, `delete`, `*`. */
  readonly actions: readonly string[]
}

/** A token for the scopes that were asked for, or fewer. */
export interface AccessToken {
  readonly authorization: Secret<string>
  readonly renewAt: number
  /** Whether it allows the scope; a token that does not say allows what was asked for. */
  grants(scope: string): boolean
}

/** Tokens of one registry. After Entra has refused the application once, nobody is asked again. */
export interface RegistryTokens {
  refresh(refused?: Secret<string>): Promise<RefreshToken>
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

const margin = 30_000
/** Of tokens that do not say how long they last. */
const shortest = 60_000

function renewalOf(expires: number | undefined, now: number): number {
  const end = expires === undefined ? now + shortest : expires * 1000
  return Math.max(end - margin, now + margin / 2)
}

const exchangePath = '/oauth2/exchange'
const tokenPath = '/oauth2/token'
const form = { 'content-type': 'application/x-www-form-urlencoded' }

function refusedAt(host: string, path: string): AppError {
  return path === tokenPath ? tokenRefused(host) : notKnownHere(host)
}

/**
 * Exchanges an Entra token for the registry's own (Azure/acr, docs/AAD-OAuth.md): `/oauth2/exchange` gives one for about
 * three hours, `/oauth2/token` from that one for single scopes and about an hour.
 */
export function createRegistryTokens(options: TokenOptions): RegistryTokens {
  const { host, clock, signIn, tenantId, signal } = options
  const refuses = (refusal: ApiRefusal) =>
    refusal.status === 401 || refusal.status === 400
      ? refusedAt(host, refusal.request.path)
      : explain(host, refusal)
  const api = createApiClient({ ...options, origin: `https://${host}`, explain: refuses })
  let held: RefreshToken | undefined
  let underWay: Promise<RefreshToken> | undefined
  let refusal: AppError | undefined

  async function exchange(): Promise<RefreshToken> {
    const token = await signIn()
    const body = new URLSearchParams({ grant_type: 'access_token', service: host })
    if (tenantId !== undefined) body.set('tenant', tenantId)
    body.set('access_token', token.reveal())
    const { value } = await api.json(
      { path: exchangePath, headers: form, body: new Secret(body.toString()), doing: 'sign in', signal },
      refreshAnswer,
    )
    const claims = readClaims(value.refresh_token, refreshClaims)
    return {
      value: new Secret(value.refresh_token),
      renewAt: renewalOf(claims?.exp, clock.now()),
      actions: claims?.permissions?.actions ?? [],
    }
  }

  async function renew(): Promise<RefreshToken> {
    try {
      held = await exchange()
      return held
    } catch (error) {
      if (isAppError(error) && error.kind === 'auth') refusal = error
      throw error
    } finally {
      underWay = undefined
    }
  }

  async function refresh(refused?: Secret<string>): Promise<RefreshToken> {
    if (refusal) throw refusal
    if (held && held.value !== refused && clock.now() < held.renewAt) return held
    return (underWay ??= renew())
  }

  async function request(scopes: readonly string[], { value }: RefreshToken): Promise<AccessToken> {
    const body = new URLSearchParams({ grant_type: 'refresh_token', service: host })
    for (const scope of scopes) body.append('scope', scope)
    body.set('refresh_token', value.reveal())
    const { value: answer } = await api.json(
      { path: tokenPath, headers: form, body: new Secret(body.toString()), doing: 'get a token', signal },
      accessAnswer,
    )
    const claims = readClaims(answer.access_token, accessClaims)
    return {
      authorization: new Secret(`Bearer ${answer.access_token}`),
      renewAt: renewalOf(claims?.exp, clock.now()),
      grants: (scope) => claims?.access == null || allows(claims.access, scope),
    }
  }

  return {
    refresh,
    async access(scopes) {
      const first = await refresh()
      try {
        return await request(scopes, first)
      } catch (error) {
        if (!isAppError(error) || error.code !== 'permission-missing') throw error
      }
      // It may be the refresh token that is no longer good: the same answer to a new one is about the scopes.
      return request(scopes, await refresh(first.value))
    },
  }
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
