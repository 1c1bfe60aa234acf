import { createPrivateKey, type KeyObject } from 'node:crypto'
import { Secret } from '../../../core/index.ts'
import type { FederatedIdentity, ServiceAccountKey } from './credentials.ts'
import { federationFile, keyFile } from './schema.ts'

/** A key file has 2,400 characters. */
const largestFile = 20_000
/** What Google makes (IAM, "Service account keys"); shorter ones can be broken. */
const leastBits = 2048

/**
 * Reads what a person pasted as credentials. It may come from anybody who can edit a connection: it decides on no address and
 * no file beyond those that Google's own have.
 *
 * @returns what is wrong with it, for a person, where it is not usable
 */
export function readCredentials(
  pasted: Secret<string>,
  allowFederation: boolean,
): ServiceAccountKey | FederatedIdentity | string {
  const text = pasted.reveal()
  if (text.length > largestFile) return 'That is too long for the key of a service account.'
  const value = parsed(text)
  if (value === undefined) return 'That is not JSON: paste the whole key file, from { to }.'
  if (typeOf(value) === 'external_account') return federated(value, allowFederation)
  if (typeOf(value) !== 'service_account') {
    return 'That is not the key of a service account: its "type" must be "service_account". Other credentials are not taken, as they can make this server call any address.'
  }
  return serviceAccount(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
}

function serviceAccount(value: unknown): ServiceAccountKey | string {
  const read = keyFile.safeParse(value)
  if (!read.success) {
    return `The key file is not as Google makes it: "${fieldOf(read.error)}" is missing or wrong.`
  }
  const privateKey = rsaKey(read.data.private_key)
  if (privateKey === undefined)
    return 'The "private_key" of the key file cannot be read: paste the file unchanged.'
  const { client_email: email, private_key_id: keyId } = read.data
  return { kind: 'key', email, keyId, privateKey: new Secret(privateKey) }
}

function federated(value: unknown, allowed: boolean): FederatedIdentity | string {
  if (!allowed) {
    return 'Workload identity federation uses an identity of this server, which its operator has not allowed for this organisation. Paste the key of a service account.'
  }
  const read = federationFile.safeParse(value)
  if (!read.success) {
    return `This configuration of workload identity federation is not taken: "${fieldOf(read.error)}" is missing or not one of Google's own. The token must be a file that was mounted for this server below /var/run/secrets or /var/run/service-account.`
  }
  const { audience, subject_token_type, credential_source, service_account_impersonation_url } = read.data
  const { file, format } = credential_source
  return {
    kind: 'federated',
    audience,
    subjectTokenType: subject_token_type,
    tokenFile: file,
    tokenField: format?.type === 'json' ? format.subject_token_field_name : undefined,
    impersonated: service_account_impersonation_url,
  }
}

function fieldOf(error: { readonly issues: readonly { readonly path: readonly PropertyKey[] }[] }): string {
  return error.issues[0]?.path.join('.') ?? ''
}

function rsaKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem)
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    return key.asymmetricKeyType === 'rsa' && bits >= leastBits ? key : undefined
  } catch {
    return undefined
  }
}
