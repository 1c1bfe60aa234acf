import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const PREFIX = 'ptl_'

/** A new API token: 256 random bits, with a prefix by which secret scanners know it. */
export function newTokenText(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`
}

/** What is stored of a token. It is random, so a plain hash is enough: there is nothing to guess. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** The token of an `Authorization` header; undefined for other schemes. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +([\x21-\x7e]{1,500})$/i.exec(authorization ?? '')?.[1]
}

/** Compares in a time that tells nothing of where they differ, nor how long the expected one is. */
export function sameToken(given: string, expected: string): boolean {
  return timingSafeEqual(tokenHash(given), tokenHash(expected))
}

export function looksLikeToken(text: string): boolean {
  return text.startsWith(PREFIX)
}
