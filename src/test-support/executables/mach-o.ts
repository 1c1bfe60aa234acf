import { type BinarySection, type FormatOptions, HeaderWriter, place } from './writer.ts'

/** A segment for each section; names of more than 16 bytes are cut. */
export function machOFile(sections: readonly BinarySection[], options: FormatOptions = {}): Buffer {
  const { is64 = true } = options
  const { placed, end } = place(sections)
  const out = new HeaderWriter(end, options)
  const [headerSize, commandSize] = is64 ? [32, 72 + 80] : [28, 56 + 68]
  const [magic, cpu] = is64 ? [0xfeed_facf, 0x0100_0007] : [0xfeed_face, 7]
  out.fields(0, 'iiiiiii', magic, cpu, 3, 2, placed.length, placed.length * commandSize, 0)
  for (const [index, { name, offset, address, content, writable, code }] of placed.entries()) {
    const at = headerSize + index * commandSize
    const size = content.length
    const segment = writable ? '__DATA' : '__TEXT'
    const protection = writable ? 3 : code ? 5 : 1
    out.fields(at, 'ii', is64 ? 0x19 : 1, commandSize)
    out.text(at + 8, segment)
    const inner = out.fields(at + 24, 'wwwwiiii', address, size, offset, size, protection, protection, 1, 0)
    out.text(inner, name.slice(0, 16))
    out.text(inner + 16, segment)
    out.fields(inner + 32, 'wwi', address, size, offset)
    out.bytes.set(content, offset)
  }
  return out.bytes
}
