import { type Kysely, sql } from 'kysely'
import type { Place, SignatureChanges } from '../../advisories/index.ts'
import { chunks, type Database, inTransaction } from '../../platform/db/index.ts'

type Db = Kysely<unknown>
type Kind = keyof SignatureChanges

/** Places marked in one transaction: a few subjects each. */
const CHUNK = 500

/** Notes what a database has changed, in the transaction that puts it into use: short, whatever has changed. */
export async function noteChanges(tx: Db, generation: number, changes: SignatureChanges): Promise<void> {
  for (const kind of ['verdicts', 'details'] as const) {
    for (const places of chunks(changes[kind], CHUNK)) {
      await sql`insert into db_change (generation, kind, places) values (${generation}, ${kind}, ${places}::bigint[])`.execute(
        tx,
      )
    }
  }
}

/** What was noted before is part of "everything". */
export async function forgetChanges(tx: Db): Promise<void> {
  await sql`delete from db_change`.execute(tx)
}

interface ChangeRow {
  readonly id: number
  readonly generation: number
  readonly kind: Kind
  readonly places: readonly Place[]
}

/**
 * Makes stale what depends on a place that was noted, part by part. Whatever was matched with the database of the note, or a later
 * one, is left alone; killed in between, the rest is still noted.
 *
 * @returns false when nothing was noted
 */
export async function markChanged(database: Database, signal?: AbortSignal): Promise<boolean> {
  for (let marked = false; ; marked = true) {
    signal?.throwIfAborted()
    if (!(await inTransaction(database, 'bulk', markSome))) return marked
  }
}

async function markSome(tx: Db): Promise<boolean> {
  const { rows } = await sql<ChangeRow>`
    delete from db_change where id = (select id from db_change order by id limit 1 for update skip locked)
    returning id, generation, kind, places`.execute(tx)
  const change = rows[0]
  if (change === undefined) return false
  await marks[change.kind](tx, change)
  return true
}

/** Subjects by place, one look into the index each: asked for all at once, the planner takes them for too many and reads the whole table. */
function found(places: readonly Place[]) {
  return sql`array(
    select held.id from unnest(${places}::bigint[]) as changed (place)
    cross join lateral (select s.id from subject s where s.places @> array[changed.place] offset 0) held)`
}

const marks: Readonly<Record<Kind, (tx: Db, change: ChangeRow) => Promise<unknown>>> = {
  verdicts: (tx, { places, generation }) =>
    sql`
      update subject set matched_generation = null where id in (
        select s.id from subject s where s.id = any(${found(places)}) and s.matched_generation < ${generation}
        order by s.id for update)`.execute(tx),
  details: (tx, { places }) =>
    sql`
      update vulnerability set details_due = true where id in (
        select v.id from vulnerability v where v.place = any(${places}::bigint[]) and not v.details_due order by v.id for update)`.execute(
      tx,
    ),
}
