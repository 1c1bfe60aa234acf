import { crc32, inflateRawSync } from 'node:zlib'
import type { Budget } from './zip-budget.ts'
import type { ZipEntry } from './zip-directory.ts'

const LOCAL_HEADER_LENGTH = 30
const STORED = 0
const DEFLATED = 8
/** DEFLATE packs no better (RFC 1951: 258 bytes in two bits). */
const MAX_RATIO = 1_032
const CHUNK = 256 * 1024

/**
 * An entry's content, whole: a view of the archive where it is stored.
 * @param maxSize bytes
 * @throws Error when it is damaged, larger than it says or than `maxSize`, or the budget is spent
 */
export function readEntry(archive: Buffer, entry: ZipEntry, maxSize: number, budget: Budget): Buffer {
  if (entry.name.endsWith('/')) return Buffer.alloc(0)
  if (entry.size > maxSize) throw new Error(`one of its files is larger than ${maxSize} bytes`)
  const packed = packedBytes(archive, entry)
  const content = unpack(packed, entry, budget)
  if (content.length !== entry.size) throw new Error('one of its files has another size than it says')
  const isChecked = entry.crc32 !== 0 || entry.hasDescriptor
  if (isChecked && crc32(content) !== entry.crc32) throw new Error('one of its files is damaged')
  return content
}

function packedBytes(archive: Buffer, { offset, compressedSize }: ZipEntry): Buffer {
  if (offset < 0 || offset + LOCAL_HEADER_LENGTH > archive.length) throw outside()
  if (archive.readUInt32LE(offset) !== 0x04034b50) throw outside()
  const names = archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28)
  const start = offset + LOCAL_HEADER_LENGTH + names
  return archive.subarray(start, start + compressedSize)
}

function unpack(packed: Buffer, { method, size }: ZipEntry, budget: Budget): Buffer {
  if (method !== STORED && method !== DEFLATED)
    throw new Error('one of its files is packed in an unknown way')
  if (size > (packed.length + 1) * MAX_RATIO)
    throw new Error('one of its files has another size than it says')
  budget.spend(size)
  if (method === STORED) return packed
  if (size === 0) return Buffer.alloc(0)
  try {
    return inflateRawSync(packed, { maxOutputLength: size, chunkSize: Math.min(Math.max(size, 64), CHUNK) })
  } catch (error) {
    budget.spendFailure()
    throw error
  }
}

function outside(): Error {
  return new Error('its directory names a file that is not there')
}
