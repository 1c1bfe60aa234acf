export const BLOCK = 512

/** A tar that cannot be read: `message` says why, for people. */
export class TarError extends Error {
  override readonly name = 'TarError'
}

/** One header block, before the extended headers in front of it are laid over it. */
export interface RawHeader {
  readonly name: string
  /** One character; '0' is a regular file, NUL one in the old format. */
  readonly flag: string
  readonly size: number
  readonly mode: number
  /** Old GNU sparse: more header blocks follow (GNU tar, "Old GNU Format", `isextended`). */
  readonly extended: boolean
}

const zeros = Buffer.alloc(BLOCK)

export function isZeroBlock(block: Buffer): boolean {
  return block[0] === 0 && block.equals(zeros)
}

/**
 * Reads a header block: POSIX ustar, GNU, star, and the old one (POSIX.1-2017, pax, "ustar Interchange Format";
 * GNU tar manual, "Basic Tar Format"). Only name, type, size and mode matter here; the rest may be anything.
 *
 * @throws TarError
 */
export function parseHeader(block: Buffer): RawHeader {
  checkSum(block)
  const size = parseNumber(block, 124, 12)
  if (size === undefined) throw new TarError('an entry has no valid size')
  return {
    name: nameOf(block),
    flag: String.fromCharCode(block[156] ?? 0),
    size,
    mode: parseNumber(block, 100, 8) ?? 0,
    extended: block[482] !== 0,
  }
}

/** Text up to the first NUL. */
export function textUntilNul(block: Buffer, start: number, end: number): string {
  const nul = block.indexOf(0, start)
  return block.toString('utf8', start, nul < 0 || nul > end ? end : nul)
}

/** GNU's magic is followed by other fields where POSIX has the prefix; star's prefix is shorter. */
function nameOf(block: Buffer): string {
  const name = textUntilNul(block, 0, 100)
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0'
  if (!isPosix || block[345] === 0) return name
  const isStar = block.toString('latin1', 508, 512) === 'tar\0'
  return `${textUntilNul(block, 345, isStar ? 476 : 500)}/${name}`
}

/** Some old writers summed signed bytes; both are right. */
function checkSum(block: Buffer): void {
  let unsigned = 8 * 0x20
  let high = 0
  for (let index = 0; index < BLOCK; index += 1) {
    if (index === 148) index = 156
    const byte = block[index] ?? 0
    unsigned += byte
    high += byte >> 7
  }
  const stated = parseNumber(block, 148, 8)
  if (stated !== unsigned && stated !== unsigned - 256 * high) {
    throw new TarError('a header does not have its checksum')
  }
}

/** Octal text, or base-256 where the first bit is set (GNU tar manual, "Extensions"). undefined when it is neither, or too large. */
function parseNumber(block: Buffer, start: number, length: number): number | undefined {
  const first = block[start] ?? 0
  if ((first & 0x80) !== 0) return parseBase256(block, start, length)
  let value = 0
  let index = start
  const end = start + length
  while (index < end && isBlank(block[index])) index += 1
  for (; index < end; index += 1) {
    const digit = (block[index] ?? 0) - 0x30
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  for (; index < end; index += 1) {
    if (block[index] === 0) return value
    if (!isBlank(block[index])) return undefined
  }
  return value
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0
}

function parseBase256(block: Buffer, start: number, length: number): number | undefined {
  const first = block[start] ?? 0
  if ((first & 0x40) !== 0) return undefined
  let value = first & 0x3f
  for (let index = start + 1; index < start + length; index += 1) {
    value = value * 256 + (block[index] ?? 0)
    if (value > Number.MAX_SAFE_INTEGER) return undefined
  }
  return value
}
