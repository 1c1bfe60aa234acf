import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { type Digest, digestFromHex } from '../../core/index.ts'
import { layerError } from '../errors.ts'
import type { BlobDescriptor } from '../ports.ts'

/** A blob as it comes in: hashed, counted, and never longer than its manifest says. */
export class BlobInput {
  readonly #stream: Readable
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #blob: BlobDescriptor
  readonly #onBytes: ((count: number) => void) | undefined
  readonly #hash = createHash('sha256')
  /** Compressed bytes so far. */
  received = 0
  #peeked: Buffer[] = []

  constructor(stream: Readable, blob: BlobDescriptor, onBytes: ((count: number) => void) | undefined) {
    this.#stream = stream
    this.#chunks = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    this.#blob = blob
    this.#onBytes = onBytes
  }

  get digest(): Digest {
    return this.#blob.digest
  }

  /** The first bytes, fewer where the blob has fewer; they are still among the chunks. */
  async peek(count: number): Promise<Buffer> {
    let first = Buffer.alloc(0)
    while (first.length < count) {
      const chunk = await this.#next()
      if (chunk === undefined) break
      this.#peeked.push(chunk)
      first = Buffer.concat([first, chunk.subarray(0, count - first.length)])
    }
    return first
  }

  /** @throws AppError `layer-size-mismatch`; the stream's error */
  async *chunks(): AsyncGenerator<Buffer> {
    yield* this.#peeked.splice(0)
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) yield chunk
  }

  /** Ends the transfer; whoever waits for a chunk gets the reason. */
  stop(reason: Error): void {
    this.#stream.destroy(reason)
  }

  /** After the last chunk. @throws AppError `layer-truncated`, `layer-digest-mismatch` */
  verify(): void {
    const { digest, size } = this.#blob
    if (this.received < size) {
      const what = `it ends after ${this.received} of ${size} bytes.`
      throw layerError({ code: 'layer-truncated', layer: digest, what })
    }
    if (digestFromHex(this.#hash.digest('hex')) === digest) return
    throw layerError({
      code: 'layer-digest-mismatch',
      layer: digest,
      what: 'what the registry sent does not have this digest.',
    })
  }

  async #next(): Promise<Buffer | undefined> {
    const next = await this.#chunks.next()
    if (next.done === true) return undefined
    const { buffer, byteOffset, length } = next.value
    const chunk = Buffer.from(buffer, byteOffset, length)
    this.received += length
    if (this.received > this.#blob.size) {
      const error = layerError({
        code: 'layer-size-mismatch',
        layer: this.#blob.digest,
        what: `it is longer than the ${this.#blob.size} bytes that its manifest states.`,
      })
      this.stop(error)
      throw error
    }
    this.#hash.update(chunk)
    this.#onBytes?.(length)
    return chunk
  }
}
