import { createReadStream } from 'node:fs'
import { copyFile, open, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError, type Clock, type Digest } from '../core/index.ts'
import { BOLT_NAME, METADATA_NAME, point, readPointer, stage } from './folder.ts'
import { boltPath, contentDigest, readMetadata } from './open.ts'
import { type DatabaseStatus, databaseStatus } from './status.ts'
import { unpackLayer } from './unpack.ts'
import { checkFolder } from './update.ts'

export interface ImportRequest {
  /** The folder of databases, made if absent. */
  readonly dir: string
  /** Trivy's layer (.tar.gz), a folder with trivy.db and metadata.json, or such a trivy.db itself. */
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
    status: databaseStatus(request.dir, request.clock),
  }
}

/** Puts the database of a file beside the others without making it current. @throws as `importDatabase` */
export async function unpackDatabase(
  request: Omit<ImportRequest, 'clock'>,
): Promise<{ readonly folder: string; readonly digest: Digest }> {
  const path = resolve(request.path)
  const kind = await kindOf(path)
  const staged = await stage(
    request.dir,
    async (work) => {
      const digest =
        kind === 'layer'
          ? await unpackLayer({ layer: createReadStream(path), folder: work, signal: request.signal })
          : await copyDatabase(
              kind === 'folder' ? path : dirname(path),
              kind === 'folder' ? BOLT_NAME : basename(path),
              work,
            )
      await checkFolder(work)
      return { digest, source: basename(path) }
    },
    // What a person gives by hand mends what may be damaged.
    true,
  )
  return { folder: staged.folder, digest: staged.origin.digest }
}

async function copyDatabase(folder: string, boltName: string, work: string): Promise<Digest> {
  readMetadata(folder)
  await copyFile(boltPath(folder, boltName), join(work, BOLT_NAME))
  await copyFile(join(folder, METADATA_NAME), join(work, METADATA_NAME))
  return contentDigest(work)
}

async function kindOf(path: string): Promise<'folder' | 'layer' | 'bolt'> {
  try {
    if ((await stat(path)).isDirectory()) return 'folder'
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b ? 'layer' : 'bolt'
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new AppError({
      code: 'database-file-unreadable',
      kind: 'invalid',
      publicMessage: `There is no file or folder ${path} that can be read.`,
      remedy:
        "Give the path of a layer (.tar.gz) of Trivy's database, or of a folder with trivy.db and metadata.json.",
      cause,
    })
  }
}
