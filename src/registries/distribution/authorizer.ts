import { type AppError, isAppError, type Secret } from '../../core/index.ts'
import type { HttpResponse } from '../../platform/http/index.ts'
import { type Challenge, parseChallenges } from './challenge.ts'
import { createSchemes } from './schemes.ts'
import type { SessionOptions } from './session-options.ts'
import { chooseChallenge, learnScheme, signInUnsupported } from './sign-in.ts'
import { obtainToken } from './token.ts'
import { createTokenCache, type Token } from './token-cache.ts'

/** Decides what stands in the Authorization header of each request. */
export interface Authorizer {
  /** From what is known so far; with credentials, the registry is first asked how it wants them. */
  authorization(scope: string): Promise<Secret<string> | undefined>
  read(response: HttpResponse): readonly Challenge[]
  /** Something better than what was just refused; undefined when there is nothing. */
  renew(
    scope: string,
    challenges: readonly Challenge[],
    refused: Secret<string> | undefined,
  ): Promise<Secret<string> | undefined>
  /** Whether a refusal by another status than 401 can stand for one: of what would be renewed. */
  mayHaveEnded(authorization: Secret<string>, status: number): boolean
  /** The registry took this. */
  accepted(authorization: Secret<string>): void
  isInsufficient(challenges: readonly Challenge[]): boolean
  scheme(): string
  /** The service that the registry's challenge names. */
  service(): string | undefined
}

function isInsufficient(challenges: readonly Challenge[]): boolean {
  return chooseChallenge(challenges)?.parameters.get('error') === 'insufficient_scope'
}

export function createAuthorizer(options: SessionOptions): Authorizer {
  const { credentials } = options
  const cache = createTokenCache(options.clock)
  const tokens = new WeakMap<Secret<string>, Token>()
  const schemes = createSchemes()
  let signIn: Promise<void> | undefined
  let refusal: AppError | undefined

  /** After refused credentials nothing is sent again: repeated failures lock accounts. */
  function remember(error: unknown): never {
    if (credentials.present && isAppError(error) && error.kind === 'auth') refusal = error
    throw error
  }

  async function learn(): Promise<void> {
    try {
      schemes.usual = await learnScheme(options)
    } catch (error) {
      signIn = undefined
      remember(error)
    }
  }

  async function fulfil(challenge: Challenge, scope: string, wanted: string) {
    if (challenge.scheme === 'basic') return (await credentials.current().catch(remember))?.basic
    const request = () => obtainToken(options, challenge, wanted)
    const token = await cache.get(scope, request).catch(remember)
    tokens.set(token.value, token)
    return token.value
  }

  async function renewToken(scope: string, challenge?: Challenge, refused?: Secret<string>) {
    const token = refused && tokens.get(refused)
    if (token) cache.forget(scope, token)
    const known = schemes.of(scope)
    if (!challenge) return token && known && fulfil(known, scope, scope)
    schemes.learn(scope, challenge)
    return fulfil(challenge, scope, challenge.parameters.get('scope') ?? scope)
  }

  return {
    async authorization(scope) {
      if (refusal) throw refusal
      if (credentials.present) await (signIn ??= learn())
      const challenge = schemes.of(scope)
      return challenge && fulfil(challenge, scope, scope)
    },
    read: (response) => parseChallenges(response.headerValues('www-authenticate')),
    async renew(scope, challenges, refused) {
      const challenge = chooseChallenge(challenges)
      if (!challenge && challenges.length > 0) throw signInUnsupported(options.address.host)
      const held = refused && credentials.behind(refused)
      if (held && challenge?.scheme !== 'bearer')
        return (await credentials.better(held).catch(remember))?.basic
      return renewToken(scope, challenge, refused)
    },
    mayHaveEnded: (authorization, status) =>
      status === 400 ? tokens.has(authorization) : status === 403 && credentials.mayEnd(authorization),
    accepted: (authorization) => credentials.accepted(credentials.behind(authorization)),
    isInsufficient,
    scheme: schemes.name,
    service: schemes.service,
  }
}
