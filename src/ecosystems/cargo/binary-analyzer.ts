import { inflateSync } from 'node:zlib'
import { MAX_KEPT, openExecutable, rangesToKeep } from '../../executables/index.ts'
import {
  type Analyzer,
  type FileParts,
  type LayerFact,
  type PackageFact,
  wholeFile,
} from '../../indexing/index.ts'
import { decodeText, isExecutableFile, libraryFacts } from '../index.ts'

/** `.dep-v0`, or what rust-audit 0.1 called it in ELF, PE and Mach-O. */
const SECTIONS = ['.dep-v0', '.rust-deps-v0', 'rdep-v0', 'rust-deps-v0']
const MAX_UNPACKED = 16 * 1024 * 1024

/** Rust programs that tell their crates: built with cargo-auditable, as some distributions build all of theirs. */
export const binaryAnalyzer: Analyzer = {
  id: 'cargo-binary',
  version: 1,
  maxSize: MAX_KEPT,
  wants: isExecutableFile,
  concerns: ({ executables }) => executables,
  read: (path, content) => readRustBinary(path, wholeFile(content)),
  partial: { ranges: rangesToKeep, read: readRustBinary },
}

function readRustBinary(path: string, file: FileParts): LayerFact[] {
  const packed = auditSection(file)
  const packages = packed === undefined ? [] : parseAuditData(packed)
  return libraryFacts('cargo', path, packages)
}

function auditSection(file: FileParts): Uint8Array | undefined {
  const executable = openExecutable(file)
  for (const name of SECTIONS) {
    const section = executable?.section(name)
    if (section !== undefined) return executable?.content(section)
  }
  return undefined
}

/** Crates that are part of the program; those that only built it are left out (auditable-serde's schema). */
function parseAuditData(packed: Uint8Array): PackageFact[] {
  const text = decodeText(inflateSync(packed, { maxOutputLength: MAX_UNPACKED }))
  const data: unknown = JSON.parse(text)
  const packages = fieldOf(data, 'packages') ?? []
  if (!Array.isArray(packages)) throw new TypeError('"packages" is not a list')
  return packages
    .filter((one) => (fieldOf(one, 'kind') ?? 'runtime') === 'runtime')
    .map((one) => ({ name: textOf(one, 'name'), version: textOf(one, 'version') }))
}

function textOf(value: unknown, name: string): string {
  const text = fieldOf(value, name) ?? ''
  if (typeof text !== 'string') throw new TypeError(`"${name}" is not a string`)
  return text
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) throw new TypeError('the list of crates has another form')
  return Object.getOwnPropertyDescriptor(value, name)?.value
}
