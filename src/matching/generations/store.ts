import { type Kysely, sql } from 'kysely'
import { type Digest, digestBytes, digestOfBytes } from '../../core/index.ts'
import type { SignatureChanges } from '../../advisories/index.ts'
import { type Database, inTransaction, recordset } from '../../platform/db/index.ts'
import { forgetChanges, noteChanges } from '../changes/store.ts'

type Db = Kysely<unknown>

/** One vulnerability database that was in use, in the order in which they were. */
export interface Generation {
  readonly id: number
  readonly digest: Digest
  /** When its data was made. */
  readonly updatedAt: Date
}

interface GenerationRow {
  readonly id: number
  readonly digest: Uint8Array
  readonly updated_at: Date
}

export async function currentGeneration(database: Database): Promise<Generation | undefined> {
  return readCurrent(database.lane('page'), sql``)
}

async function readCurrent(db: Db, lock: ReturnType<typeof sql>): Promise<Generation | undefined> {
  const { rows } = await sql<GenerationRow>`
    select g.id, g.digest, g.updated_at from db_current c join db_generation g on g.id = c.generation ${lock}`.execute(
    db,
  )
  const row = rows[0]
  return row && { id: row.id, digest: digestOfBytes(row.digest), updatedAt: row.updated_at }
}

/**
 * The fence: inside a transaction that writes matches. As long as that runs, the database does not change.
 *
 * @returns the generation in use, which must be the one that the matches were made with
 */
export async function fence(transaction: Db): Promise<Generation | undefined> {
  return readCurrent(transaction, sql`for share of c`)
}

/** What a database changes, told by the signatures of two. */
export interface ChangesSince extends SignatureChanges {
  /** The database that it was compared with. */
  readonly since: Digest
}

export interface DatabaseChange {
  readonly digest: Digest
  readonly updatedAt: Date
  readonly nextUpdate: Date
  readonly source: string
  readonly loadedAt: Date
  /** Whose verdicts may differ from those of the database before. */
  readonly changed: 'all' | ChangesSince
}

/**
 * Puts a database into use. In one transaction the pointer moves and what may differ is noted: everything by raising the floor, which
 * costs nothing, or the changed places, which `markChanged` then works off. Changes since a database that is not in use any
 * more mean everything.
 *
 * @returns the new generation; undefined when this database is in use already
 */
export async function changeDatabase(
  database: Database,
  change: DatabaseChange,
): Promise<number | undefined> {
  return inTransaction(database, 'bulk', async (tx) => {
    await sql`select from db_current for update`.execute(tx)
    const before = await readCurrent(tx, sql``)
    if (before?.digest === change.digest) return undefined
    const { rows } = await sql<{ id: number }>`
      insert into db_generation (digest, updated_at, next_update, source, loaded_at)
      values (${digestBytes(change.digest)}, ${change.updatedAt}, ${change.nextUpdate}, ${change.source}, ${change.loadedAt}) returning id`.execute(
      tx,
    )
    const generation = rows[0]?.id ?? 0
    const changes =
      change.changed !== 'all' && change.changed.since === before?.digest ? change.changed : null
    await sql`
      update db_current set generation = ${generation}, floor = case when ${changes === null} then ${generation} else floor end`.execute(
      tx,
    )
    if (changes === null) await forgetChanges(tx)
    else await noteChanges(tx, generation, changes)
    return generation
  })
}

/**
 * Makes stale what was matched by another version of its ecosystem's matcher: at the start of a server.
 *
 * @param versions `matcherVersion` by ecosystem
 */
export async function outdateMatchers(
  database: Database,
  versions: Readonly<Record<string, number>>,
): Promise<void> {
  const rows = Object.entries(versions).map(([comparer, version]) => ({ comparer, version }))
  await sql`
    update subject set matched_generation = null where id in (
      select s.id from subject s join ${recordset({ comparer: 'text', version: 'int' }, rows)} as v on v.comparer = s.comparer
      where s.matcher_version <> v.version and s.matched_generation is not null order by s.id for update of s)`.execute(
    database.lane('bulk'),
  )
}
