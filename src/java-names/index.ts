/**
 * Knows Trivy's Java database: which group, artifact and version a Java archive is, by its SHA-1 or its artifact's name. Where it is
 * fetched and how it is kept, as the vulnerability database is; how it is asked. Must not know archives, images or how packages
 * get their names.
 */
import { join } from 'node:path'
import {
  currentDigest,
  type DatabaseKind,
  databasePath,
  folderDigest,
  openCurrent,
  readMetadata,
} from '../advisories/index.ts'
import { isAppError } from '../core/index.ts'
import type { NameDatabase } from '../indexing/index.ts'
import { JAVA_DATABASE_NAME, type JavaNames, openJavaNamesFile } from './store.ts'

export type { JavaNames } from './store.ts'

/** Trivy's Java database, schema 1. */
export const javaDatabase: DatabaseKind = {
  name: JAVA_DATABASE_NAME,
  fileName: 'trivy-java.db',
  schemaVersion: 1,
  layerType: 'application/vnd.aquasec.trivy.javadb.layer.v1.tar+gzip',
  references: ['mirror.gcr.io/aquasec/trivy-java-db:1', 'ghcr.io/aquasecurity/trivy-java-db:1'],
  variable: 'PORTOLAN_JAVA_DB_REPOSITORY',
  staleAfter: 30 * 24 * 60 * 60 * 1000,
  staleMeans: 'archives published since have no names',
  async check(path) {
    openJavaNamesFile(path, unnamed).close()
  },
}

/**
 * Opens a folder with trivy-java.db and metadata.json: one of ours, or Trivy's own `java-db` folder.
 * @throws AppError `database-missing` (not-found), `database-corrupt`, `database-metadata-invalid` (invalid),
 *   `database-version-unsupported` (unsupported)
 */
export function openJavaNames(folder: string): JavaNames {
  readMetadata(folder, javaDatabase)
  return openJavaNamesFile(databasePath(folder, javaDatabase.fileName), () =>
    folderDigest(folder, javaDatabase),
  )
}

/** The Java database that is current in a folder of databases, opened when it is first asked for. */
export interface JavaNamesInUse {
  /** null while there is none. One that was replaced stays open for those who still read it, until the next takes its place. */
  get(): NameDatabase | null
  close(): void
}

export function createJavaNamesInUse(dir: string): JavaNamesInUse {
  let current: JavaNames | undefined
  let before: JavaNames | undefined
  return {
    get() {
      const digest = currentDigest(dir)
      if (digest === undefined || digest === current?.digest) return current ?? null
      const opened = openOrNone(dir)
      if (opened === undefined) return current ?? null
      before?.close()
      before = current
      current = opened
      return current
    },
    close() {
      before?.close()
      current?.close()
    },
  }
}

/** What is missing or broken is none: the status says why. */
function openOrNone(dir: string): JavaNames | undefined {
  try {
    return openCurrent(dir, javaDatabase, openJavaNames)
  } catch (error) {
    if (isAppError(error)) return undefined
    throw error
  }
}

/** Folder of Java databases in a data folder. */
export function javaDatabaseDir(dataDir: string): string {
  return join(dataDir, 'java-db')
}

function unnamed(): never {
  throw new TypeError('a database that is only checked has no name')
}
