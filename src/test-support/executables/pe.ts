import { BASE, type BinarySection, HeaderWriter, place } from './writer.ts'

const SIGNATURE = 128
const COFF = SIGNATURE + 4
const OPTIONAL = COFF + 20
const OPTIONAL_SIZE = 240
const SECTION_SIZE = 40

/** A program of Windows on x64. */
export function peFile(sections: readonly BinarySection[]): Buffer {
  const { placed, end } = place(sections)
  const out = new HeaderWriter(end)
  out.text(0, 'MZ')
  out.fields(60, 'i', SIGNATURE)
  out.text(SIGNATURE, 'PE\0\0')
  out.fields(COFF, 'hhiiihh', 0x8664, sections.length, 0, 0, 0, OPTIONAL_SIZE, 0x22)
  out.fields(OPTIONAL, 'h', 0x20b)
  out.fields(OPTIONAL + 24, 'w', BASE)
  // Sixteen directories follow, all empty.
  out.fields(OPTIONAL + 108, 'i', 16)
  for (const [index, { name, offset, address, content, writable, code }] of placed.entries()) {
    const at = OPTIONAL + OPTIONAL_SIZE + index * SECTION_SIZE
    out.text(at, name.slice(0, 8))
    const flags = code ? 0x6000_0020 : writable ? 0xc000_0040 : 0x4000_0040
    const size = content.length
    out.fields(at + 8, 'iiiiiiii', size, address - BASE, size, offset, 0, 0, 0, flags)
    out.bytes.set(content, offset)
  }
  return out.bytes
}
