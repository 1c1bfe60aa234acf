import type { FileParts } from '../images/index.ts'
import { readElf } from './elf.ts'
import { Executable, type ExecutableLayout } from './executable.ts'
import { readMachO } from './mach-o.ts'
import { readPe } from './pe.ts'
import { readWasm } from './wasm.ts'

export type ExecutableFormat = 'elf' | 'pe' | 'mach-o' | 'wasm'

/** Tables of sections are short, and the longest comes first. */
const MAX_FIRST = 16 * 1024

/** By magic numbers. @param first at least 8 bytes of the beginning, or the whole file */
export function formatOf(first: Uint8Array): ExecutableFormat | undefined {
  const start = Buffer.from(first.buffer, first.byteOffset, Math.min(first.length, 8)).toString('latin1')
  if (start.startsWith('\x7fELF')) return 'elf'
  if (start.startsWith('MZ')) return 'pe'
  if (/^(?:\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe)/.test(start)) return 'mach-o'
  return start === '\0asm\x01\0\0\0' ? 'wasm' : undefined
}

/** undefined for a file that is no executable, or whose headers are damaged or not at hand. */
export function openExecutable(file: FileParts): Executable | undefined {
  const first = file.read(0, Math.min(file.size, MAX_FIRST))
  if (first === undefined) return undefined
  try {
    const layout = readLayout(file, first)
    return layout === undefined ? undefined : new Executable(file, layout)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readLayout(file: FileParts, first: Uint8Array): ExecutableLayout | undefined {
  switch (formatOf(first)) {
    case 'elf':
      return readElf(file, first)
    case 'pe':
      return readPe(file)
    case 'mach-o':
      return readMachO(file, first)
    case 'wasm':
      return readWasm(file)
    default:
      return undefined
  }
}
