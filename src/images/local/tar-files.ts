import type { FileHandle } from 'node:fs/promises'
import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { imageError } from '../errors.ts'
import { cleanPath } from '../layers/path.ts'
import { TarError } from '../layers/tar-header.ts'
import { type TarEntry, TarReader } from '../layers/tar-reader.ts'
import type { ImageFiles } from './image-files.ts'

interface Place {
  readonly offset: number
  readonly size: number
}

type Entries = ReadonlyMap<string, Place | { readonly target: string }>

const CHUNK = 64 * 1024
const BODY_CHUNK = 256 * 1024
const LIMITS = { maxEntries: 200_000, maxPathLength: 4_096 }
/** `docker save` before version 25 writes a layer once and links to it. */
const MAX_LINKS = 8

/** The files in a tar on disk, by random access: nothing is unpacked. @throws AppError `archive-invalid` */
export async function tarFiles(file: FileHandle, path: string): Promise<ImageFiles> {
  const entries = await indexTar(file, path)
  const find = (name: string): Place | undefined => {
    let found = entries.get(name)
    for (let links = 0; found !== undefined && 'target' in found && links < MAX_LINKS; links += 1) {
      found = entries.get(found.target)
    }
    return found !== undefined && 'offset' in found ? found : undefined
  }
  return {
    name: path,
    size: async (name) => find(name)?.size,
    async open(name, length) {
      const { offset, size } = find(name) ?? { offset: 0, size: 0 }
      const end = offset + Math.min(length ?? size, size)
      return Readable.from(readRange(file, offset, end), { objectMode: false })
    },
    close: () => file.close(),
  }
}

/** Not a file stream: destroying one closes the descriptor, which all readers of the archive share. */
async function* readRange(file: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let offset = start; offset < end; ) {
    const length = Math.min(BODY_CHUNK, end - offset)
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(length), 0, length, offset)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    offset += bytesRead
  }
}

/** Reads headers only: bodies are stepped over in the file. Of two entries with one name the last counts. */
async function indexTar(file: FileHandle, path: string): Promise<Entries> {
  const entries = new Map<string, Place | { readonly target: string }>()
  const reader = new TarReader(
    {
      entry(entry) {
        const name = cleanPath(entry.name)
        if (entry.type === 'link') entries.set(name, { target: targetOf(name, entry) })
        else if (entry.type === 'file' && !entry.sparse) {
          entries.set(name, { offset: reader.position, size: entry.size })
        }
        return 'skip'
      },
      head: () => undefined,
      body: () => undefined,
    },
    LIMITS,
  )
  try {
    await readHeaders(file, reader)
  } catch (cause) {
    if (!(cause instanceof TarError)) throw cause
    throw imageError({
      code: 'archive-invalid',
      about: `${path} is no valid tar: ${cause.message}.`,
      remedy: 'file',
      cause,
    })
  }
  return entries
}

/** Symbolic links count from their folder, hard links from the top: what is found first is meant. */
function targetOf(name: string, { target }: TarEntry): string {
  return cleanPath(target.startsWith('..') ? posix.join(posix.dirname(name), target) : target)
}

async function readHeaders(file: FileHandle, reader: TarReader): Promise<void> {
  const { size } = await file.stat()
  const buffer = Buffer.allocUnsafe(CHUNK)
  while (!reader.ended) {
    const skippable = reader.skippable()
    if (reader.position + skippable > size) break
    reader.skip(skippable)
    const { bytesRead } = await file.read(buffer, 0, CHUNK, reader.position)
    if (bytesRead === 0) break
    reader.push(buffer.subarray(0, bytesRead))
  }
  reader.end()
}
