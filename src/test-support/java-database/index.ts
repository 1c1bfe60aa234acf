/**
 * Builds databases of Java names in Trivy's own form (SQLite, schema 1) from readable rows, for tests and goldens.
 *
 * @example
 * const database = buildJavaDatabase([{ group: 'org.acme', artifact: 'lib', version: '1.0', sha1: '...' }])
 * await database.writeFolder(join(cache, 'java-db')) // trivy-java.db + metadata.json: a `java-db` folder of Trivy's cache
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import { artifactOf, type BuiltDatabase, writeTar } from '../vulnerability-database/index.ts'

/** A file that somebody published. */
export interface JavaNameRow {
  readonly group: string
  readonly artifact: string
  readonly version: string
  /** 40 hex digits; one of its own unless a test wants a certain one. */
  readonly sha1?: string
  /** `jar` unless stated. */
  readonly type?: string
}

export interface JavaDatabaseOptions {
  /** RFC 3339. */
  readonly updatedAt?: string
  readonly nextUpdate?: string
  /** Schema version in metadata.json; 1 unless a test wants another. */
  readonly version?: number
}

export interface BuiltJavaDatabase
  extends Pick<BuiltDatabase, 'layer' | 'artifact' | 'metadata' | 'writeFolder'> {
  /** Content of trivy-java.db. */
  readonly sqlite: Uint8Array
}

export function buildJavaDatabase(
  rows: readonly JavaNameRow[],
  options: JavaDatabaseOptions = {},
): BuiltJavaDatabase {
  const sqlite = sqliteOf(rows)
  const updatedAt = options.updatedAt ?? '2026-01-01T00:00:00Z'
  const metadata = JSON.stringify({
    Version: options.version ?? 1,
    NextUpdate: options.nextUpdate ?? '2099-01-01T00:00:00Z',
    UpdatedAt: updatedAt,
    DownloadedAt: updatedAt,
  })
  const layer = gzipSync(
    writeTar([
      ['trivy-java.db', sqlite],
      ['metadata.json', Buffer.from(metadata)],
    ]),
  )
  return {
    sqlite,
    metadata,
    layer,
    artifact: artifactOf(layer, 'application/vnd.aquasec.trivy.javadb.layer.v1.tar+gzip'),
    async writeFolder(directory) {
      await mkdir(directory, { recursive: true })
      await writeFile(join(directory, 'trivy-java.db'), sqlite)
      await writeFile(join(directory, 'metadata.json'), metadata)
    },
  }
}

/** Tables and indexes as trivy-java-db makes them. */
const schema = [
  'CREATE TABLE artifacts(id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT)',
  'CREATE TABLE indices(artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT, foreign key (artifact_id) references artifacts(id))',
  'CREATE UNIQUE INDEX artifacts_idx ON artifacts(artifact_id, group_id)',
  'CREATE INDEX indices_artifact_idx ON indices(artifact_id)',
  'CREATE UNIQUE INDEX indices_sha1_idx ON indices(sha1)',
]

function sqliteOf(rows: readonly JavaNameRow[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-java-names-'))
  try {
    const path = join(folder, 'trivy-java.db')
    const db = new DatabaseSync(path)
    for (const statement of schema) db.exec(statement)
    insert(db, rows)
    db.close()
    return readFileSync(path)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function insert(db: DatabaseSync, rows: readonly JavaNameRow[]): void {
  const artifact = db.prepare('insert or ignore into artifacts (group_id, artifact_id) values (?, ?)')
  const index = db.prepare(
    'insert into indices select id, ?, ?, ? from artifacts where group_id = ? and artifact_id = ?',
  )
  for (const [at, row] of rows.entries()) {
    const sha1 = row.sha1 ?? (at + 1).toString(16).padStart(40, '0')
    artifact.run(row.group, row.artifact)
    index.run(row.version, Buffer.from(sha1, 'hex'), row.type ?? 'jar', row.group, row.artifact)
  }
}
