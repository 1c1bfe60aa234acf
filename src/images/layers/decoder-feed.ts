import type { Decoder } from './decoder.ts'

/** Bytes of one write. */
const SIZE = 512 * 1024
/** One that is filled, one that is unpacked, and one that waits for the thread pool. */
const COUNT = 3

/**
 * Gives a decoder its input in large pieces, through few buffers that are used again: each write costs a turn of the thread pool
 * and of the event loop, and what comes from a socket comes in 64 KiB at most. A decoder that has ended or failed takes no more.
 */
export class DecoderFeed {
  readonly #decoder: Decoder
  readonly #size: number
  readonly #free: Buffer[] = []
  #made = 0
  #current: Buffer | undefined
  #filled = 0
  #isOver = false
  #wake = (): void => {}

  /** @param expected bytes of input that will come */
  constructor(decoder: Decoder, expected: number) {
    this.#decoder = decoder
    this.#size = Math.min(SIZE, Math.max(expected, 1))
    const end = (): void => {
      this.#isOver = true
      this.#wake()
    }
    decoder.stream.once('end', end).once('close', end)
  }

  /** Resolves when there is room for more. */
  async put(chunk: Buffer): Promise<void> {
    for (let taken = 0; taken < chunk.length; ) {
      const buffer = this.#current ?? (await this.#next())
      if (buffer === undefined) return
      const count = chunk.copy(buffer, this.#filled, taken)
      taken += count
      this.#filled += count
      if (this.#filled === buffer.length) this.#write()
    }
  }

  end(): void {
    this.#write()
    this.#decoder.stream.end()
  }

  #write(): void {
    const buffer = this.#current
    if (buffer === undefined || this.#isOver) return
    const { stream, split, passesThrough } = this.#decoder
    const pieces = [...split(buffer.subarray(0, this.#filled))]
    this.#current = undefined
    this.#filled = 0
    const done = (): void => {
      if (passesThrough) this.#made -= 1
      else this.#free.push(buffer)
      this.#wake()
    }
    const last = pieces.pop()
    for (const piece of pieces) stream.write(piece)
    if (last === undefined) done()
    else stream.write(last, done)
  }

  /** @returns undefined once the decoder is over */
  async #next(): Promise<Buffer | undefined> {
    while (this.#free.length === 0 && this.#made === COUNT && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#isOver) return undefined
    const free = this.#free.pop()
    if (free === undefined) this.#made += 1
    this.#current = free ?? Buffer.allocUnsafeSlow(this.#size)
    return this.#current
  }
}
