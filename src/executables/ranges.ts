import { type ByteRange, wholeFile } from '../images/index.ts'
import { type ElfHeader, elfHeader, elfMappings, elfSections, tableRange } from './elf.ts'
import type { Mapping } from './executable.ts'
import { machOSegments } from './mach-o.ts'
import { formatOf } from './open.ts'
import { peSections } from './pe.ts'

/** At most so many bytes of one file are asked for. */
export const MAX_KEPT = 96 * 1024 * 1024

/** What is behind all mappings may be an archive of any size that was put there (self-contained programs): no list is in it. */
const MAX_UNMAPPED = 16 * 1024 * 1024

/** Smaller files are kept whole. */
const WHOLE = 1024 * 1024
/** The names of sections stand right before the table of sections, where a linker wrote them last. */
const NAMES_WINDOW = 256 * 1024

/**
 * The parts of an executable that may hold what a compiler left behind for readers: everything but machine code, and of a very
 * large file what is written to, what is read only and what is not mapped, in this order, as far as MAX_KEPT goes.
 *
 * @param first 16 KiB, or the whole of a smaller file
 * @returns none for what is no executable
 */
export function rangesToKeep(first: Uint8Array, size: number): ByteRange[] {
  const format = formatOf(first)
  if (format === undefined) return []
  const all = { start: 0, end: size }
  if (size <= WHOLE) return [all]
  try {
    if (format === 'elf') return withinLimit(elfRanges(first, size))
    const mappings = format === 'pe' ? peSections(wholeFile(first)) : machOMappings(first)
    return withinLimit([all], mappings === undefined ? [] : mappedRanges(mappings))
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

function machOMappings(first: Uint8Array): Mapping[] | undefined {
  return machOSegments(wholeFile(first), first)
}

/** The first list that fits, else as much of the last one as does. */
function withinLimit(...choices: readonly (readonly ByteRange[])[]): ByteRange[] {
  const last = choices.at(-1) ?? []
  const fitting = choices.find((ranges) => sizeOf(ranges) <= MAX_KEPT) ?? last
  const kept: ByteRange[] = []
  for (const range of fitting) {
    if (range.end > range.start && sizeOf([...kept, range]) <= MAX_KEPT) kept.push(range)
  }
  return kept
}

function sizeOf(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + Math.max(end - start, 0), 0)
}

function elfRanges(first: Uint8Array, size: number): ByteRange[] {
  const header = elfHeader(first)
  if (header === undefined) return []
  const programs = tableRange(header.programs)
  const sections = tableRange(header.sections)
  const mappings = programs.end <= first.length ? elfMappings(header, first.subarray(programs.start)) : []
  const end = Math.max(0, ...mappings.map(({ offset, size }) => offset + size))
  return [
    programs,
    sections,
    namesRange(header, first) ?? { start: sections.start - NAMES_WINDOW, end: sections.start },
    ...mappedRanges(mappings),
    ...(size - end <= MAX_UNMAPPED ? [{ start: Math.min(end, size), end: size }] : []),
  ].map((range) => ({ start: Math.max(range.start, 0), end: Math.min(range.end, size) }))
}

/** Known where the linker wrote the table of sections first, as Go's does. */
function namesRange(header: ElfHeader, first: Uint8Array): ByteRange | undefined {
  const { start, end } = tableRange(header.sections)
  if (end > first.length) return undefined
  const names = elfSections(header, first.subarray(start, end))[header.names]
  return names === undefined ? undefined : { start: names.offset, end: names.offset + names.size }
}

/** Code is left out where constants have a mapping of their own. */
function mappedRanges(mappings: readonly Mapping[]): ByteRange[] {
  const hasConstants = mappings.some(({ writable, executable, size }) => !writable && !executable && size > 0)
  const rank = ({ writable, executable }: Mapping): number => (executable ? 2 : writable ? 0 : 1)
  return mappings
    .filter(({ executable }) => !executable || !hasConstants)
    .toSorted((left, right) => rank(left) - rank(right))
    .map(({ offset, size }) => ({ start: offset, end: offset + size }))
}
