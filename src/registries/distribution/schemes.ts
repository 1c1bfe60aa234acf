import type { Challenge } from './challenge.ts'
import { unasked } from './sign-in.ts'

function isSame(one: Challenge, other: Challenge): boolean {
  if (one.scheme !== other.scheme) return false
  return ['realm', 'service'].every((name) => one.parameters.get(name) === other.parameters.get(name))
}

/** How a registry wants to be signed in to. A path may want another scheme than the rest: Harbor's catalog wants Basic, all else Bearer. */
export function createSchemes() {
  const byScope = new Map<string, Challenge>()
  const schemes = {
    usual: undefined as Challenge | undefined,
    /** 'none': the registry has not asked. */
    name: (): string =>
      schemes.usual === undefined || schemes.usual === unasked ? 'none' : schemes.usual.scheme,
    service: (): string | undefined => schemes.usual?.parameters.get('service'),
    of: (scope: string): Challenge | undefined => byScope.get(scope) ?? schemes.usual,
    learn(scope: string, challenge: Challenge): void {
      schemes.usual ??= challenge
      if (isSame(challenge, schemes.usual)) byScope.delete(scope)
      else byScope.set(scope, challenge)
    },
  }
  return schemes
}
