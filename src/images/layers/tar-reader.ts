import type { ByteRange } from './file-parts.ts'
import { type PaxRecords, parsePax } from './pax.ts'
import { BLOCK, isZeroBlock, parseHeader, type RawHeader, TarError, textUntilNul } from './tar-header.ts'

/** An entry as its headers describe it. `name` is what the archive says: not clean. */
export interface TarEntry {
  readonly name: string
  readonly type: 'file' | 'directory' | 'link' | 'other'
  /** Bytes of the body in the archive. */
  readonly size: number
  readonly mode: number
  /** Where a link leads; '' for others. */
  readonly target: string
  /** The body is a sparse file's map and pieces, not its content. */
  readonly sparse: boolean
}

/** Whoever is told what is in a tar. Bytes handed over are valid during the call only. */
export interface TarSink {
  /** `head`: the first bytes (at most HEAD_SIZE) only. `parts`: only for a sink that has `parts`. */
  entry(entry: TarEntry): 'body' | 'head' | 'parts' | 'skip'
  head(entry: TarEntry, first: Buffer): void
  body(entry: TarEntry, content: Buffer): void
  readonly parts?: PartsSink
}

/** For bodies that are too large to hold. */
export interface PartsSink {
  /** The first bytes (at most PARTS_HEAD_SIZE). @returns what is wanted: in order, apart from each other, inside of the body */
  begin(entry: TarEntry, first: Buffer): readonly ByteRange[]
  /** In order; a piece stays valid and unchanged after the call, for as long as it is held. */
  piece(entry: TarEntry, offset: number, piece: Buffer): void
  /** All wanted ranges were given. */
  end(entry: TarEntry): void
}

export interface TarLimits {
  readonly maxEntries: number
  /** Bytes. */
  readonly maxPathLength: number
}

/** Enough for a file's magic number. */
export const HEAD_SIZE = 4

/** Enough for the headers of an executable, in all formats. */
export const PARTS_HEAD_SIZE = 16 * 1024

/** Go's archive/tar reads extended headers up to this size; so does every tool that wrote a layer. */
const MAX_EXTENDED = 1024 * 1024
const headerOnly = new Set(['1', '2', '3', '4', '5', '6'])

type Step =
  | 'header'
  | 'pax'
  | 'long-name'
  | 'long-link'
  | 'sparse-map'
  | 'head'
  | 'body'
  | 'parts-head'
  | 'parts'

/**
 * Reads a tar as it streams by: bodies that nobody wants are stepped over without a copy. Bounded by its limits whatever the
 * bytes are; behaves as Go's archive/tar, which Docker, containerd and Trivy use, where the format leaves a choice.
 *
 * Use: `push` each chunk, then `end`. Over a file, `skippable` and `skip` save reading what would be stepped over.
 * Both throw TarError.
 */
export class TarReader {
  /** Archive bytes taken so far; in `TarSink.entry`, where the entry's body begins. */
  position = 0
  /** The end mark was seen: what follows is ignored. */
  ended = false

  readonly #sink: TarSink
  readonly #limits: TarLimits
  readonly #block = Buffer.allocUnsafe(BLOCK)
  #step: Step = 'header'
  #wanted = BLOCK
  #buffer = this.#block
  #filled = 0
  #bodyLeft = 0
  #padding = 0
  #entries = 0
  #zeroBlocks = 0
  #pax: PaxRecords | undefined
  #longName: string | undefined
  #longLink: string | undefined
  #entry: TarEntry | undefined
  #ranges: readonly ByteRange[] = []

  constructor(sink: TarSink, limits: TarLimits) {
    this.#sink = sink
    this.#limits = limits
  }

