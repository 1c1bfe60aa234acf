import { PassThrough, type Transform } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { isFrameMagic, isSkippableMagic, ZstdFrames } from './zstd-frames.ts'

export type LayerCompression = 'gzip' | 'zstd' | 'none'

/** A stream that unpacks, and how what is written to it must be cut. */
export interface Decoder {
  readonly compression: LayerCompression
  readonly stream: Transform
  readonly split: (chunk: Buffer) => Iterable<Buffer>
  /** What is written comes out as it is: its memory must not be used again. */
  readonly passesThrough: boolean
  /** Gives back the memory of an unpacked piece, and of those before it that share its buffer. Nobody may hold them any longer. */
  release(piece: Buffer): void
}

/** The longest magic number, in bytes. */
export const MAGIC_LENGTH = 4

/** Large, because each piece costs a turn of the event loop and of the thread pool. */
const buffers = {
  chunkSize: 1024 * 1024,
  readableHighWaterMark: 1024 * 1024,
  writableHighWaterMark: 1024 * 1024,
}

/** Enough for what Docker, BuildKit and Podman write at any level; more would let one layer take the process's memory. */
const MAX_ZSTD_WINDOW_LOG = 26

/** Bytes; a zstd frame that needs more of what was unpacked before is refused (RFC 8878, 3.1.1.1.2). */
export const MAX_ZSTD_WINDOW = 2 ** MAX_ZSTD_WINDOW_LOG

/** By magic numbers: media types are often wrong (RFC 1952, 2.3.1; RFC 8878, 3.1). @param first MAGIC_LENGTH bytes, or all */
export function compressionOf(first: Buffer): LayerCompression {
  if (first[0] === 0x1f && first[1] === 0x8b) return 'gzip'
  const magic = first.length >= MAGIC_LENGTH ? first.readUInt32LE() : 0
  return isFrameMagic(magic) || isSkippableMagic(magic) ? 'zstd' : 'none'
}

export function createDecoder(compression: LayerCompression): Decoder {
  if (compression === 'gzip') {
    return { compression, stream: createGunzip(buffers), split: whole, passesThrough: false, release }
  }
  if (compression === 'none') {
    const stream = new PassThrough(buffers)
    return { compression, stream, split: whole, passesThrough: true, release: () => {} }
  }
  const params = { [constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG }
  const frames = new ZstdFrames()
  const stream = createZstdDecompress({ ...buffers, params })
  return { compression, stream, split: (chunk) => frames.split(chunk), passesThrough: false, release }
}

/**
 * V8 frees such buffers only when it collects the whole heap, and it does that for every few of them: a fifth of a scan's processor
 * time. Node's decoders cut pieces from one buffer until it is full, and then take another.
 */
function release({ buffer, byteOffset, length }: Buffer): void {
  const isFull = buffer.byteLength === buffers.chunkSize && byteOffset + length === buffer.byteLength
  if (isFull && buffer instanceof ArrayBuffer) buffer.transfer(0)
}

function whole(chunk: Buffer): Iterable<Buffer> {
  return [chunk]
}
