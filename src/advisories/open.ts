import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, type Digest, digestFromHex } from '../core/index.ts'
import { BoltAdvisoryDatabase } from './database.ts'
import { databaseFolder, METADATA_NAME, readOrigin, readPointer } from './folder.ts'
import { type DatabaseKind, vulnerabilityDatabase } from './kind.ts'
import { type DatabaseMetadata, parseMetadata } from './metadata.ts'
import type { AdvisoryDatabase } from './ports.ts'

const maxMetadataBytes = 1024 ** 2

/**
 * Opens the database that is current in a folder of databases. It stays readable when a newer one takes its place.
 * @throws AppError `database-missing` (not-found), `database-corrupt` (invalid), `database-version-unsupported` (unsupported)
 */
export function openCurrentDatabase(dir: string): AdvisoryDatabase {
  return openCurrent(dir, vulnerabilityDatabase, openDatabaseFolder)
}

/** As `openCurrentDatabase`, for a database of any kind. */
export function openCurrent<T>(dir: string, kind: DatabaseKind, open: (folder: string) => T): T {
  const pointer = readPointer(dir)
  if (pointer === undefined) throw missing(`There is no ${kind.name} yet.`)
  try {
    return open(databaseFolder(dir, pointer.current))
  } catch (error) {
    // Between the two looks another process may have moved on, twice.
    const now = readPointer(dir)
    if (now === undefined || now.current === pointer.current) throw error
    return open(databaseFolder(dir, now.current))
  }
}

/**
 * Opens a folder with trivy.db and metadata.json: one of ours, or Trivy's own `db` folder.
 * @throws as `openCurrentDatabase`, and AppError `database-metadata-invalid` (invalid)
 */
export function openDatabaseFolder(folder: string): AdvisoryDatabase {
  const metadata = readMetadata(folder)
  return new BoltAdvisoryDatabase(databasePath(folder), metadata, () => folderDigest(folder))
}

/** @throws AppError `database-missing` when there is none */
export function databasePath(folder: string, name = vulnerabilityDatabase.fileName): string {
  const path = join(folder, name)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path
  throw missing(`There is no ${name} in ${folder}.`)
}

/** @throws AppError `database-missing`, `database-metadata-invalid`, `database-version-unsupported` */
export function readMetadata(folder: string, kind = vulnerabilityDatabase): DatabaseMetadata {
  const path = join(folder, METADATA_NAME)
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) throw missing(`There is no ${METADATA_NAME} in ${folder}.`)
  return parseMetadata(size > maxMetadataBytes ? '' : readFileSync(path, 'utf8'), kind)
}

/** Names a database: by its artifact, else by its content. */
export function folderDigest(folder: string, kind = vulnerabilityDatabase): Digest {
  return readOrigin(folder)?.digest ?? contentDigest(folder, kind)
}

/** Names a database that no artifact names: both files' bytes. */
export function contentDigest(folder: string, kind: DatabaseKind): Digest {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(1024 ** 2)
  for (const name of [kind.fileName, METADATA_NAME]) {
    const descriptor = openSync(join(folder, name), 'r')
    try {
      for (let count = 1; count > 0; ) {
        count = readSync(descriptor, buffer)
        hash.update(buffer.subarray(0, count))
      }
    } finally {
      closeSync(descriptor)
    }
  }
  return digestFromHex(hash.digest('hex'))
}

function missing(cause: string): AppError {
  return new AppError({
    code: 'database-missing',
    kind: 'not-found',
    publicMessage: cause,
    remedy: 'Fetch one with "portolan db update", or import one with "portolan db import FILE".',
  })
}
