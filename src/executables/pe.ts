import type { FileParts } from '../images/index.ts'
import type { ExecutableLayout, Mapping, Section } from './executable.ts'
import { Fields } from './fields.ts'

const SECTION_SIZE = 40
const EXECUTE = 0x2000_0000
const WRITE = 0x8000_0000
const ALIGNED_TO_32 = 0x60_0000
/** Initialised data, readable, writable. */
const DATA = 0xc000_0040

interface PeSection extends Section, Mapping {
  readonly flags: number
}

/** Portable Executable (Microsoft PE Format). undefined for what is none. */
export function readPe(file: FileParts): ExecutableLayout | undefined {
  const sections = peSections(file)
  if (sections === undefined) return undefined
  return {
    mappings: sections,
    data: sections.find(({ flags, size }) => size > 0 && (flags & ~ALIGNED_TO_32) >>> 0 === DATA),
    section: (name) => sections.find((section) => section.name === name),
  }
}

/** Addresses include the image base, as pointers in the file do. */
export function peSections(file: FileParts): PeSection[] | undefined {
  const dos = file.read(0, 64)
  if (dos === undefined) return undefined
  const start = new Fields(dos, true).u32(60)
  const header = file.read(start, 24)
  if (header === undefined || Buffer.from(header.subarray(0, 4)).toString('latin1') !== 'PE\0\0')
    return undefined
  const coff = new Fields(header, true)
  const optionalSize = coff.u16(20)
  const optional = file.read(start + 24, optionalSize)
  const table = file.read(start + 24 + optionalSize, coff.u16(6) * SECTION_SIZE)
  if (optional === undefined || table === undefined) return undefined
  const base = imageBase(optional)
  return Array.from({ length: coff.u16(6) }, (_, index) => {
    const fields = new Fields(table.subarray(index * SECTION_SIZE, (index + 1) * SECTION_SIZE), true)
    const flags = fields.u32(36)
    return {
      name: fields.text(0, 8),
      address: base + fields.u32(12),
      offset: fields.u32(20),
      size: fields.u32(16),
      writable: (flags & WRITE) !== 0,
      executable: (flags & EXECUTE) !== 0,
      flags,
    }
  })
}

function imageBase(optional: Uint8Array): number {
  if (optional.length < 32) return 0
  const fields = new Fields(optional, true)
  return fields.u16(0) === 0x20b ? fields.u64(24) : fields.u32(28)
}
