import { type Executable, openExecutable, type Section } from '../../executables/index.ts'
import type { FileParts } from '../../indexing/index.ts'

/** What Go's linker leaves in a binary: `go version -m` shows it. */
export interface RawBuildInfo {
  /** `go1.22.1`, `go1.25.0 X:nodwarf5`, `devel go1.23-abc`: never empty. */
  readonly goVersion: string
  /** Lines of modules and settings; '' for a binary that was built without modules. */
  readonly modules: string
}

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1')
const ALIGN = 16
const HEADER = 32
const CHUNK = 1024 * 1024
/** Data segments of real binaries are smaller; the linker puts the header at their beginning. */
const MAX_SEARCHED = 64 * CHUNK
const MAX_VERSION = 1_024
const MAX_MODULES = 16 * CHUNK
/** Sentinels of 16 bytes frame the module lines (cmd/go/internal/modload, infoStart and infoEnd). */
const SENTINEL = 16

/**
 * Build information of a Go binary, by the rules of Go's debug/buildinfo (1.24): header in the section of its name, else anywhere in
 * the first writable data; strings behind it since Go 1.18, before that behind pointers.
 * @returns undefined for what is no Go binary
 * @throws TypeError when parts of a huge file are needed that were not kept
 */
export function readBuildInfo(file: FileParts): RawBuildInfo | undefined {
  const executable = openExecutable(file)
  const place =
    executable?.section('.go.buildinfo') ?? executable?.section('__go_buildinfo') ?? executable?.data
  if (executable === undefined || place === undefined) return undefined
  const address = findHeader(executable, place)
  const header = address === undefined ? undefined : executable.memory(address, HEADER)
  if (address === undefined || header === undefined) return undefined
  const strings =
    ((header[15] ?? 0) & 2) === 0
      ? pointedStrings(executable, header)
      : inlineStrings(executable, address + HEADER)
  const [goVersion, framed] = strings
  return goVersion === '' ? undefined : { goVersion, modules: withoutFrame(framed) }
}

function findHeader(
  executable: Executable,
  { address, size }: Pick<Section, 'address' | 'size'>,
): number | undefined {
  const end = address + Math.min(size, MAX_SEARCHED)
  // Chunks overlap by a header, so that one on the border is seen whole.
  for (let start = address; start < end; start += CHUNK) {
    const chunk = executable.memory(start, Math.min(CHUNK + HEADER, end - start))
    if (chunk === undefined) return undefined
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    for (let at = bytes.indexOf(MAGIC); at !== -1; at = bytes.indexOf(MAGIC, at + 1)) {
      if ((start - address + at) % ALIGN === 0 && at + HEADER <= bytes.length) return start + at
    }
  }
  return undefined
}

/** Since Go 1.18: each string has its length before it. */
function inlineStrings(executable: Executable, address: number): [string, string] {
  const version = inlineString(executable, address, MAX_VERSION)
  if (version === undefined) return ['', '']
  const modules = inlineString(executable, version.end, MAX_MODULES)
  return [version.text, modules?.text ?? '']
}

function inlineString(
  executable: Executable,
  address: number,
  limit: number,
): { text: string; end: number } | undefined {
  const prefix = executable.memory(address, 5) ?? []
  let length = 0
  for (const [index, byte] of prefix.entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index)
    if (byte >= 0x80) continue
    const start = address + index + 1
    return { text: textAt(executable, start, length, limit), end: start + length }
  }
  return undefined
}

/** Until Go 1.17: pointers to two string headers, each of a pointer and a length. */
function pointedStrings(executable: Executable, header: Uint8Array): [string, string] {
  const size = header[14]
  if (size !== 4 && size !== 8) return ['', '']
  const isBigEndian = header[15] !== 0
  const read = (bytes: Uint8Array, at: number): number => pointer(bytes.subarray(at, at + size), isBigEndian)
  const stringAt = (address: number, limit: number): string => {
    const header = executable.memory(address, 2 * size)
    if (header === undefined || header.length < 2 * size) return ''
    return textAt(executable, read(header, 0), read(header, size), limit)
  }
  return [stringAt(read(header, 16), MAX_VERSION), stringAt(read(header, 16 + size), MAX_MODULES)]
}

function pointer(bytes: Uint8Array, isBigEndian: boolean): number {
  const digits = isBigEndian ? bytes : bytes.toReversed()
  return digits.reduce((sum, byte) => sum * 256 + byte, 0)
}

/** '' for an address that is not mapped, or not for that long. */
function textAt(executable: Executable, address: number, length: number, limit: number): string {
  if (length > limit) return ''
  const bytes = executable.memory(address, length)
  if (bytes === undefined || bytes.length < length) return ''
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

function withoutFrame(framed: string): string {
  const isFramed = framed.length >= 2 * SENTINEL + 1 && framed.at(-SENTINEL - 1) === '\n'
  return isFramed ? Buffer.from(framed.slice(SENTINEL, -SENTINEL), 'latin1').toString() : ''
}
