import { PassThrough, type Transform } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { isFrameMagic, isSkippableMagic, ZstdFrames } from './zstd-frames.ts'

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

/** By magic numbers: media types are often wrong (RFC 1952, 2.3.1; RFC 8878, 3.1). @param first MAGIC_LENGTH bytes, or all */
export function compressionOf(first: Buffer): LayerCompression {
  if (first[0] === 0x1f && first[1] === 0x8b) return 'gzip'
  const magic = first.length >= MAGIC_LENGTH ? first.readUInt32LE() : 0
  return isFrameMagic(magic) || isSkippableMagic(magic) ? 'zstd' : 'none'
}

export function createDecoder(compression: LayerCompression): Decoder {
  if (compression === 'gzip') return { compression, stream: createGunzip(buffers), split: whole }
  if (compression === 'none') return { compression, stream: new PassThrough(buffers), split: whole }
  const params = { [constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG }
  const frames = new ZstdFrames()
  const stream = createZstdDecompress({ ...buffers, params })
  return { compression, stream, split: (chunk) => frames.split(chunk) }
}

function whole(chunk: Buffer): Iterable<Buffer> {
  return [chunk]
}
