/** RFC 8878, 3.1.1. @param value four bytes, little-endian */
export function isFrameMagic(value: number): boolean {
  return value === 0xfd2fb528
}

/** Any of sixteen numbers (RFC 8878, 3.1.2). */
export function isSkippableMagic(value: number): boolean {
  return value - (value % 16) === 0x184d2a50
}

const CONTENT_SIZE_LENGTHS = [0, 2, 4, 8]
const DICTIONARY_ID_LENGTHS = [0, 1, 2, 4]

type Step = 'magic' | 'descriptor' | 'block' | 'passing' | 'skippable-size' | 'skipping' | 'lost'

/** Bytes that a step must see whole. */
const HEAD_LENGTHS: Record<Step, number> = {
  magic: 4,
  descriptor: 1,
  block: 3,
  'skippable-size': 4,
  passing: 0,
  skipping: 0,
  lost: 0,
}

/**
 * Cuts a zstd stream where its frames end (RFC 8878, 3.1). Node's decoder stops at the end of a frame when more bytes follow in
 * the same write, and would drop the rest without a word; layers in the zstd:chunked format have a frame for each file.
 * Skippable frames are left out. Anything that is no frame is passed on, for the decoder to refuse.
 */
export class ZstdFrames {
  #step: Step = 'magic'
  #head = Buffer.alloc(0)
  /** Bytes of the frame that need no look, and the step behind them. */
  #run = 0
  #afterRun: Step = 'magic'
  #hasChecksum = false

  /** @returns a magic number that was held back until it was known to be a frame's */
  #take(bytes: Buffer): Buffer | undefined {
    if (this.#run > 0) {
      this.#run -= bytes.length
      if (this.#run === 0) this.#step = this.#afterRun
      return undefined
    }
    this.#head = Buffer.concat([this.#head, bytes])
    if (this.#head.length < HEAD_LENGTHS[this.#step]) return undefined
    const head = this.#head
    this.#head = Buffer.alloc(0)
    if (this.#step === 'descriptor') this.#descriptor(head[0] ?? 0)
    else if (this.#step === 'skippable-size') this.#pass(head.readUInt32LE(), 'skipping', 'magic')
    else if (this.#step === 'block') this.#blockHeader(head.readUIntLE(0, 3))
    else return this.#magic(head)
    return undefined
  }

  /** The chunk's bytes in pieces, none reaching over the end of a frame. */
  *split(chunk: Buffer): Generator<Buffer> {
    let start = 0
    let offset = 0
    while (offset < chunk.length && this.#step !== 'lost') {
      const step = this.#step
      const isFrame = step !== 'magic' && step !== 'skippable-size' && step !== 'skipping'
      const left = chunk.length - offset
      const taken = Math.min(this.#run > 0 ? this.#run : HEAD_LENGTHS[step] - this.#head.length, left)
      const magic = this.#take(chunk.subarray(offset, offset + taken))
      offset += taken
      if (!isFrame) start = offset
      if (magic !== undefined) yield magic
      if (this.#step === 'magic' && isFrame) {
        yield chunk.subarray(start, offset)
        start = offset
      }
    }
    if (start < chunk.length) yield chunk.subarray(start)
  }

  #magic(head: Buffer): Buffer | undefined {
    const value = head.readUInt32LE()
    const isSkippable = isSkippableMagic(value)
    this.#step = isSkippable ? 'skippable-size' : isFrameMagic(value) ? 'descriptor' : 'lost'
    return isSkippable ? undefined : head
  }

  #descriptor(flags: number): void {
    const single = (flags & 0x20) !== 0
    const contentSize = CONTENT_SIZE_LENGTHS[flags >> 6] ?? 0
    this.#hasChecksum = (flags & 0x04) !== 0
    const length =
      (single ? 0 : 1) +
      (DICTIONARY_ID_LENGTHS[flags & 3] ?? 0) +
      (single && contentSize === 0 ? 1 : contentSize)
    this.#pass(length, 'passing', 'block')
  }

  #blockHeader(header: number): void {
    const isLast = (header & 1) === 1
    const isRunLength = ((header >> 1) & 3) === 1
    const size = isRunLength ? 1 : header >> 3
    this.#pass(size + (isLast && this.#hasChecksum ? 4 : 0), 'passing', isLast ? 'magic' : 'block')
  }

  #pass(length: number, step: 'passing' | 'skipping', then: Step): void {
    this.#run = length
    this.#afterRun = then
    this.#step = length === 0 ? then : step
  }
}
