import { pathToFileURL } from 'node:url'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { corrupt } from '../advisories/index.ts'
import type { Digest } from '../core/index.ts'
import type { NameDatabase } from '../indexing/index.ts'

export const JAVA_DATABASE_NAME = 'Java database'

/** An opened database, immutable; it stays readable when a newer one takes its place. */
export interface JavaNames extends NameDatabase {
  close(): void
}

/** Asked as Trivy asks (trivy-java-db, pkg/db): artifacts with their groups, and the files published under them. */
const questions = {
  bySha1: `select a.group_id as "group", a.artifact_id as artifact, i.version as version
    from indices i join artifacts a on a.id = i.artifact_id where i.sha1 = ?`,
  exists: `select 1 as found from artifacts a join indices i on i.artifact_id = a.id where a.group_id = ? and a.artifact_id = ? limit 1`,
  groupOf: `select a.group_id as "group" from indices i join artifacts a on a.id = i.artifact_id join indices published on published.artifact_id = a.id
    where a.artifact_id = ? and published.version = ? and published.archive_type = 'jar'
    group by a.group_id order by count(*) desc, a.group_id limit 1`,
} as const

/**
 * Opens a trivy-java.db (SQLite, schema 1), read-only and without locks: the file never changes.
 * @param digest asked for once, when first needed
 * @throws AppError `database-corrupt` (invalid)
 */
export function openJavaNamesFile(path: string, digest: () => Digest): JavaNames {
  const url = pathToFileURL(path)
  url.searchParams.set('immutable', '1')
  return guarded(() => {
    const db = new DatabaseSync(url, { readOnly: true, allowExtension: false })
    try {
      db.exec('pragma trusted_schema = off')
      return new SqliteNames(db, digest)
    } catch (error) {
      db.close()
      throw error
    }
  })
}

class SqliteNames implements JavaNames {
  readonly #db: DatabaseSync
  readonly #digest: () => Digest
  readonly #statements: Readonly<Record<keyof typeof questions, StatementSync>>
  #known: Digest | undefined

  constructor(db: DatabaseSync, digest: () => Digest) {
    this.#db = db
    this.#digest = digest
    this.#statements = {
      bySha1: db.prepare(questions.bySha1),
      exists: db.prepare(questions.exists),
      groupOf: db.prepare(questions.groupOf),
    }
    this.bySha1('0'.repeat(40))
  }

  get digest(): Digest {
    this.#known ??= this.#digest()
    return this.#known
  }

  bySha1(sha1: string): ReturnType<NameDatabase['bySha1']> {
    const row = this.#ask('bySha1', Buffer.from(sha1, 'hex'))
    const { group, artifact, version } = row ?? {}
    if (!isText(group) || !isText(artifact) || !isText(version)) return undefined
    return { group, artifact, version }
  }

  exists(group: string, artifact: string): boolean {
    return this.#ask('exists', group, artifact) !== undefined
  }

  groupOf(artifact: string, version: string): string | undefined {
    const group = this.#ask('groupOf', artifact, version)?.['group']
    return isText(group) ? group : undefined
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #ask(
    question: keyof typeof questions,
    ...values: (string | Uint8Array)[]
  ): Readonly<Record<string, unknown>> | undefined {
    return guarded(() => this.#statements[question].get(...values))
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function guarded<T>(run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw corrupt('it is not the SQLite file that it should be', cause, JAVA_DATABASE_NAME)
  }
}
