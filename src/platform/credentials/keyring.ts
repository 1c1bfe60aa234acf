import { createHash, hkdfSync } from 'node:crypto'
import { AppError, Secret } from '../../core/index.ts'
import { decrypt, encrypt, KEY_BYTES } from './aead.ts'
import { keysOfFile } from './key-file.ts'

/** The key-encryption keys. They never leave this object. */
export interface Keyring {
  /** Names the key that seals now; stored beside what it seals. */
  readonly currentId: string
  has(keyId: string): boolean
  wrap(dataKey: Uint8Array, boundTo: string): Buffer
  /** @throws AppError `credential-key-missing` (denied) */
  unwrap(keyId: string, wrapped: Uint8Array, boundTo: string): Buffer
  /** A secret of the server's own, the same at each start, such as the one that signs session cookies. */
  derive(purpose: string): Secret<string>
}

/** Tells keys apart and says nothing of them. */
function idOf(key: Uint8Array): string {
  return createHash('sha256').update('portolan key id\0').update(key).digest('hex').slice(0, 16)
}

function keyMissing(cause?: unknown): AppError {
  return new AppError({
    code: 'credential-key-missing',
    kind: 'denied',
    publicMessage: 'The stored credentials were sealed with another key than the one in the key file.',
    remedy: 'Put back the key file from your backup, or enter the credentials anew.',
    cause,
  })
}

/** @param keys 32 bytes each; the first seals, all open */
export function keyringOf(keys: readonly Secret<Uint8Array>[]): Keyring {
  const byId = new Map(keys.map((key) => [idOf(key.reveal()), key]))
  const [current] = keys
  if (current === undefined || keys.some((key) => key.reveal().length !== KEY_BYTES)) {
    throw new Error('a keyring needs keys of 32 bytes')
  }
  return {
    currentId: idOf(current.reveal()),
    has: (keyId) => byId.has(keyId),
    wrap: (dataKey, boundTo) => encrypt(current.reveal(), dataKey, boundTo),
    unwrap: (keyId, wrapped, boundTo) => {
      const key = byId.get(keyId)
      if (key === undefined) throw keyMissing()
      return decrypt(key.reveal(), wrapped, boundTo)
    },
    derive: (purpose) => {
      const bytes = hkdfSync('sha256', current.reveal(), '', `portolan ${purpose}`, KEY_BYTES)
      return new Secret(Buffer.from(bytes).toString('base64url'))
    },
  }
}

/**
 * Opens the key file, and makes it on first start, readable by this user alone.
 *
 * @throws AppError `key-file-exposed`, `key-file-unreadable`, `key-file-invalid` (denied)
 */
export function openKeyring(path: string): Keyring {
  return keyringOf(keysOfFile(path).map((key) => new Secret(key)))
}
