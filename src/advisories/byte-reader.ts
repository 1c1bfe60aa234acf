/** Reads a stream of chunks by length. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** The next `length` bytes; undefined when the stream has fewer left. */
  async exactly(length: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = []
    for await (const part of this.take(length)) parts.push(part)
    const bytes = Buffer.concat(parts)
    return bytes.length === length ? bytes : undefined
  }

  /** The next bytes in the chunks that they come in, `length` at most, fewer where the stream ends. */
  async *take(length: number): AsyncGenerator<Buffer> {
    let left = length
    while (left > 0) {
      if (await this.isAtEnd()) return
      const part = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(part.length)
      left -= part.length
      yield part
    }
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next()
      if (next.done === true) return true
      this.#rest = next.value
    }
    return false
  }
}
