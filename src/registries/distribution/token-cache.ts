import type { Clock, Secret } from '../../core/index.ts'

export interface Token {
  readonly value: Secret<string>
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Tokens by scope, until 10 s before they expire; whoever asks at the same time shares one request. */
export interface TokenCache {
  get(scope: string, request: () => Promise<Token>): Promise<Token>
  forget(scope: string, token: Token): void
}

/** So that a token does not expire on its way. */
const margin = 10_000
const mostTokens = 2_000

export function createTokenCache(clock: Clock): TokenCache {
  const tokens = new Map<string, Token>()
  const underWay = new Map<string, Promise<Token>>()

  async function renew(scope: string, request: () => Promise<Token>): Promise<Token> {
    try {
      const token = await request()
      tokens.delete(scope)
      tokens.set(scope, token)
      const [oldest] = tokens.keys()
      if (tokens.size > mostTokens && oldest !== undefined) tokens.delete(oldest)
      return token
    } finally {
      underWay.delete(scope)
    }
  }

  return {
    get(scope, request) {
      const kept = tokens.get(scope)
      if (kept && clock.now() < kept.expiresAt - margin) return Promise.resolve(kept)
      const running = underWay.get(scope) ?? renew(scope, request)
      underWay.set(scope, running)
      return running
    },
    forget(scope, token) {
      if (tokens.get(scope) === token) tokens.delete(scope)
    },
  }
}
