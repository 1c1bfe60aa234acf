import { PassThrough, type Transform } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { ZstdFrames } from './zstd-frames.ts'

export type LayerCompression = 'gzip' | 'zstd' | 'none'

/** A stream that unpacks, and how what is written to it must be cut. */
export interface Decoder {
  readonly compression: LayerCompression
  readonly stream: Transform
  split(chunk: Buffer): Iterable<Buffer>
}

/** The longest magic number, in bytes. */
export const MAGIC_LENGTH = 4

/**
 * Buffers are large because each one costs a turn of the event loop; several fit in front of the reader so that the
 * thread pool unpacks the next ones while this thread hashes.
 */
const buffers = {
  chunkSize: 256 * 1024,
  readableHighWaterMark: 1024 * 1024,
  writableHighWaterMark: 1024 * 1024,
}

/** Enough for what Docker, BuildKit and Podman write at any level; more would let one layer take the process's memory. */
const MAX_ZSTD_WINDOW_LOG = 26

/** Chosen by the first bytes: media types are often wrong (reference: RFC 1952, 2.3.1; RFC 8878, 3.1). */
export function createDecoder(first: Buffer): Decoder {
  if (first[0] === 0x1f && first[1] === 0x8b) {
    return { compression: 'gzip', stream: createGunzip(buffers), split: whole }
  }
  const magic = first.length >= MAGIC_LENGTH ? first.readUInt32LE() : 0
  if (magic === 0xfd2fb528 || magic - (magic % 16) === 0x184d2a50) {
    const params = { [constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG }
    const frames = new ZstdFrames()
    const stream = createZstdDecompress({ ...buffers, params })
    return { compression: 'zstd', stream, split: (chunk) => frames.split(chunk) }
  }
  return { compression: 'none', stream: new PassThrough(buffers), split: whole }
}

function whole(chunk: Buffer): Iterable<Buffer> {
  return [chunk]
}
