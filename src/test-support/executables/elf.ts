import {
  BASE,
  type BinarySection,
  type FormatOptions,
  HeaderWriter,
  PAGE,
  type PlacedSection,
  place,
} from './writer.ts'

/** A program with a segment for each section; the table of sections stands at the end. */
export function elfFile(sections: readonly BinarySection[], options: FormatOptions = {}): Buffer {
  const { is64 = true, withoutSections = false } = options
  const { placed, end } = place(sections)
  const names = sectionNames(sections)
  const tableAt = Math.ceil((end + names.length) / 8) * 8
  const count = withoutSections ? 0 : sections.length + 2
  const out = new HeaderWriter(withoutSections ? end : tableAt + count * (is64 ? 64 : 40), options)
  header(out, options, placed.length, withoutSections ? 0 : tableAt, count)
  for (const [index, section] of placed.entries()) program(out, index, section, is64)
  if (withoutSections) return out.bytes
  out.bytes.set(names, end)
  const rows = [...placed, { name: '.shstrtab', offset: end, address: 0, content: names }]
  for (const [index, { name, offset, address, content }] of rows.entries()) {
    const nameAt = names.indexOf(`\0${name}\0`, 0, 'latin1') + 1
    const type = name === '.shstrtab' ? 3 : 1
    const row = [nameAt, type, 2, address, offset, content.length, 0, 0, 1, 0]
    out.fields(tableAt + (index + 1) * (is64 ? 64 : 40), 'iiwwwwiiww', ...row)
  }
  return out.bytes
}

function sectionNames(sections: readonly BinarySection[]): Buffer {
  return Buffer.from(`\0${[...sections.map(({ name }) => name), '.shstrtab'].join('\0')}\0`, 'latin1')
}

function header(
  out: HeaderWriter,
  { is64 = true, bigEndian = false }: FormatOptions,
  programs: number,
  tableAt: number,
  sections: number,
): void {
  const [size, programSize, sectionSize] = is64 ? [64, 56, 64] : [52, 32, 40]
  const machine = is64 ? (bigEndian ? 21 : 62) : bigEndian ? 20 : 3
  out.bytes.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, bigEndian ? 2 : 1, 1])
  const at = out.fields(16, 'hhiwww', 2, machine, 1, BASE + PAGE, size, tableAt)
  out.fields(at, 'ihhhhhh', 0, size, programSize, programs, sectionSize, sections, Math.max(sections - 1, 0))
}

function program(out: HeaderWriter, index: number, section: PlacedSection, is64: boolean): void {
  const { offset, address, content, writable, code } = section
  const flags = 4 + (writable ? 2 : 0) + (code ? 1 : 0)
  const size = content.length
  const at = is64 ? 64 + index * 56 : 52 + index * 32
  if (is64) out.fields(at, 'iiwwwwww', 1, flags, offset, address, address, size, size, PAGE)
  else out.fields(at, 'iwwwwwii', 1, offset, address, address, size, size, flags, PAGE)
  out.bytes.set(content, offset)
}
