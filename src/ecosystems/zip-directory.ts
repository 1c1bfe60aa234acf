/**
 * Finds a zip archive's directory and reads its headers (PKWARE APPNOTE 6.3.3, sections 4.3.12 to 4.3.16, 4.5.3), with the
 * tolerance of the reader that Trivy uses (Go's archive/zip): data before the archive, a wrong count above 65,535, and an end of
 * directory that in truth belongs to the last archive nested in a truncated one.
 */

/** A file of an archive, as the directory describes it: hostile, nothing is checked yet. */
export interface ZipEntry {
  readonly name: string
  /** 0: stored, 8: deflated. */
  readonly method: number
  readonly crc32: number
  readonly compressedSize: number
  readonly size: number
  /** Of the local header, from the start of the archive's bytes. */
  readonly offset: number
  readonly hasDescriptor: boolean
}

interface DirectoryEnd {
  readonly records: number
  readonly size: number
  readonly offset: number
}

/** How far from the archive's end its directory's end is looked for. */
const END_REACH = 65 * 1024
const END_LENGTH = 22
const END64_LENGTH = 56
const LOCATOR_LENGTH = 20
const HEADER_LENGTH = 46
const MAX_16 = 0xffff
const MAX_32 = 0xffffffff

const decoder = new TextDecoder()

/**
 * @param maxEntries more are refused
 * @throws Error when the bytes are no archive
 */
export function readDirectory(bytes: Buffer, maxEntries: number): ZipEntry[] {
  const endAt = findEnd(bytes)
  if (endAt === undefined) throw new Error('it is no zip archive')
  const { end, position } = readEnd(bytes, endAt)
  const start = position - end.size
  if (start < 0 || start >= bytes.length) throw new Error('its directory lies outside of it')
  // Data in front of the archive shifts all offsets, unless its writer has counted it in.
  const shift = start > end.offset && readHeader(bytes, end.offset, 0) !== undefined ? 0 : start - end.offset
  const entries: ZipEntry[] = []
  for (let header = readHeader(bytes, end.offset + shift, shift); header !== undefined; ) {
    if (entries.length >= maxEntries) throw new Error('it has too many entries')
    entries.push(header.entry)
    header = readHeader(bytes, header.next, shift)
  }
  if ((entries.length & MAX_16) !== (end.records & MAX_16)) throw new Error('its directory is damaged')
  return entries
}

/** The last end of a directory in the archive's last 65 KiB; what looks like one and reaches beyond the archive hides all before it. */
function findEnd(bytes: Buffer): number | undefined {
  const from = Math.max(0, bytes.length - END_REACH)
  const tail = bytes.subarray(from)
  if (tail.length < END_LENGTH) return undefined
  const at = tail.lastIndexOf('PK\u0005\u0006', tail.length - END_LENGTH, 'latin1')
  return at >= 0 && at + END_LENGTH + tail.readUInt16LE(at + 20) <= tail.length ? from + at : undefined
}

function readEnd(bytes: Buffer, at: number): { end: DirectoryEnd; position: number } {
  const end = {
    records: bytes.readUInt16LE(at + 10),
    size: bytes.readUInt32LE(at + 12),
    offset: bytes.readUInt32LE(at + 16),
  }
  if (end.records !== MAX_16 && end.size !== MAX_16 && end.offset !== MAX_32) return { end, position: at }
  const position = findEnd64(bytes, at)
  return position === undefined ? { end, position: at } : { end: readEnd64(bytes, position), position }
}

function findEnd64(bytes: Buffer, endAt: number): number | undefined {
  const at = endAt - LOCATOR_LENGTH
  if (at < 0 || bytes.readUInt32LE(at) !== 0x07064b50) return undefined
  if (bytes.readUInt32LE(at + 4) !== 0 || bytes.readUInt32LE(at + 16) !== 1) return undefined
  return readUInt64(bytes, at + 8)
}

function readEnd64(bytes: Buffer, at: number): DirectoryEnd {
  if (at + END64_LENGTH > bytes.length || bytes.readUInt32LE(at) !== 0x06064b50) {
    throw new Error('its directory is damaged')
  }
  return {
    records: readUInt64(bytes, at + 32),
    size: readUInt64(bytes, at + 40),
    offset: readUInt64(bytes, at + 48),
  }
}

/** undefined where there is no whole header. */
function readHeader(
  bytes: Buffer,
  at: number,
  shift: number,
): { readonly entry: ZipEntry; readonly next: number } | undefined {
  if (at < 0 || at + HEADER_LENGTH > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) return undefined
  const nameEnd = at + HEADER_LENGTH + bytes.readUInt16LE(at + 28)
  const extraEnd = nameEnd + bytes.readUInt16LE(at + 30)
  const next = extraEnd + bytes.readUInt16LE(at + 32)
  if (next > bytes.length) return undefined
  const sizes = readSizes(bytes, at, bytes.subarray(nameEnd, extraEnd))
  if (sizes === undefined) return undefined
  const entry = {
    name: decoder.decode(bytes.subarray(at + HEADER_LENGTH, nameEnd)),
    method: bytes.readUInt16LE(at + 10),
    crc32: bytes.readUInt32LE(at + 16),
    compressedSize: sizes.compressedSize,
    size: sizes.size,
    offset: sizes.offset + shift,
    hasDescriptor: (bytes.readUInt16LE(at + 8) & 8) !== 0,
  }
  return { entry, next }
}

/** Sizes and offset; those that do not fit 32 bits stand in the zip64 field, in this order. */
function readSizes(
  bytes: Buffer,
  at: number,
  extra: Buffer,
): Pick<ZipEntry, 'size' | 'compressedSize' | 'offset'> | undefined {
  const values = [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)]
  const field = zip64Field(extra)
  let from = 0
  for (const [index, value] of values.entries()) {
    if (value !== MAX_32) continue
    if (field !== undefined && from + 8 > field.length) return undefined
    if (field !== undefined) values[index] = readUInt64(field, from)
    else if (index > 0) return undefined
    from += 8
  }
  const [size = 0, compressedSize = 0, offset = 0] = values
  return { size, compressedSize, offset }
}

function zip64Field(extra: Buffer): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2)
    if (end > extra.length) return undefined
    if (extra.readUInt16LE(at) === 1) return extra.subarray(at + 4, end)
    at = end
  }
  return undefined
}

/** Beyond 2^53 nothing fits any memory: a value that no archive reaches. */
function readUInt64(bytes: Buffer, at: number): number {
  return Math.min(Number(bytes.readBigUInt64LE(at)), Number.MAX_SAFE_INTEGER)
}