  /** @returns whether the sink may hold a piece of this chunk (`PartsSink.piece`) */
  push(chunk: Buffer): boolean {
    let isHeld = false
    let offset = 0
    while (offset < chunk.length && !this.ended) {
      if (this.#step === 'parts') {
        isHeld = true
        offset += this.#partsOf(chunk.subarray(offset))
        continue
      }
      const available = chunk.length - offset
      const skipped = Math.min(this.skippable(), available)
      if (skipped > 0) {
        this.skip(skipped)
        offset += skipped
        continue
      }
      const taken = Math.min(this.#wanted - this.#filled, available)
      this.position += taken
      if (taken === this.#wanted) this.#complete(chunk.subarray(offset, offset + taken))
      else this.#gather(chunk.subarray(offset, offset + taken))
      offset += taken
    }
    return isHeld
  }

  end(): void {
    if (this.ended) return
    if (this.#bodyLeft > 0 || this.#filled > 0 || this.#step !== 'header') {
      throw new TarError('it ends in the middle of an entry')
    }
  }

  /** How many of the next bytes nobody needs to see. */
  skippable(): number {
    return this.#filled > 0 ? 0 : this.#step === 'header' ? this.#bodyLeft + this.#padding : 0
  }

  /** @param count at most `skippable()` */
  skip(count: number): void {
    const ofBody = Math.min(count, this.#bodyLeft)
    this.#bodyLeft -= ofBody
    this.#padding -= count - ofBody
    this.position += count
  }

  #gather(piece: Buffer): void {
    if (this.#filled === 0 && this.#wanted > BLOCK) this.#buffer = Buffer.allocUnsafeSlow(this.#wanted)
    piece.copy(this.#buffer, this.#filled)
    this.#filled += piece.length
    if (this.#filled < this.#wanted) return
    const whole = this.#buffer.subarray(0, this.#wanted)
    this.#buffer = this.#block
    this.#filled = 0
    this.#complete(whole)
  }

  #complete(bytes: Buffer): void {
    const step = this.#step
    if (step === 'header') return this.#header(bytes)
    if (step === 'sparse-map') return this.#sparseMap(bytes)
    this.#await('header', BLOCK)
    if (step === 'pax') this.#pax = parsePax(bytes)
    else if (step === 'long-name') this.#longName = this.#checkedName(textUntilNul(bytes, 0, bytes.length))
    else if (step === 'long-link') this.#longLink = textUntilNul(bytes, 0, bytes.length)
    else if (this.#entry !== undefined) this.#deliver(step, this.#entry, bytes)
  }

  #deliver(step: 'head' | 'body' | 'parts-head' | 'parts', entry: TarEntry, bytes: Buffer): void {
    if (step === 'head' || step === 'body') return this.#sink[step](entry, bytes)
    this.#ranges = this.#sink.parts?.begin(entry, bytes) ?? []
    if (this.#ranges.length === 0) return
    this.#step = 'parts'
    this.#nextRange(entry)
  }

  /** Leaves behind the ranges that are done; after the last one the rest of the body is stepped over. */
  #nextRange(entry: TarEntry): void {
    const at = entry.size - this.#bodyLeft
    this.#ranges = this.#ranges.filter(({ end }) => end > at)
    if (this.#ranges.length > 0) return
    this.#await('header', BLOCK)
    this.#sink.parts?.end(entry)
  }

  /** Takes of the body up to the next end of a range. @returns how many bytes of the chunk it took */
  #partsOf(chunk: Buffer): number {
    const entry = this.#entry
    const range = this.#ranges[0]
    if (entry === undefined || range === undefined) throw new TypeError('no range is wanted')
    const at = entry.size - this.#bodyLeft
    const isWanted = at >= range.start
    const taken = Math.min((isWanted ? range.end : range.start) - at, chunk.length)
    if (isWanted) this.#sink.parts?.piece(entry, at, chunk.subarray(0, taken))
    this.#bodyLeft -= taken
    this.position += taken
    this.#nextRange(entry)
    return taken
  }

  #await(step: Step, wanted: number): void {
    this.#step = step
    this.#wanted = wanted
  }

  #header(block: Buffer): void {
    if (isZeroBlock(block)) {
      this.#zeroBlocks += 1
      this.ended = this.#zeroBlocks === 2
      return
    }
    if (this.#zeroBlocks > 0) throw new TarError('an empty block stands between two entries')
    this.#entries += 1
    if (this.#entries > this.#limits.maxEntries) {
      throw new TarError(`it has more than ${this.#limits.maxEntries} entries`)
    }
    const header = parseHeader(block)
    if (header.flag === 'x') this.#extension('pax', header)
    else if (header.flag === 'L') this.#extension('long-name', header)
    else if (header.flag === 'K') this.#extension('long-link', header)
    else this.#begin(header, textUntilNul(block, 157, 257))
  }

  #extension(step: 'pax' | 'long-name' | 'long-link', { size }: RawHeader): void {
    if (size > MAX_EXTENDED) throw new TarError('an extended header is larger than 1 MiB')
    this.#padding = paddingOf(size)
    if (size > 0) this.#await(step, size)
  }

  #begin(header: RawHeader, target: string): void {
    const entry = this.#described(header, target)
    this.#pax = undefined
    this.#longName = undefined
    this.#longLink = undefined
    this.#entry = entry
    if (header.flag === 'S' && header.extended) this.#await('sparse-map', BLOCK)
    else this.#body(entry)
  }

  /** The header with the extended headers in front of it laid over; GNU's win over pax's, as in Go. */
  #described({ flag, name: shortName, size, mode }: RawHeader, shortTarget: string): TarEntry {
    const pax = this.#pax
    const name = this.#checkedName(this.#longName ?? pax?.path ?? shortName)
    const type = typeOf(flag, name)
    return {
      name,
      type,
      size: type === 'directory' || headerOnly.has(flag) ? 0 : (pax?.size ?? size),
      mode,
      target: this.#longLink ?? pax?.target ?? shortTarget,
      sparse: flag === 'S' || (pax?.sparse ?? false),
    }
  }

  /** Blocks of an old GNU sparse map, each saying whether one more follows; then the body. */
  #sparseMap(block: Buffer): void {
    this.#entries += 1
    if (this.#entries > this.#limits.maxEntries) throw new TarError('a sparse map has no end')
    if (block[504] !== 0 || this.#entry === undefined) return
    this.#await('header', BLOCK)
    this.#body(this.#entry)
  }

  #body(entry: TarEntry): void {
    this.#bodyLeft = entry.size
    this.#padding = paddingOf(entry.size)
    const choice = this.#sink.entry(entry)
    if (choice === 'skip') return
    const limit = { head: HEAD_SIZE, parts: PARTS_HEAD_SIZE, body: entry.size }[choice]
    const wanted = Math.min(entry.size, limit)
    const step = choice === 'parts' ? 'parts-head' : choice
    if (wanted === 0) return this.#deliver(step, entry, Buffer.alloc(0))
    this.#bodyLeft -= wanted
    this.#await(step, wanted)
  }

  #checkedName(name: string): string {
    const { maxPathLength } = this.#limits
    // A UTF-8 character has at most three bytes a UTF-16 unit: short names need no count.
    if (name.length * 3 > maxPathLength && Buffer.byteLength(name) > maxPathLength) {
      throw new TarError(`a path is longer than ${maxPathLength} bytes`)
    }
    return name
  }
}

function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK
}

/** The oldest archives have no flag for directories, only a slash behind the name. */
function typeOf(flag: string, name: string): TarEntry['type'] {
  if (flag === '5' || (flag === '\0' && name.endsWith('/'))) return 'directory'
  if (flag === '1' || flag === '2') return 'link'
  return flag === '0' || flag === '\0' ? 'file' : 'other'
}
