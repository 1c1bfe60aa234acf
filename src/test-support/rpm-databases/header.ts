/** A package as a database of rpm has it. */
export interface RpmRow {
  readonly name: string
  readonly version: string
  /** `1` unless stated. */
  readonly release?: string
  readonly epoch?: number
  /** `x86_64` unless stated; null: the header has none. */
  readonly arch?: string | null
  /** The source package's file, `glibc-2.34-83.el9.src.rpm`: the package's own name and version unless stated; null: none. */
  readonly source?: string | null
  readonly license?: string
  readonly vendor?: string
  readonly modularityLabel?: string
  /** Absolute paths that the package owns. */
  readonly files?: readonly string[]
}

const TYPE = { int32: 4, string: 6, binary: 7, stringArray: 8 } as const
const ENTRY_SIZE = 16

interface Tag {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly data: Buffer
}

/** A package's header as databases keep it (rpm, lib/header.c): an immutable region, and what the installation added to it. */
export function rpmHeader(row: RpmRow): Buffer {
  const region = [
    text(1000, row.name),
    text(1001, row.version),
    text(1002, row.release ?? '1'),
    ...(row.epoch === undefined ? [] : [integers(1003, [row.epoch])]),
    ...optional(1011, row.vendor),
    text(1014, row.license ?? 'MIT'),
    ...optional(1022, row.arch === undefined ? 'x86_64' : row.arch),
    ...optional(1044, row.source === undefined ? sourceOf(row) : row.source),
    ...filesOf(row.files ?? []),
    ...optional(5096, row.modularityLabel),
  ]
  return assemble(region, [integers(1008, [1_700_000_000]), integers(1127, [0])])
}

function sourceOf({ name, version, release = '1' }: RpmRow): string {
  return `${name}-${version}-${release}.src.rpm`
}

function filesOf(files: readonly string[]): Tag[] {
  if (files.length === 0) return []
  const parts = files.map((file) => {
    const slash = file.lastIndexOf('/') + 1
    return { folder: file.slice(0, slash), name: file.slice(slash) }
  })
  const folders = [...new Set(parts.map(({ folder }) => folder))]
  return [
    integers(
      1116,
      parts.map(({ folder }) => folders.indexOf(folder)),
    ),
    texts(
      1117,
      parts.map(({ name }) => name),
    ),
    texts(1118, folders),
  ]
}

function text(tag: number, value: string): Tag {
  return { tag, type: TYPE.string, count: 1, data: Buffer.from(`${value}\0`) }
}

function optional(tag: number, value: string | null | undefined): Tag[] {
  return value === undefined || value === null ? [] : [text(tag, value)]
}

function texts(tag: number, values: readonly string[]): Tag {
  return {
    tag,
    type: TYPE.stringArray,
    count: values.length,
    data: Buffer.from(values.map((value) => `${value}\0`).join('')),
  }
}

function integers(tag: number, values: readonly number[]): Tag {
  const data = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) data.writeInt32BE(value, 4 * index)
  return { tag, type: TYPE.int32, count: values.length, data }
}

function assemble(region: readonly Tag[], added: readonly Tag[]): Buffer {
  const data: Buffer[] = []
  let size = 0
  const append = (bytes: Buffer): number => {
    const at = size
    data.push(bytes)
    size += bytes.length
    return at
  }
  const place = ({ tag, type, count, data: bytes }: Tag): Buffer => {
    if (type === TYPE.int32) append(Buffer.alloc((4 - (size % 4)) % 4))
    return entry(tag, type, append(bytes), count)
  }
  const regionEntries = region.map(place)
  const trailer = entry(63, TYPE.binary, -ENTRY_SIZE * (region.length + 1), ENTRY_SIZE)
  const opening = entry(63, TYPE.binary, append(trailer), ENTRY_SIZE)
  const entries = [opening, ...regionEntries, ...added.map(place)]
  const start = Buffer.alloc(8)
  start.writeUInt32BE(entries.length, 0)
  start.writeUInt32BE(size, 4)
  return Buffer.concat([start, ...entries, ...data])
}

function entry(tag: number, type: number, offset: number, count: number): Buffer {
  const bytes = Buffer.alloc(ENTRY_SIZE)
  bytes.writeInt32BE(tag, 0)
  bytes.writeUInt32BE(type, 4)
  bytes.writeInt32BE(offset, 8)
  bytes.writeUInt32BE(count, 12)
  return bytes
}
