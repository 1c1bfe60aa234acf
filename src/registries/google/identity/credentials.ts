import type { KeyObject } from 'node:crypto'
import type { Secret } from '../../../core/index.ts'

/** The key of a service account. */
export interface ServiceAccountKey {
  readonly kind: 'key'
  readonly email: string
  readonly keyId: string | undefined
  readonly privateKey: Secret<KeyObject>
}

/** Workload identity federation: a token that this machine was given, exchanged for one of Google. */
export interface FederatedIdentity {
  readonly kind: 'federated'
  readonly audience: string
  readonly subjectTokenType: string
  readonly tokenFile: string
  /** Where the token stands in a JSON file; undefined: the file is the token. */
  readonly tokenField: string | undefined
  /** The service account that is then spoken for; undefined: the federated identity itself. */
  readonly impersonated: string | undefined
}

/** `ambient`: this server's own identity. `unseen`: a stored secret that nobody has opened yet; nothing can be asked with it. */
export type GoogleCredentials =
  | ServiceAccountKey
  | FederatedIdentity
  | { readonly kind: 'ambient' }
  | { readonly kind: 'unseen' }

/** Reading the registry needs it, and so does everything else: what is allowed is decided by IAM. */
export const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
