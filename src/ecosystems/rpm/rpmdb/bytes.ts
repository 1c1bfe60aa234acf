import { AppError } from '../../../core/index.ts'

/** A database that breaks its format. The name of the file stands before it in the note that people read. */
export function damaged(what: string): AppError {
  return new AppError({
    code: 'rpmdb-damaged',
    kind: 'invalid',
    publicMessage: what,
    remedy: 'Build the image again; its packages of this database are not listed.',
  })
}

/** Bytes whose every read is within bounds; numbers are unsigned. Reads beyond the end throw `rpmdb-damaged`. */
export class Bytes {
  readonly content: Uint8Array
  readonly #view: DataView
  /** Byte order of numbers that are longer than a byte. */
  readonly #littleEndian: boolean

  constructor(content: Uint8Array, littleEndian: boolean) {
    this.content = content
    this.#view = new DataView(content.buffer, content.byteOffset, content.byteLength)
    this.#littleEndian = littleEndian
  }

  get length(): number {
    return this.content.length
  }

  u8(at: number): number {
    this.#check(at, 1)
    return this.#view.getUint8(at)
  }

  u16(at: number): number {
    this.#check(at, 2)
    return this.#view.getUint16(at, this.#littleEndian)
  }

  u32(at: number): number {
    this.#check(at, 4)
    return this.#view.getUint32(at, this.#littleEndian)
  }

  i32(at: number): number {
    this.#check(at, 4)
    return this.#view.getInt32(at, this.#littleEndian)
  }

  /** A view, no copy. */
  slice(at: number, length: number): Uint8Array {
    this.#check(at, length)
    return this.content.subarray(at, at + length)
  }

  #check(at: number, length: number): void {
    if (at < 0 || length < 0 || at + length > this.content.length) throw damaged('the database is cut short')
  }
}

/** Counts pages as they are read: a sound database needs each once, so that a chain in a circle ends here. */
export class PageBudget {
  #left: number

  constructor(pages: number) {
    this.#left = pages
  }

  take(): void {
    this.#left -= 1
    if (this.#left < 0) throw damaged('its pages lead in a circle')
  }
}
