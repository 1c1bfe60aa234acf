import { type AppError, isAppError, Secret } from '../../../core/index.ts'
import { ambientToken } from './ambient.ts'
import type { GoogleCredentials } from './credentials.ts'
import { federatedToken } from './federation.ts'
import type { IssuedToken, TokenRequest } from './ports.ts'
import { serviceAccountToken } from './service-account.ts'

export interface AccessToken {
  readonly value: Secret<string>
  /** As an Authorization header. */
  readonly bearer: Secret<string>
  /** Milliseconds since the epoch: from then on another is given. */
  readonly renewAt: number
}

/** Who speaks to Google. Keeps one access token and shares it; after a refusal it never asks again. */
export interface GoogleIdentity {
  /** For messages: an e-mail address, or what stands for it. */
  readonly name: string
  /**
   * @param refused what was just refused: another is asked for, unless that has happened already
   * @throws AppError `credentials-refused` (auth), those of the API client and of the network
   */
  accessToken(refused?: AccessToken, attempts?: number): Promise<AccessToken>
}

/** Tokens live an hour, and one must last for the pull of a large layer that begins with it. */
const margin = 300_000

export function createIdentity(credentials: GoogleCredentials, request: TokenRequest): GoogleIdentity {
  let held: AccessToken | undefined
  let underWay: Promise<AccessToken> | undefined
  let refusal: AppError | undefined

  async function renew(attempts: number | undefined): Promise<AccessToken> {
    try {
      const issued = await issue(credentials, { ...request, attempts: attempts ?? request.attempts })
      held = kept(issued, request.clock.now())
      return held
    } catch (error) {
      if (isAppError(error) && error.kind === 'auth') refusal = error
      throw error
    } finally {
      underWay = undefined
    }
  }

  return {
    name: nameOf(credentials),
    async accessToken(refused, attempts) {
      if (refusal !== undefined) throw refusal
      const isGood = held !== undefined && held !== refused && request.clock.now() < held.renewAt
      if (isGood && held !== undefined) return held
      underWay ??= renew(attempts)
      return underWay
    },
  }
}

function issue(credentials: GoogleCredentials, request: TokenRequest): Promise<IssuedToken> {
  switch (credentials.kind) {
    case 'key':
      return serviceAccountToken(credentials, request)
    case 'federated':
      return federatedToken(credentials, request)
    case 'ambient':
      return ambientToken(request.clock)
    default:
      throw new Error('these credentials were never opened')
  }
}

function kept({ token, expiresAt }: IssuedToken, now: number): AccessToken {
  return {
    value: new Secret(token),
    bearer: new Secret(`Bearer ${token}`),
    // One that lives shorter than the margin is used for half its life.
    renewAt: Math.max(expiresAt - margin, now + (expiresAt - now) / 2),
  }
}

function nameOf(credentials: GoogleCredentials): string {
  switch (credentials.kind) {
    case 'key':
      return credentials.email
    case 'federated':
      return credentials.impersonated ?? 'the federated identity'
    default:
      return 'the identity of this server'
  }
}
