import { decodeText } from '../../index.ts'
import { Bytes, damaged } from './bytes.ts'

/** Tags of rpm (include/rpm/rpmtag.h) that are read, with the type that each must have. */
export const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  arch: 1022,
  sourceRpm: 1044,
  dirIndexes: 1116,
  baseNames: 1117,
  dirNames: 1118,
  modularityLabel: 5096,
} as const

const wanted = new Set<number>(Object.values(TAG))

const TYPE = { int32: 4, string: 6, binary: 7, stringArray: 8, i18nString: 9 } as const
/** By type: bytes of an element; -1: text that ends with a NUL. */
const SIZES = [0, 1, 1, 2, 4, 8, -1, 1, -1, -1]
const ENTRY_SIZE = 16
/** rpm, lib/header.c, hdrchkTags and hdrchkData: no header has more entries or bytes. */
const MAX_ENTRIES = 65_535
const MAX_SIZE = 256 * 1024 * 1024
/** Bytes of a text: licences of a thousand parts have less. */
const MAX_TEXT = 65_536
/** Texts in a list: the packages with most files have some 50,000. */
const MAX_TEXTS = 1_000_000
/** Tags of regions; those below 100 are no data (HEADER_I18NTABLE). */
const REGIONS = new Set([61, 62, 63])
const FIRST_DATA_TAG = 100

interface Entry {
  readonly tag: number
  readonly type: number
  readonly offset: number
  readonly count: number
}

/**
 * One package's header as databases keep it (rpm, lib/header.c, hdrblobInit and hdrblobImport, which also check what is checked
 * here): big-endian, number of entries, bytes of data, entries of 16 bytes, data.
 */
export class RpmHeader {
  readonly #bytes: Bytes
  readonly #dataStart: number
  readonly #dataEnd: number
  /** Of entries with one tag the last counts. */
  readonly #entries = new Map<number, { readonly entry: Entry; readonly length: number }>()

  /** @throws AppError `rpmdb-damaged` for a header that rpm would not import */
  constructor(content: Uint8Array) {
    this.#bytes = new Bytes(content, false)
    const count = this.#bytes.u32(0)
    const dataLength = this.#bytes.u32(4)
    this.#dataStart = 8 + ENTRY_SIZE * count
    this.#dataEnd = this.#dataStart + dataLength
    if (count < 1 || count > MAX_ENTRIES || this.#dataEnd >= MAX_SIZE || this.#dataEnd > content.length)
      throw damaged('a package has a header without bounds')
    this.#readEntries(count, dataLength)
  }

  /** '' when the package has no such tag. */
  string(tag: number): string {
    const data = this.#data(tag, TYPE.string)
    if (data === undefined) return ''
    const end = data.bytes.indexOf(0)
    const text = end === -1 ? data.bytes : data.bytes.subarray(0, end)
    if (text.length > MAX_TEXT) throw damaged('a text of a package is too long')
    return decodeText(text)
  }

  strings(tag: number): string[] {
    const data = this.#data(tag, TYPE.stringArray)
    if (data === undefined) return []
    if (data.count > MAX_TEXTS) throw damaged('a list of a package is too long')
    const texts = decodeText(data.bytes).split('\0', data.count + 1)
    if (texts.length <= data.count) throw damaged('a list of a package is cut short')
    return texts.slice(0, data.count)
  }

  integers(tag: number): Int32Array {
    const data = this.#data(tag, TYPE.int32)
    if (data === undefined) return new Int32Array()
    const values = new Int32Array(data.count)
    const view = new DataView(data.bytes.buffer, data.bytes.byteOffset, data.bytes.length)
    for (let index = 0; index < data.count; index += 1) values[index] = view.getInt32(4 * index)
    return values
  }

  #data(tag: number, type: number): { readonly bytes: Uint8Array; readonly count: number } | undefined {
    const found = this.#entries.get(tag)
    if (found === undefined) return undefined
    if (found.entry.type !== type) throw damaged(`a package has tag ${tag} with another type`)
    return {
      bytes: this.#bytes.slice(this.#dataStart + found.entry.offset, found.length),
      count: found.entry.count,
    }
  }

  #readEntries(count: number, dataLength: number): void {
    const first = this.#entryAt(0)
    const hasRegion = REGIONS.has(first.tag)
    const regionEntries = hasRegion ? this.#regionEntries(first, count) : count
    let used = 0
    let next = hasRegion && count > 1 ? this.#entryAt(1) : first
    for (let index = hasRegion ? 1 : 0; index < count; index += 1) {
      const entry = next
      if (index + 1 < count) next = this.#entryAt(index + 1)
      // The text of an entry reaches to the next one, in the region and among those that were added to it.
      const isLast = index === count - 1 || index === regionEntries - 1
      const length = this.#lengthOf(entry, isLast ? undefined : next)
      used += length + alignment(entry.type, used)
      if (wanted.has(entry.tag)) this.#entries.set(entry.tag, { entry, length })
    }
    if (used + (hasRegion ? ENTRY_SIZE : 0) !== dataLength)
      throw damaged('a package has a header whose parts do not add up')
  }

  #entryAt(index: number): Entry {
    const at = 8 + ENTRY_SIZE * index
    return {
      tag: this.#bytes.i32(at),
      type: this.#bytes.u32(at + 4),
      offset: this.#bytes.i32(at + 8),
      count: this.#bytes.u32(at + 12),
    }
  }

  /** How many entries the region covers, itself included: its trailer says so, at the end of its data. */
  #regionEntries({ type, offset, count }: Entry, entries: number): number {
    if (type !== TYPE.binary || count !== ENTRY_SIZE || offset < 0)
      throw damaged('a package has no valid region')
    const size = -this.#bytes.i32(this.#dataStart + offset + 8)
    if (size < 0 || size % ENTRY_SIZE !== 0 || size / ENTRY_SIZE > entries)
      throw damaged('a package has no valid region')
    return size / ENTRY_SIZE
  }

  #lengthOf(entry: Entry, next: Entry | undefined): number {
    const { tag, type, offset, count } = entry
    const size = SIZES[type]
    const room = this.#dataEnd - this.#dataStart - offset
    const isOdd = tag < FIRST_DATA_TAG || offset < 0 || room <= 0 || (type === TYPE.string && count !== 1)
    if (size === undefined || isOdd) throw damaged('a package has an entry that is none')
    const length =
      size !== -1 ? size * count : next === undefined ? this.#textLength(entry) : next.offset - offset
    if (length <= 0 || length > room) throw damaged('a package has an entry without bounds')
    return length
  }

  /** Of as many texts as the entry counts, their NULs included. */
  #textLength({ offset, count }: Entry): number {
    const data = this.#bytes.content.subarray(this.#dataStart + offset, this.#dataEnd)
    let length = 0
    for (let left = count; left > 0; left -= 1) {
      const end = data.indexOf(0, length)
      if (end === -1) throw damaged('a text of a package has no end')
      length = end + 1
    }
    return length
  }
}

/** Bytes that are left free so that numbers lie at multiples of their size. */
function alignment(type: number, at: number): number {
  const size = SIZES[type] ?? 0
  return size > 1 ? (size - (at % size)) % size : 0
}
