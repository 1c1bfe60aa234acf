import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; a key seals few texts, far below its bound. */
const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
export const KEY_BYTES = 32

/**
 * @param boundTo what the text belongs to: it opens only with the same
 * @returns nonce, tag, ciphertext
 */
export function encrypt(key: Uint8Array, text: Uint8Array, boundTo: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(boundTo))
  const ciphertext = Buffer.concat([cipher.update(text), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
}

/** @throws Error when the key is another, the text belongs to something else, or a bit was changed */
export function decrypt(key: Uint8Array, sealed: Uint8Array, boundTo: string): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES)
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(tag)
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
}
