import { createHash } from 'node:crypto'
import { addAbortListener } from 'node:events'
import type { Transform } from 'node:stream'
import { type AppError, type Digest, digestFromHex } from '../../core/index.ts'
import { layerError } from '../errors.ts'
import type { BlobDescriptor, ImageSource } from '../ports.ts'
import { BlobInput } from './blob-input.ts'
import { compressionOf, createDecoder, type Decoder, MAGIC_LENGTH, MAX_ZSTD_WINDOW } from './decoder.ts'
import { DecoderFeed } from './decoder-feed.ts'
import { LAYER_LIMITS, type LayerLimits } from './limits.ts'
import { TarError } from './tar-header.ts'
import { TarReader } from './tar-reader.ts'
import { type LayerVisitor, visitingSink } from './visitor.ts'

/** What a layer was found to be; both digests are verified. */
export interface LayerReading {
  /** sha256 of the unpacked tar, by our own hashing. */
  readonly diffId: Digest
  /** Compressed bytes. */
  readonly size: number
  readonly unpackedSize: number
}

export interface ReadLayerOptions {
  readonly limits?: Partial<LayerLimits> | undefined
  readonly signal?: AbortSignal | undefined
  /** Called with the number of compressed bytes of each piece that came in. */
  readonly onBytes?: ((count: number) => void) | undefined
}

/**
 * Reads a layer once as it streams in: hashes the blob, unpacks it (gzip, zstd or plain, by its first bytes), hashes the tar and
 * shows its entries to the visitor. Nothing that the visitor saw may be used unless this returns: only then are the blob's digest
 * and size known to be what the manifest says.
 *
 * @throws AppError, each `invalid` and with the layer's digest: `layer-digest-mismatch`, `layer-size-mismatch`, `layer-truncated`,
 *   `layer-compression-invalid`, `layer-tar-invalid`, `layer-bomb`; `layer-window-too-large` (unsupported); the source's and the
 *   visitor's errors as they are
 */
export async function readLayer(
  source: ImageSource,
  blob: BlobDescriptor,
  visitor: LayerVisitor,
  options: ReadLayerOptions = {},
): Promise<LayerReading> {
  const { signal } = options
  signal?.throwIfAborted()
  const input = new BlobInput(await source.blob(blob, signal), blob, options.onBytes)
  using _aborting =
    signal === undefined ? undefined : addAbortListener(signal, () => input.stop(abortReason(signal)))
  const decoder = createDecoder(compressionOf(await input.peek(MAGIC_LENGTH)))
  const limits = { ...LAYER_LIMITS, ...options.limits }
  const unpacking = unpack(decoder, visitor, input, limits).catch((error: unknown) => {
    // A fault of the content may come from a damaged transfer, which the digest of the whole tells: so the rest is still read.
    if (!isContentFault(error)) input.stop(error instanceof Error ? error : new Error(String(error)))
    throw error
  })
  const [fed, unpacked] = await Promise.allSettled([feed(input, decoder, blob.size), unpacking])
  if (fed.status === 'rejected') throw fed.reason
  if (unpacked.status === 'rejected' && !isContentFault(unpacked.reason)) throw unpacked.reason
  input.verify()
  if (unpacked.status === 'rejected') throw contentError(blob.digest, decoder, unpacked.reason)
  return { ...unpacked.value, size: blob.size }
}

/** Hands the blob to the decoder as fast as it takes it; once the decoder has failed, only hashes. */
async function feed(input: BlobInput, decoder: Decoder, size: number): Promise<void> {
  const feeding = new DecoderFeed(decoder, size)
  try {
    for await (const chunk of input.chunks()) await feeding.put(chunk)
    feeding.end()
  } catch (error) {
    decoder.stream.destroy(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

async function unpack(
  decoder: Decoder,
  visitor: LayerVisitor,
  input: BlobInput,
  limits: LayerLimits,
): Promise<Omit<LayerReading, 'size'>> {
  const hash = createHash('sha256')
  const tar = new TarReader(visitingSink(visitor), limits)
  let unpackedSize = 0
  let held: ArrayBufferLike | undefined
  await eachChunk(decoder.stream, (chunk) => {
    unpackedSize += chunk.length
    checkSize(unpackedSize, input, limits)
    hash.update(chunk)
    if (tar.push(chunk)) held = chunk.buffer
    if (chunk.buffer !== held) decoder.release(chunk)
  })
  tar.end()
  return { diffId: digestFromHex(hash.digest('hex')), unpackedSize }
}

/**
 * Each piece as it comes: an iterator would copy pieces that wait together into one. A microtask runs after the decoder has handed
 * its next work to the thread pool, so that unpacking goes on while this thread hashes. A throw of `use` ends the stream.
 */
function eachChunk(stream: Transform, use: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let hasFailed = false
    const take = (chunk: Buffer): void => {
      if (hasFailed) return
      try {
        use(chunk)
      } catch (error) {
        hasFailed = true
        reject(error)
        stream.destroy()
      }
    }
    stream.on('data', (chunk: Buffer) => queueMicrotask(() => take(chunk)))
    // The last piece may still wait.
    stream.on('end', () => queueMicrotask(resolve)).on('error', reject)
    stream.on('close', () => queueMicrotask(() => reject(new Error('the stream ended early'))))
  })
}

/** By what came in, not by what the manifest says of it. */
function checkSize(unpacked: number, { received, digest }: BlobInput, limits: LayerLimits): void {
  const isTooLarge = unpacked > limits.maxUnpackedSize
  const isBomb = unpacked > limits.ratioFrom && unpacked > received * limits.maxRatio
  if (!isTooLarge && !isBomb) return
  const what = isTooLarge
    ? `it unpacks to more than ${limits.maxUnpackedSize} bytes.`
    : `it unpacks to more than ${limits.maxRatio} times its size.`
  throw layerError({ code: 'layer-bomb', layer: digest, what, remedy: 'limit' })
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new DOMException('Cancelled.', 'AbortError')
}

/** Errors of zlib and of the tar reader: the bytes are not what they should be. */
function isContentFault(error: unknown): error is Error {
  if (error instanceof TarError) return true
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^(?:Z_|ZSTD_)/.test(code)
}

function contentError(layer: Digest, decoder: Decoder, fault: Error): AppError {
  if ('code' in fault && fault.code === 'ZSTD_error_frameParameter_windowTooLarge') {
    return layerError({
      code: 'layer-window-too-large',
      kind: 'unsupported',
      layer,
      what: `its zstd data needs a window of more than ${MAX_ZSTD_WINDOW / 2 ** 20} MiB to be unpacked.`,
      remedy: 'window',
      cause: fault,
    })
  }
  if (!(fault instanceof TarError)) {
    const what = `its ${decoder.compression} data is damaged or incomplete.`
    return layerError({ code: 'layer-compression-invalid', layer, what, cause: fault })
  }
  const hint = decoder.compression === 'none' ? ' (it is not gzip or zstd either)' : ''
  return layerError({
    code: 'layer-tar-invalid',
    layer,
    what: `it is no valid tar: ${fault.message}${hint}.`,
    cause: fault,
  })
}
