import { decodeText } from '../../index.ts'
import { Bytes, damaged } from './bytes.ts'

/** A table has two or five columns here: a row with far more is none of ours. */
const MAX_COLUMNS = 64
/** Bytes of the integers by serial type. */
const INTEGER_SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0]

interface Column {
  readonly type: number
  readonly at: number
  readonly length: number
}

/** One row (sqlite.org/fileformat2.html, 2.1). Columns that it has not, or of another type, are undefined. */
export class SqliteRecord {
  readonly #bytes: Bytes
  readonly #columns: Column[] = []

  constructor(content: Uint8Array) {
    this.#bytes = new Bytes(content, false)
    const [headerSize, first] = readVarint(this.#bytes, 0)
    let at = headerSize
    for (let next = first; next < headerSize && this.#columns.length < MAX_COLUMNS; ) {
      const [type, after] = readVarint(this.#bytes, next)
      const length = lengthOf(type)
      this.#columns.push({ type, at, length })
      at += length
      next = after
    }
  }

  /** A blob or a text as it is stored: a view, no copy. */
  bytes(index: number): Uint8Array | undefined {
    const column = this.#columns[index]
    return column === undefined || column.type < 12 ? undefined : this.#bytes.slice(column.at, column.length)
  }

  text(index: number): string | undefined {
    const bytes = this.bytes(index)
    return bytes === undefined ? undefined : decodeText(bytes)
  }

  /** A number of at most four bytes, which page numbers are. */
  integer(index: number): number | undefined {
    const column = this.#columns[index]
    if (column === undefined) return undefined
    if (column.type === 8 || column.type === 9) return column.type - 8
    if (column.type === 0 || column.type > 4) return undefined
    return this.#bytes.slice(column.at, column.length).reduce((value, byte) => value * 256 + byte, 0)
  }
}

function lengthOf(type: number): number {
  return type >= 12 ? Math.floor((type - 12) / 2) : (INTEGER_SIZES[type] ?? 0)
}

/**
 * A variable-length integer, and where it ends: seven bits a byte, from the highest (fileformat2.html, 1.6).
 * @throws AppError `rpmdb-damaged` also for one that no length in a file can be: over 2^49
 */
export function readVarint(bytes: Bytes, at: number): readonly [value: number, end: number] {
  let value = 0
  for (let index = 0; index < 7; index += 1) {
    const byte = bytes.u8(at + index)
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return [value, at + index + 1]
  }
  throw damaged('a number in it is out of bounds')
}
