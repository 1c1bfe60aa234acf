import type { FileParts } from '../images/index.ts'
import type { ExecutableLayout, Mapping, Section } from './executable.ts'
import { Fields, textUntilNul } from './fields.ts'

const PT_LOAD = 1
const SHT_NOBITS = 8
const WRITABLE = 2
const EXECUTABLE = 1
const MAX_NAME = 64

/** Where the tables of an ELF file lie (System V ABI, chapter 4). */
export interface ElfHeader {
  readonly is64: boolean
  readonly littleEndian: boolean
  readonly programs: Table
  readonly sections: Table
  /** Index of the section that holds the names. */
  readonly names: number
}

interface Table {
  readonly offset: number
  readonly entrySize: number
  readonly count: number
}

/** @param first the file's beginning @returns undefined for what is no ELF file */
export function elfHeader(first: Uint8Array): ElfHeader | undefined {
  const [, , , , elfClass, encoding] = first
  if ((elfClass !== 1 && elfClass !== 2) || (encoding !== 1 && encoding !== 2)) return undefined
  const is64 = elfClass === 2
  const littleEndian = encoding === 1
  if (first.length < (is64 ? 64 : 52)) return undefined
  const fields = new Fields(first, littleEndian)
  const counts = is64 ? 54 : 42
  return {
    is64,
    littleEndian,
    programs: {
      offset: fields.word(is64 ? 32 : 28, is64),
      entrySize: fields.u16(counts),
      count: fields.u16(counts + 2),
    },
    sections: {
      offset: fields.word(is64 ? 40 : 32, is64),
      entrySize: fields.u16(counts + 4),
      count: fields.u16(counts + 6),
    },
    names: fields.u16(counts + 8),
  }
}

/** @param bytes of the program header table */
export function elfMappings(header: ElfHeader, bytes: Uint8Array): Mapping[] {
  const { is64 } = header
  return entries(header, header.programs, bytes, is64 ? 56 : 32).flatMap((fields): Mapping[] => {
    const flags = fields.u32(is64 ? 4 : 24)
    const mapping = {
      offset: fields.word(is64 ? 8 : 4, is64),
      address: fields.word(is64 ? 16 : 8, is64),
      size: fields.word(is64 ? 32 : 16, is64),
      writable: (flags & WRITABLE) !== 0,
      executable: (flags & EXECUTABLE) !== 0,
    }
    return fields.u32(0) === PT_LOAD ? [mapping] : []
  })
}

/** @param bytes of the section header table; empty sections and those without content in the file are left out */
export function elfSections(header: ElfHeader, bytes: Uint8Array): ElfSection[] {
  const { is64 } = header
  return entries(header, header.sections, bytes, is64 ? 64 : 40).map((fields) => ({
    nameOffset: fields.u32(0),
    hasContent: fields.u32(4) !== SHT_NOBITS,
    address: fields.word(is64 ? 16 : 12, is64),
    offset: fields.word(is64 ? 24 : 16, is64),
    size: fields.word(is64 ? 32 : 20, is64),
  }))
}

export interface ElfSection extends Omit<Section, 'name'> {
  readonly nameOffset: number
  readonly hasContent: boolean
}

function entries(header: ElfHeader, table: Table, bytes: Uint8Array, minimum: number): Fields[] {
  if (table.entrySize < minimum) return []
  return Array.from({ length: table.count }, (_, index) => {
    const start = index * table.entrySize
    return new Fields(bytes.subarray(start, start + table.entrySize), header.littleEndian)
  })
}

export function tableRange({ offset, entrySize, count }: Table): { start: number; end: number } {
  return { start: offset, end: offset + entrySize * count }
}

/** undefined when a table is missing or out of the file: Go's debug/elf takes it for no ELF file either. */
export function readElf(file: FileParts, first: Uint8Array): ExecutableLayout | undefined {
  const header = elfHeader(first)
  if (header === undefined) return undefined
  const programs = readTable(file, header.programs)
  const sections = readTable(file, header.sections)
  if (programs === undefined || sections === undefined) return undefined
  const mappings = elfMappings(header, programs)
  const all = elfSections(header, sections)
  const strings = all[header.names]
  const names = strings === undefined ? undefined : file.read(strings.offset, strings.size)
  if (names === undefined && all.length > 0) return undefined
  return {
    mappings,
    data: mappings.find(({ writable, executable }) => writable && !executable),
    section: (name) => {
      const found = all.find(({ nameOffset, hasContent }) => hasContent && nameAt(names, nameOffset) === name)
      return found === undefined ? undefined : { name, ...found }
    },
  }
}

function readTable(file: FileParts, table: Table): Uint8Array | undefined {
  if (table.count === 0) return new Uint8Array()
  const { start, end } = tableRange(table)
  return file.read(start, end - start)
}

function nameAt(names: Uint8Array | undefined, offset: number): string {
  return textUntilNul(names?.subarray(offset, offset + MAX_NAME) ?? new Uint8Array())
}
