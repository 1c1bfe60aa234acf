import { type Kysely, sql } from 'kysely'
import { type Digest, digestBytes, digestOfBytes } from '../../core/index.ts'
import { type Database, inTransaction, recordset } from '../../platform/db/index.ts'

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

export interface DatabaseChange {
  readonly digest: Digest
  readonly updatedAt: Date
  readonly nextUpdate: Date
  readonly source: string
  readonly loadedAt: Date
  /** Whose verdicts may differ from those of the database before. */
  readonly changed: 'all' | readonly { readonly space: string; readonly lookupKey: string }[]
}

/**
 * Puts a database into use. In one transaction the pointer moves and the subjects whose verdict may differ become stale: all of
 * them by raising the floor, which costs nothing, or those of the changed keys.
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
    const all = change.changed === 'all' || before === undefined
    await sql`update db_current set generation = ${generation}, floor = case when ${all} then ${generation} else floor end`.execute(
      tx,
    )
    if (change.changed !== 'all' && !all) await outdateKeys(tx, change.changed)
    return generation
  })
}

async function outdateKeys(
  tx: Db,
  keys: readonly { readonly space: string; readonly lookupKey: string }[],
): Promise<void> {
  const rows = keys.map((key) => ({ space: key.space, lookup_key: key.lookupKey }))
  await sql`
    update subject set matched_generation = null where id in (
      select s.id from subject s join ${recordset({ space: 'text', lookup_key: 'text' }, rows)} as k
        on k.space = s.space and k.lookup_key = s.lookup_key
      order by s.id for update of s)`.execute(tx)
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
