import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { AppError, type Digest, digestFromHex, isAppError, stripEnd } from '../core/index.ts'
import { ByteReader } from './byte-reader.ts'
import { METADATA_NAME } from './folder.ts'
import { type DatabaseKind, vulnerabilityDatabase } from './kind.ts'

export interface UnpackLimits {
  /** Bytes of all entries together. */
  readonly unpackedBytes: number
  readonly entries: number
  readonly metadataBytes: number
}

export const UNPACK_LIMITS: UnpackLimits = {
  unpackedBytes: 16 * 1024 ** 3,
  entries: 64,
  metadataBytes: 1024 ** 2,
}

export interface UnpackRequest {
  /** A gzip-compressed tar that holds the database's file and metadata.json at its root; hostile. */
  readonly layer: Readable
  /** The vulnerability database unless stated. */
  readonly kind?: DatabaseKind | undefined
  /** Only these two names are ever written, and only here. */
  readonly folder: string
  /** When stated, more bytes are refused at once. */
  readonly size?: number
  readonly limits?: UnpackLimits
  readonly signal?: AbortSignal | undefined
  readonly onBytes?: (compressed: number) => void
}

/**
 * Writes the database's file and metadata.json of a layer, and gives the digest of all the layer's bytes. Other entries are skipped.
 * @throws AppError `database-layer-invalid` (invalid), or the stream's own
 */
export async function unpackLayer(request: UnpackRequest): Promise<Digest> {
  const hash = createHash('sha256')
  const { layer, kind = vulnerabilityDatabase, size = Number.POSITIVE_INFINITY, onBytes } = request
  const limits = request.limits ?? UNPACK_LIMITS
  let count = 0
  async function* hashed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      count += chunk.length
      if (count > size) throw notALayer(kind, 'it is longer than its manifest says')
      hash.update(chunk)
      onBytes?.(count)
      yield chunk
    }
  }
  try {
    await pipeline(
      layer,
      hashed,
      createGunzip({ chunkSize: 256 * 1024 }),
      (chunks) => unpackTar(chunks as AsyncIterable<Buffer>, request.folder, kind, limits),
      request.signal === undefined ? {} : { signal: request.signal },
    )
  } catch (error) {
    throw isAppError(error) || !isZlibError(error)
      ? error
      : notALayer(kind, 'its compression is broken', error)
  }
  return digestFromHex(hash.digest('hex'))
}

/** POSIX ustar and GNU tar, as far as two short names need them: extension headers are skipped like other foreign entries. */
async function unpackTar(
  chunks: AsyncIterable<Buffer>,
  folder: string,
  kind: DatabaseKind,
  limits: UnpackLimits,
): Promise<void> {
  const invalid = (why: string): AppError => notALayer(kind, why)
  const reader = new ByteReader(chunks)
  const wanted = new Set([kind.fileName, METADATA_NAME])
  let entries = 0
  let left = limits.unpackedBytes
  for (;;) {
    const header = await reader.exactly(512)
    if (header === undefined) throw invalid('its tar is cut short')
    if (header[0] === 0) break
    entries += 1
    const entry = readTarHeader(header)
    if (entry === undefined) throw invalid('its tar has a broken header')
    const padded = Math.ceil(entry.size / 512) * 512
    left -= padded
    if (entries > limits.entries || left < 0) throw invalid(`it holds more than a ${kind.name}`)
    const isWanted = entry.isFile && wanted.delete(entry.name)
    if (isWanted && entry.name === METADATA_NAME && entry.size > limits.metadataBytes) {
      throw invalid('its metadata.json is too large')
    }
    const body = reader.take(entry.size)
    await (isWanted ? writeAll(join(folder, entry.name), body) : drain(body))
    await drain(reader.take(padded - entry.size))
  }
  if (wanted.size > 0) throw invalid(`it holds no ${Array.from(wanted).join(' and no ')}`)
  await drain(reader.take(left))
  if (!(await reader.isAtEnd())) throw invalid(`it holds more than a ${kind.name}`)
}

/** undefined for a broken header. Sizes in bytes. */
export function readTarHeader(
  header: Buffer,
): { readonly name: string; readonly size: number; readonly isFile: boolean } | undefined {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
  const size = sizeOf(header.subarray(124, 136))
  if (octal(header.subarray(148, 156)) !== sum || size === undefined) return undefined
  const name = untilNul(header.toString('utf8', 0, 100)).replace(/^\.\//, '')
  const type = header[156] ?? 0
  return { name, size, isFile: type === 0 || type === 0x30 }
}

/** Octal text, or a big-endian number where the first bit is set (GNU, files over 8 GiB). */
function sizeOf(field: Buffer): number | undefined {
  const isBinary = ((field[0] ?? 0) & 0x80) !== 0
  const size = isBinary ? field.readUIntBE(6, 6) : octal(field)
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined
}

function untilNul(text: string): string {
  return text.split('\0', 1)[0] ?? ''
}

function octal(field: Buffer): number {
  const text = stripEnd(field.toString('latin1'), '\0 ').trim()
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN
}

async function writeAll(path: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(path, 'wx')
  try {
    for await (const chunk of chunks) await file.writeFile(chunk)
  } finally {
    await file.close()
  }
}

async function drain(chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of chunks);
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}

function notALayer(kind: DatabaseKind, why: string, cause?: unknown): AppError {
  return new AppError({
    code: 'database-layer-invalid',
    kind: 'invalid',
    publicMessage: `This is no ${kind.name}: ${why}.`,
    remedy: `Give a layer of Trivy's database artifact (.tar.gz), or a folder with ${kind.fileName} and metadata.json.`,
    cause,
  })
}
