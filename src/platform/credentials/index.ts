/**
 * Secrets at rest: each sealed by a data key of its own, which the key-encryption key wraps, bound to organisation and owner.
 * Knows the key file and the table of sealed fields. Must not know what a secret is for.
 */
export { type Keyring, keyringOf, openKeyring } from './keyring.ts'
export { createVault, type Vault } from './vault.ts'
