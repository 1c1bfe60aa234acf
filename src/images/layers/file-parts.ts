/** Bytes of a file from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** What is at hand of a file: all of it, or the parts that were asked for. */
export interface FileParts {
  /** Of the whole file. */
  readonly size: number
  /** undefined where a byte of them is not at hand, or not in the file. Not to be written to. */
  read(offset: number, length: number): Uint8Array | undefined
}

export function wholeFile(content: Uint8Array): FileParts {
  return {
    size: content.length,
    read: (offset, length) =>
      isInside(offset, length, content.length) ? content.subarray(offset, offset + length) : undefined,
  }
}

/** In order, apart from each other, inside of the file. */
export function normalRanges(ranges: readonly ByteRange[], size: number): ByteRange[] {
  const normal: { start: number; end: number }[] = []
  for (const { start, end } of ranges.toSorted((left, right) => left.start - right.start)) {
    const clipped = { start: Math.max(start, 0), end: Math.min(end, size) }
    if (!(clipped.start < clipped.end)) continue
    const last = normal.at(-1)
    if (last !== undefined && clipped.start <= last.end) last.end = Math.max(last.end, clipped.end)
    else normal.push(clipped)
  }
  return normal
}

/** Parts as they come by, held without a copy. */
export class GatheredParts implements FileParts {
  readonly size: number
  readonly #offsets: number[] = []
  readonly #pieces: Buffer[] = []

  constructor(size: number) {
    this.size = size
  }

  /** In the order of their offsets. */
  add(offset: number, piece: Buffer): void {
    this.#offsets.push(offset)
    this.#pieces.push(piece)
  }

  read(offset: number, length: number): Uint8Array | undefined {
    if (!isInside(offset, length, this.size)) return undefined
    let at = this.#pieceAt(offset)
    const first = this.#pieces[at]
    if (first === undefined) return undefined
    const start = offset - (this.#offsets[at] ?? 0)
    if (start >= first.length) return undefined
    if (start + length <= first.length) return first.subarray(start, start + length)
    const found: Buffer[] = [first.subarray(start)]
    let wanted = length - (first.length - start)
    for (let next = offset + first.length - start; wanted > 0; at += 1) {
      const piece = this.#offsets[at + 1] === next ? this.#pieces[at + 1] : undefined
      if (piece === undefined) return undefined
      found.push(piece.subarray(0, wanted))
      wanted -= piece.length
      next += piece.length
    }
    return Buffer.concat(found)
  }

  /** The last piece that begins at or before the offset; -1 when there is none. */
  #pieceAt(offset: number): number {
    let low = 0
    let high = this.#offsets.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#offsets[middle] ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

function isInside(offset: number, length: number, size: number): boolean {
  return offset >= 0 && length >= 0 && offset + length <= size
}
