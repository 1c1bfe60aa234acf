import { type AppError, type Clock, isAppError, Secret } from '../../../core/index.ts'
import { type ApiClient, tokenClaims } from '../../index.ts'
import { refreshAnswer, refreshClaims } from './answers/schema.ts'
import type { EntraSignIn } from './entra.ts'
import { renewalOf } from './renewal.ts'

/** A token of the registry itself, from which those for single scopes come. */
export interface RefreshToken {
  readonly value: Secret<string>
  /** Milliseconds since the epoch. */
  readonly renewAt: number
  /** What the application may do anywhere in the registry, where the token says so: `read`, `write`, `delete`, `*`. */
  readonly actions: readonly string[]
}

/** Gives one that is good for now. @param refused what the registry no longer takes */
export type RefreshTokens = (refused?: Secret<string>) => Promise<RefreshToken>

export interface RefreshOptions {
  /** Of the registry's `/oauth2`. */
  readonly api: ApiClient
  readonly clock: Clock
  readonly signIn: EntraSignIn
  readonly tenantId: string | undefined
  readonly signal?: AbortSignal | undefined
}

export const exchangePath = '/oauth2/exchange'
export const formType = { 'content-type': 'application/x-www-form-urlencoded' }

/**
 * Exchanges tokens of Entra for the registry's (Azure/acr, docs/AAD-OAuth.md), which last about three hours. Once Entra has
 * refused the application, it is not asked again.
 */
export function createRefreshTokens({ api, clock, signIn, tenantId, signal }: RefreshOptions): RefreshTokens {
  let held: RefreshToken | undefined
  let underWay: Promise<RefreshToken> | undefined
  let refusal: AppError | undefined

  async function exchange(): Promise<RefreshToken> {
    const token = await signIn()
    const body = new URLSearchParams({ grant_type: 'access_token', service: api.host })
    if (tenantId !== undefined) body.set('tenant', tenantId)
    body.set('access_token', token.reveal())
    const { value } = await api.json(
      { path: exchangePath, headers: formType, body: new Secret(body.toString()), doing: 'sign in', signal },
      refreshAnswer,
    )
    const claims = refreshClaims.safeParse(tokenClaims(value.refresh_token)).data
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

  return async (refused) => {
    if (refusal) throw refusal
    if (held && held.value !== refused && clock.now() < held.renewAt) return held
    return (underWay ??= renew())
  }
}
