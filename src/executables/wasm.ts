import type { FileParts } from '../images/index.ts'
import type { ExecutableLayout, Section } from './executable.ts'

const PREAMBLE = 8
const CUSTOM = 0
const MAX_SECTIONS = 100_000
const MAX_NAME = 1_024

/** The custom sections of a WebAssembly module (core specification, 5.5.3). */
export function readWasm(file: FileParts): ExecutableLayout {
  return {
    mappings: [],
    data: undefined,
    section: (name) => customSections(file).find((section) => section.name === name),
  }
}

function customSections(file: FileParts): Section[] {
  const sections: Section[] = []
  let at = PREAMBLE
  for (let count = 0; count < MAX_SECTIONS && at < file.size; count += 1) {
    const [id] = file.read(at, 1) ?? []
    const size = readVarint(file, at + 1)
    if (id === undefined || size === undefined) break
    const next = size.end + size.value
    const name = id === CUSTOM ? readVarint(file, size.end) : undefined
    const text = name !== undefined && name.value <= MAX_NAME ? file.read(name.end, name.value) : undefined
    if (name !== undefined && text !== undefined && name.end + name.value <= next) {
      const offset = name.end + name.value
      sections.push({ name: Buffer.from(text).toString('latin1'), address: 0, offset, size: next - offset })
    }
    at = next
  }
  return sections
}

/** LEB128, unsigned, of 32 bits; undefined where it is cut off or too long. */
function readVarint(file: FileParts, offset: number): { value: number; end: number } | undefined {
  let value = 0
  for (let index = 0; index < 5; index += 1) {
    const [byte] = file.read(offset + index, 1) ?? []
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return value < 2 ** 32 ? { value, end: offset + index + 1 } : undefined
  }
  return undefined
}
