import { type AppError, isAppError, type Secret } from '../../core/index.ts'
import type { HttpResponse } from '../../platform/http/index.ts'
import { type Challenge, parseChallenges } from './challenge.ts'
import type { SessionOptions } from './session-options.ts'
import { chooseChallenge, learnScheme, signInUnsupported, unasked } from './sign-in.ts'
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
  /** Whether this is a password that renews itself. */
  mayEnd(authorization: Secret<string>): boolean
  /** The registry took this. */
  accepted(authorization: Secret<string>): void
  isInsufficient(challenges: readonly Challenge[]): boolean
  scheme(): string
  /** The service that the registry's challenge names. */
  service(): string | undefined
}

function isSame(one: Challenge, other: Challenge): boolean {
  if (one.scheme !== other.scheme) return false
  return ['realm', 'service'].every((name) => one.parameters.get(name) === other.parameters.get(name))
}

export function createAuthorizer(options: SessionOptions): Authorizer {
  const { credentials } = options
  const cache = createTokenCache(options.clock)
  const tokens = new WeakMap<Secret<string>, Token>()
  let learnt: Challenge | undefined
  // A path may want another scheme than the rest (Harbor's catalog wants Basic, all else Bearer).
  const byScope = new Map<string, Challenge>()
  let signIn: Promise<void> | undefined
  let refusal: AppError | undefined

  /** After refused credentials nothing is sent again: repeated failures lock accounts. */
  function remember(error: unknown): never {
    if (credentials.present && isAppError(error) && error.kind === 'auth') refusal = error
    throw error
  }

  async function learn(): Promise<void> {
    try {
      learnt = await learnScheme(options)
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

  return {
    async authorization(scope) {
      if (refusal) throw refusal
      if (credentials.present) await (signIn ??= learn())
      const challenge = byScope.get(scope) ?? learnt
      return challenge && fulfil(challenge, scope, scope)
    },
    read: (response) => parseChallenges(response.headerValues('www-authenticate')),
    async renew(scope, challenges, refused) {
      const challenge = chooseChallenge(challenges)
      if (!challenge && challenges.length > 0) throw signInUnsupported(options.address.host)
      const held = refused && credentials.behind(refused)
      if (held && challenge?.scheme !== 'bearer')
        return (await credentials.better(held).catch(remember))?.basic
      if (!challenge) return undefined
      const token = refused && tokens.get(refused)
      if (token) cache.forget(scope, token)
      learnt ??= challenge
      if (isSame(challenge, learnt)) byScope.delete(scope)
      else byScope.set(scope, challenge)
      return fulfil(challenge, scope, challenge.parameters.get('scope') ?? scope)
    },
    mayEnd: (authorization) => credentials.renews && credentials.behind(authorization) !== undefined,
    accepted: (authorization) => credentials.accepted(credentials.behind(authorization)),
    isInsufficient: (challenges) =>
      chooseChallenge(challenges)?.parameters.get('error') === 'insufficient_scope',
    scheme: () => (learnt === undefined || learnt === unasked ? 'none' : learnt.scheme),
    service: () => learnt?.parameters.get('service'),
  }
}
