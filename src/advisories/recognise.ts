import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { ByteReader } from './byte-reader.ts'
import type { DatabaseKind } from './kind.ts'
import { readTarHeader } from './unpack.ts'

const MAX_ENTRIES = 64
/** Entries in front of a database's file are small: metadata. */
const MAX_SKIPPED = 16 * 1024 ** 2

/**
 * Which kind of database a file or folder holds, by the name of its file, in a layer by that of its first entries.
 * @returns undefined when it looks like none of them
 */
export async function recogniseDatabase(
  path: string,
  kinds: readonly DatabaseKind[],
): Promise<DatabaseKind | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return undefined
  if (found.isDirectory()) {
    const there = await Promise.all(
      kinds.map(async (kind) => ((await stat(join(path, kind.fileName)).catch(() => undefined)) ? kind : [])),
    )
    return there.flat()[0]
  }
  const named = kinds.find((kind) => kind.fileName === basename(path))
  return named ?? ((await isGzip(path)) ? recogniseLayer(path, kinds) : undefined)
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b
  } finally {
    await file.close()
  }
}

/** A broken layer is none: who unpacks it says why. */
async function recogniseLayer(
  path: string,
  kinds: readonly DatabaseKind[],
): Promise<DatabaseKind | undefined> {
  const file = createReadStream(path)
  const unpacked = file.pipe(createGunzip())
  file.on('error', (error) => unpacked.destroy(error))
  try {
    const reader = new ByteReader(unpacked)
    for (let entries = 0; entries < MAX_ENTRIES; entries += 1) {
      const header = await reader.exactly(512)
      const entry = header === undefined ? undefined : readTarHeader(header)
      if (entry === undefined) return undefined
      const named = kinds.find((kind) => kind.fileName === entry.name)
      if (named !== undefined) return named
      const padded = Math.ceil(entry.size / 512) * 512
      if (!(padded <= MAX_SKIPPED)) return undefined
      for await (const _ of reader.take(padded));
    }
    return undefined
  } catch {
    return undefined
  } finally {
    file.destroy()
    unpacked.destroy()
  }
}
