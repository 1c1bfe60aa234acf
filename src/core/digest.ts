import { AppError } from './app-error.ts'

declare const brand: unique symbol

/** A content digest, `sha256:` and 64 lower-case hex digits (OCI image-spec, descriptor.md, Digests). */
export type Digest = `sha256:${string}` & { readonly [brand]: 'Digest' }

const pattern = /^sha256:[0-9a-f]{64}$/

export function isDigest(text: string): text is Digest {
  return pattern.test(text)
}

/** @throws AppError `digest-invalid` (invalid) for anything but a sha256 digest. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text
  throw new AppError({
    code: 'digest-invalid',
    kind: 'invalid',
    publicMessage: `"${text.slice(0, 100)}" is not a sha256 digest.`,
    remedy: 'A digest is "sha256:" and 64 hexadecimal digits.',
  })
}

/** @param hex 64 lower-case hex digits, as `hash.digest('hex')` gives them */
export function digestFromHex(hex: string): Digest {
  return parseDigest(`sha256:${hex}`)
}

/** The 64 hex digits without the algorithm. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length)
}

/** The 12 hex digits that people are shown. */
export function shortDigest(digest: Digest): string {
  return digestHex(digest).slice(0, 12)
}

/** The 32 bytes, as the database keeps a digest. */
export function digestBytes(digest: Digest): Uint8Array {
  const hex = digestHex(digest)
  return Uint8Array.from({ length: 32 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  )
}

/** @throws AppError `digest-invalid` (invalid) when there are not 32 */
export function digestOfBytes(bytes: Uint8Array): Digest {
  return digestFromHex(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''))
}
