import type { Clock } from '../../core/index.ts'
import type { HttpClient } from '../../platform/http/index.ts'
import type { CredentialKeeper } from './credential-keeper.ts'
import type { RegistryAddress } from './hosts.ts'

/** What requests of one registry are made with. */
export interface SessionOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly address: RegistryAddress
  readonly credentials: CredentialKeeper
  /** Tries of each request; default: the HTTP client's. */
  readonly attempts: number | undefined
}
