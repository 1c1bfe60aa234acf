import { hash } from 'node:crypto'
import { type Digest, digestFromHex } from '../core/index.ts'

/** The digest of content that is in memory whole. */
export function sha256(bytes: Uint8Array): Digest {
  return digestFromHex(hash('sha256', bytes, 'hex'))
}
