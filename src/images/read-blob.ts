import { createHash } from 'node:crypto'
import { digestFromHex } from '../core/index.ts'
import { imageError } from './errors.ts'
import type { BlobDescriptor, ImageSource } from './ports.ts'

/**
 * A small blob whole in memory: a config, an SBOM. Size and digest are verified.
 *
 * @param maxBytes more than this is refused before a byte is read
 * @throws AppError `blob-too-large`, `blob-digest-mismatch` (invalid), or the source's
 */
export async function readBlob(
  source: ImageSource,
  descriptor: BlobDescriptor,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { digest, size } = descriptor
  if (size > maxBytes) {
    const about = `Blob ${digest} has ${size} bytes; at most ${maxBytes} are read.`
    throw imageError({ code: 'blob-too-large', about, remedy: 'limit' })
  }
  signal?.throwIfAborted()
  const body = await source.blob(descriptor, signal)
  const hash = createHash('sha256')
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop by a throw destroys the stream.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    signal?.throwIfAborted()
    length += chunk.length
    if (length > size) throw mismatch(descriptor, 'is larger than its manifest says')
    hash.update(chunk)
    chunks.push(chunk)
  }
  if (length !== size) throw mismatch(descriptor, 'is smaller than its manifest says')
  if (digestFromHex(hash.digest('hex')) !== digest) throw mismatch(descriptor, 'does not have its digest')
  return Buffer.concat(chunks, length)
}

function mismatch(descriptor: BlobDescriptor, what: string): Error {
  return imageError({ code: 'blob-digest-mismatch', about: `Blob ${descriptor.digest} ${what}.` })
}
