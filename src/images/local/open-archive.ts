import { createReadStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { imageError } from '../errors.ts'
import { compressionOf, createDecoder, type LayerCompression, MAGIC_LENGTH } from '../layers/decoder.ts'
import { LAYER_LIMITS } from '../layers/limits.ts'

/**
 * Opens an archive for random access. A compressed one is unpacked once into a nameless temporary file (already deleted, so that
 * it goes with the process), since a layer in the middle could not be reached otherwise.
 *
 * @throws AppError `archive-invalid` (invalid)
 */
export async function openArchive(path: string): Promise<FileHandle> {
  const file = await open(path, 'r')
  try {
    const first = Buffer.alloc(MAGIC_LENGTH)
    await file.read(first, 0, MAGIC_LENGTH, 0)
    const compression = compressionOf(first)
    if (compression === 'none') return file
    const { size } = await file.stat()
    const unpacked = await unpack(path, size, compression)
    await file.close()
    return unpacked
  } catch (error) {
    await file.close()
    throw error
  }
}

async function unpack(path: string, size: number, compression: LayerCompression): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-'))
  const target = await open(join(folder, 'archive'), 'wx+', 0o600).finally(() =>
    rm(folder, { recursive: true, force: true }),
  )
  try {
    const decoder = createDecoder(compression)
    await pipeline(
      createReadStream(path, { highWaterMark: 256 * 1024 }),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) yield* decoder.split(chunk)
      },
      decoder.stream,
      (chunks: AsyncIterable<Buffer>) => bounded(chunks, size, path),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) await target.writeFile(chunk)
      },
    )
    return target
  } catch (cause) {
    await target.close()
    const isFileError = cause instanceof Error && 'syscall' in cause
    if (isFileError || (cause instanceof Error && cause.name === 'AppError')) throw cause
    throw imageError({
      code: 'archive-invalid',
      about: `${path} is damaged: it cannot be unpacked.`,
      remedy: 'file',
      cause,
    })
  }
}

async function* bounded(chunks: AsyncIterable<Buffer>, size: number, path: string): AsyncGenerator<Buffer> {
  const { maxUnpackedSize, maxRatio, ratioFrom } = LAYER_LIMITS
  let total = 0
  for await (const chunk of chunks) {
    total += chunk.length
    if (total > maxUnpackedSize || (total > ratioFrom && total > size * maxRatio)) {
      throw imageError({
        code: 'archive-invalid',
        about: `${path} unpacks to far more than its size.`,
        remedy: 'limit',
      })
    }
    yield chunk
  }
}
