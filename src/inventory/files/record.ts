import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

const HEADER = 'portolan-layer-1 '
const HEADER_LENGTH = HEADER.length + 64 + 1
/** A layer's facts come to some KB; a record that unpacks to more than this is not ours. Bytes. */
const MAX_UNPACKED = 512 * 1024 * 1024

/**
 * A JSON value as a file: one line with the format's name and the checksum, then zstd. The record's own name is covered, so that
 * a file under another name is damaged too.
 */
export async function encodeRecord(name: string, value: unknown): Promise<Buffer> {
  const body = await compress(JSON.stringify({ name, value }))
  return Buffer.concat([Buffer.from(`${HEADER}${hash('sha256', body, 'hex')}\n`), body])
}

/** @returns undefined for anything but what `encodeRecord` made of this name */
export async function decodeRecord(name: string, bytes: Buffer): Promise<{ value: unknown } | undefined> {
  const body = bytes.subarray(HEADER_LENGTH)
  if (bytes.toString('latin1', 0, HEADER_LENGTH) !== `${HEADER}${hash('sha256', body, 'hex')}\n`)
    return undefined
  try {
    const unpacked = await decompress(body, { maxOutputLength: MAX_UNPACKED })
    const record = JSON.parse(unpacked.toString('utf8')) as { name?: unknown; value?: unknown }
    return record.name === name ? { value: record.value } : undefined
  } catch {
    return undefined
  }
}
