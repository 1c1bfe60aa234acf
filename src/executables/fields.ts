/** Numbers and names in a header. Reading beyond its end throws RangeError. */
export class Fields {
  readonly #view: DataView
  readonly #littleEndian: boolean
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#littleEndian = littleEndian
  }

  u16(offset: number): number {
    return this.#view.getUint16(offset, this.#littleEndian)
  }

  u32(offset: number): number {
    return this.#view.getUint32(offset, this.#littleEndian)
  }

  /** Infinity beyond 2^53: no file and no address in one reaches there. */
  u64(offset: number): number {
    const value = Number(this.#view.getBigUint64(offset, this.#littleEndian))
    return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY
  }

  /** 32 or 64 bits. */
  word(offset: number, is64: boolean): number {
    return is64 ? this.u64(offset) : this.u32(offset)
  }

  /** Up to the first NUL within `length` bytes. */
  text(offset: number, length: number): string {
    return textUntilNul(this.#bytes.subarray(offset, offset + length))
  }
}

export function textUntilNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return Buffer.from(bytes.buffer, bytes.byteOffset, end === -1 ? bytes.length : end).toString('latin1')
}
