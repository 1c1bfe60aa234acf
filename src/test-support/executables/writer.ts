/** A section with content; writable ones are data, the others constants. */
export interface BinarySection {
  readonly name: string
  readonly content: Uint8Array
  readonly writable?: boolean
  readonly code?: boolean
}

export interface FormatOptions {
  readonly is64?: boolean
  readonly bigEndian?: boolean
  /** Without names and table of sections, as after `sstrip`. ELF only. */
  readonly withoutSections?: boolean
}

export interface PlacedSection extends BinarySection {
  readonly offset: number
  readonly address: number
}

/** Where the file is loaded. */
export const BASE = 0x40_0000
export const PAGE = 0x1000

/** Each section on a page of its own; its address is its offset from the base. */
export function place(sections: readonly BinarySection[]): { placed: PlacedSection[]; end: number } {
  let end = PAGE
  const placed = sections.map((section) => {
    const offset = end
    end = Math.ceil((offset + section.content.length + 1) / PAGE) * PAGE
    return { ...section, offset, address: BASE + offset }
  })
  return { placed, end }
}

/** Writes headers field by field. */
export class HeaderWriter {
  readonly bytes: Buffer
  readonly #bigEndian: boolean
  readonly #wordSize: 4 | 8

  constructor(size: number, { bigEndian = false, is64 = true }: FormatOptions = {}) {
    this.bytes = Buffer.alloc(size)
    this.#bigEndian = bigEndian
    this.#wordSize = is64 ? 8 : 4
  }

  /**
   * @param layout a letter a field: `h` two bytes, `i` four, `w` a word of the machine
   * @returns the offset behind the last one
   */
  fields(offset: number, layout: string, ...values: readonly number[]): number {
    let at = offset
    for (const [index, letter] of Array.from(layout).entries()) {
      const size = letter === 'h' ? 2 : letter === 'i' ? 4 : this.#wordSize
      this.#number(at, size, values[index] ?? 0)
      at += size
    }
    return at
  }

  text(offset: number, text: string): void {
    this.bytes.write(text, offset, 'latin1')
  }

  #number(offset: number, size: number, value: number): void {
    const short = Math.min(size, 4)
    if (this.#bigEndian) this.bytes.writeUIntBE(value, offset + size - short, short)
    else this.bytes.writeUIntLE(value, offset, short)
  }
}
