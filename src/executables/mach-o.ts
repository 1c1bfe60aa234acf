import type { FileParts } from '../images/index.ts'
import type { ExecutableLayout, Mapping, Section } from './executable.ts'
import { Fields } from './fields.ts'

const SEGMENT = 1
const SEGMENT_64 = 0x19
const READ_WRITE = 3
const EXECUTE = 4
const MAX_COMMANDS = 10_000
const MAX_COMMANDS_SIZE = 16 * 1024 * 1024

interface Segment extends Mapping {
  readonly name: string
  readonly protection: number
  readonly maxProtection: number
  readonly sections: readonly Section[]
}

/** Mach-O of one architecture (Apple, mach-o/loader.h). undefined for what is none; universal files are not taken apart. */
export function readMachO(file: FileParts, first: Uint8Array): ExecutableLayout | undefined {
  const segments = machOSegments(file, first)
  if (segments === undefined) return undefined
  const isData = ({ address, size, protection, maxProtection }: Segment): boolean =>
    address !== 0 && size > 0 && protection === READ_WRITE && maxProtection === READ_WRITE
  return {
    mappings: segments.filter(({ name }) => name !== '__PAGEZERO'),
    data: segments.find(isData),
    section: (name) => segments.flatMap(({ sections }) => sections).find((section) => section.name === name),
  }
}

export function machOSegments(file: FileParts, first: Uint8Array): Segment[] | undefined {
  if (first.length < 28) return undefined
  const littleEndian = first[3] === 0xfe
  const is64 = (littleEndian ? first[0] : first[3]) === 0xcf
  const header = new Fields(first, littleEndian)
  const commandsSize = header.u32(20)
  const commands = commandsSize <= MAX_COMMANDS_SIZE ? file.read(is64 ? 32 : 28, commandsSize) : undefined
  if (commands === undefined) return undefined
  const segments: Segment[] = []
  let at = 0
  for (let left = Math.min(header.u32(16), MAX_COMMANDS); left > 0 && at + 8 <= commands.length; left -= 1) {
    const command = new Fields(commands.subarray(at), littleEndian)
    const size = command.u32(4)
    if (size < 8 || at + size > commands.length) return undefined
    const wanted = is64 ? SEGMENT_64 : SEGMENT
    if (command.u32(0) === wanted)
      segments.push(segment(commands.subarray(at, at + size), littleEndian, is64))
    at += size
  }
  return segments
}

/** segment_command(_64), then its sections. @throws RangeError when it is shorter than it says */
function segment(bytes: Uint8Array, littleEndian: boolean, is64: boolean): Segment {
  const fields = new Fields(bytes, littleEndian)
  const word = is64 ? 8 : 4
  const after = 24 + 4 * word
  const [start, sectionSize] = is64 ? [72, 80] : [56, 68]
  const count = Math.min(fields.u32(after + 8), Math.floor((bytes.length - start) / sectionSize))
  const protection = fields.u32(after + 4)
  return {
    name: fields.text(8, 16),
    address: fields.word(24, is64),
    offset: fields.word(24 + 2 * word, is64),
    size: fields.word(24 + 3 * word, is64),
    maxProtection: fields.u32(after),
    protection,
    writable: (protection & 2) !== 0,
    executable: (protection & EXECUTE) !== 0,
    sections: Array.from({ length: count }, (_, index) => {
      const section = new Fields(bytes.subarray(start + index * sectionSize), littleEndian)
      return {
        name: section.text(0, 16),
        address: section.word(32, is64),
        size: section.word(32 + word, is64),
        offset: section.u32(32 + 2 * word),
      }
    }),
  }
}
