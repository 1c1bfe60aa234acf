import { randomBytes } from 'node:crypto'
import { AppError, type Clock, newId, Secret } from '../../core/index.ts'
import type { Database, Queries } from '../db/index.ts'
import { decrypt, encrypt, KEY_BYTES } from './aead.ts'
import type { Keyring } from './keyring.ts'
import { credentialStore } from './store.ts'

/** The sealed fields of an owner (a connection). An owner has one set of fields, and belongs to one organisation. */
export interface Vault {
  /** Seals all fields of the owner anew, in place of what was there. */
  seal(orgId: string, ownerId: string, fields: Readonly<Record<string, Secret<string>>>): Promise<void>
  /**
   * @throws AppError `credential-not-found` (not-found), `credential-key-missing` (denied), `credential-damaged` (denied)
   */
  open(orgId: string, ownerId: string): Promise<Record<string, Secret<string>>>
  /** Which fields are sealed, without opening them; none for an owner without secrets. */
  names(orgId: string, ownerId: string): Promise<readonly string[]>
  remove(orgId: string, ownerId: string): Promise<void>
  /** For start-up: @throws AppError `credential-key-missing` when something was sealed with a key that is not here */
  checkKeys(): Promise<void>
  /** The same within a transaction of the caller's. */
  within(transaction: Queries): Vault
}

function notFound(): AppError {
  return new AppError({
    code: 'credential-not-found',
    kind: 'not-found',
    publicMessage: 'No credentials are stored here.',
    remedy: 'Enter them again.',
  })
}

function damaged(cause: unknown): AppError {
  return new AppError({
    code: 'credential-damaged',
    kind: 'denied',
    publicMessage: 'The stored credentials do not belong here or were changed from outside.',
    remedy: 'Enter them again, and find out who can write to the database.',
    cause,
  })
}

/** What a secret is bound to: moved to another row, it does not open. */
function boundTo(orgId: string, ownerId: string): string {
  return JSON.stringify(['portolan credential v1', orgId, ownerId])
}

function reveal(fields: Readonly<Record<string, Secret<string>>>): Buffer {
  const entries = Object.entries(fields).map(([name, secret]) => [name, secret.reveal()])
  return Buffer.from(JSON.stringify(entries))
}

function hide(text: Buffer): Record<string, Secret<string>> {
  const entries = JSON.parse(text.toString('utf8')) as [string, string][]
  return Object.fromEntries(entries.map(([name, value]) => [name, new Secret(value)]))
}

function vaultOn(db: Queries, keyring: Keyring, clock: Clock): Vault {
  const store = credentialStore(db)
  return {
    async seal(orgId, ownerId, fields) {
      const binding = boundTo(orgId, ownerId)
      const dataKey = randomBytes(KEY_BYTES)
      await store.put({
        id: newId(clock.now()),
        orgId,
        ownerId,
        sealed: encrypt(dataKey, reveal(fields), binding),
        wrappedKey: keyring.wrap(dataKey, binding),
        keyId: keyring.currentId,
        names: Object.keys(fields).toSorted(),
        createdAt: new Date(clock.now()),
      })
    },
    async open(orgId, ownerId) {
      const row = await store.get(orgId, ownerId)
      if (row === undefined) throw notFound()
      const binding = boundTo(orgId, ownerId)
      try {
        return hide(decrypt(keyring.unwrap(row.keyId, row.wrappedKey, binding), row.sealed, binding))
      } catch (error) {
        throw error instanceof AppError ? error : damaged(error)
      }
    },
    names: (orgId, ownerId) => store.names(orgId, ownerId),
    remove: (orgId, ownerId) => store.remove(orgId, ownerId),
    async checkKeys() {
      for (const keyId of await store.keyIds()) {
        if (!keyring.has(keyId)) keyring.unwrap(keyId, Buffer.alloc(0), '')
      }
    },
    within: (transaction) => vaultOn(transaction, keyring, clock),
  }
}

export function createVault(database: Database, keyring: Keyring, clock: Clock): Vault {
  return vaultOn(database.kysely, keyring, clock)
}
