import type { FileParts } from '../images/index.ts'

/** A named part of an executable. */
export interface Section {
  readonly name: string
  /** In the memory of the running program. */
  readonly address: number
  /** In the file. Bytes. */
  readonly offset: number
  readonly size: number
}

/** A part of the file and where it is in memory. */
export interface Mapping {
  readonly address: number
  readonly offset: number
  readonly size: number
  readonly writable: boolean
  readonly executable: boolean
}

/** What a format's reader finds out. */
export interface ExecutableLayout {
  readonly mappings: readonly Mapping[]
  /** The first one that holds initialised data for writing, by the rules of Go's debug/buildinfo. */
  readonly data: Mapping | undefined
  /** The first section of that name that has content in the file. */
  section(name: string): Section | undefined
}

/** An executable in a file, of which parts may be missing. */
export class Executable {
  readonly #file: FileParts
  readonly #layout: ExecutableLayout

  constructor(file: FileParts, layout: ExecutableLayout) {
    this.#file = file
    this.#layout = layout
  }

  /** The first initialised data that the program may write to. */
  get data(): Pick<Section, 'address' | 'size'> | undefined {
    return this.#layout.data
  }

  section(name: string): Section | undefined {
    return this.#layout.section(name)
  }

  /** undefined for a section that is not in the file. @throws TypeError when it was not kept */
  content({ offset, size }: Section): Uint8Array | undefined {
    return this.#read(offset, size)
  }

  /**
   * At most `length` bytes as they lie in memory, fewer at the end of a mapping; undefined for what is not mapped.
   * @throws TypeError when they were not kept
   */
  memory(address: number, length: number): Uint8Array | undefined {
    const mapping = this.#layout.mappings.find(
      (one) => one.address <= address && address < one.address + one.size,
    )
    if (mapping === undefined || !(length >= 0)) return undefined
    const skipped = address - mapping.address
    return this.#read(mapping.offset + skipped, Math.min(length, mapping.size - skipped))
  }

  #read(offset: number, length: number): Uint8Array | undefined {
    const bytes = this.#file.read(offset, length)
    if (bytes === undefined && offset + length <= this.#file.size) {
      throw new TypeError('it is too large: a part that is needed was not kept')
    }
    return bytes
  }
}
