import { createReadStream, existsSync } from 'node:fs'
import { copyFile, open, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError, type Clock, type Digest } from '../core/index.ts'
import { METADATA_NAME, point, readPointer, stage } from './folder.ts'
import { type DatabaseKind, vulnerabilityDatabase } from './kind.ts'
import { contentDigest, databasePath, readMetadata } from './open.ts'
import { type DatabaseStatus, databaseStatus } from './status.ts'
import { unpackLayer } from './unpack.ts'
import { checkFolder } from './update.ts'

export interface ImportRequest {
  /** The vulnerability database unless stated. */
  readonly kind?: DatabaseKind
  /** The folder of databases, made if absent. */
  readonly dir: string
  /** Trivy's layer (.tar.gz), a folder with the database's file and metadata.json, or such a file itself. */
  readonly path: string
  readonly clock: Clock
  readonly signal?: AbortSignal
}

export interface ImportResult {
  readonly outcome: 'updated' | 'unchanged'
  readonly status: DatabaseStatus
}

/**
 * Takes a database from a file and makes it current.
 * @throws AppError `database-file-unreadable`, `database-layer-invalid`, `database-corrupt`,
 *   `database-metadata-invalid` (invalid), `database-version-unsupported` (unsupported)
 */
export async function importDatabase(request: ImportRequest): Promise<ImportResult> {
  const before = readPointer(request.dir)?.current
  const { digest } = await unpackDatabase(request)
  await point(request.dir, digest, request.clock)
  return {
    outcome: digest === before ? 'unchanged' : 'updated',
    status: databaseStatus(request.dir, request.clock, request.kind),
  }
}

/** Puts the database of a file beside the others without making it current. @throws as `importDatabase` */
export async function unpackDatabase(
  request: Omit<ImportRequest, 'clock'>,
): Promise<{ readonly folder: string; readonly digest: Digest }> {
  const path = resolve(request.path)
  const { kind = vulnerabilityDatabase } = request
  const form = await formOf(path, kind)
  const staged = await stage(
    request.dir,
    kind,
    async (work) => {
      const digest =
        form === 'layer'
          ? await unpackLayer({ layer: createReadStream(path), kind, folder: work, signal: request.signal })
          : await copyDatabase(kind, form === 'folder' ? join(path, kind.fileName) : named(path, kind), work)
      await checkFolder(work, kind)
      return { digest, source: basename(path) }
    },
    // What a person gives by hand mends what may be damaged.
    true,
  )
  return { folder: staged.folder, digest: staged.origin.digest }
}

/** A file that neither is called a database nor lies beside what is said of one is another mistake than a missing metadata.json. */
function named(path: string, kind: DatabaseKind): string {
  if (path.endsWith('.db') || existsSync(join(dirname(path), METADATA_NAME))) return path
  throw new AppError({
    code: 'database-file-unreadable',
    kind: 'invalid',
    publicMessage: `${path} is no database: neither a layer (.tar.gz) nor a file ${kind.fileName}.`,
    remedy: remedyOf(kind),
  })
}

function remedyOf({ fileName }: DatabaseKind): string {
  return `Give the path of a layer (.tar.gz) of Trivy's database, or of a folder with ${fileName} and metadata.json.`
}

/** @param path the database's file, with metadata.json beside it */
async function copyDatabase(kind: DatabaseKind, path: string, work: string): Promise<Digest> {
  const folder = dirname(path)
  readMetadata(folder, kind)
  await copyFile(databasePath(folder, basename(path)), join(work, kind.fileName))
  await copyFile(join(folder, METADATA_NAME), join(work, METADATA_NAME))
  return contentDigest(work, kind)
}

async function formOf(path: string, kind: DatabaseKind): Promise<'folder' | 'layer' | 'file'> {
  try {
    if ((await stat(path)).isDirectory()) return 'folder'
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b ? 'layer' : 'file'
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new AppError({
      code: 'database-file-unreadable',
      kind: 'invalid',
      publicMessage: `There is no file or folder ${path} that can be read.`,
      remedy: remedyOf(kind),
      cause,
    })
  }
}
