import type { Clock } from '../../../core/index.ts'
import type { HttpClient } from '../../../platform/http/index.ts'

/** What each kind of credentials is asked for a token with. */
export interface TokenRequest {
  readonly http: HttpClient
  readonly clock: Clock
  /** Tries of each request; default: what the HTTP client does. */
  readonly attempts?: number | undefined
}

/** What a token endpoint gave. */
export interface IssuedToken {
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}
