import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type Database, inTransaction } from '../../platform/db/index.ts'

type Db = Kysely<unknown>

/** Content by what names it: each is named by the one before, so they are swept in this order. */
export const SWEPT = ['inventory', 'package_set', 'package', 'subject'] as const
export type Swept = (typeof SWEPT)[number]

/**
 * Rows younger than this are left alone, named or not: whoever finds a row and is about to name it says so in `last_used_at`. It is longer
 * than any scan, plus the hours for which saying so once is enough (12 for packages and subjects).
 */
const GRACE = sql.raw(`interval '24 hours'`)
/** Rows looked at in one transaction. */
const WINDOW = 200

/** Whether anything names a row `r`. Closed postings count: they say since when something was there. */
const named: Readonly<Record<Swept, RawBuilder<unknown>>> = {
  inventory: sql`exists (select from image_platform p where p.inventory_id = r.id)`,
  package_set: sql`exists (select from inventory v where v.set_ids @> array[r.id])`,
  package: sql`(exists (select from package_set s where s.package_ids @> array[r.id])
    or exists (select from repository_package o where o.package_id = r.id and o.gone_at is null)
    or exists (select from repository_package o where o.package_id = r.id and o.gone_at is not null))`,
  subject: sql`exists (select from package p where p.subject_id = r.id)`,
}

export interface SweepStep {
  readonly kind: Swept
  /** Where the step before ended; 0 for the first. */
  readonly after: number
  /** Called in the transaction, before the rows are removed: what else is kept about them goes too. */
  readonly forget: (transaction: Db, kind: Swept, ids: readonly number[]) => Promise<void>
}

/**
 * Removes what nothing names of the next rows. A row that someone is just finding is locked by the one who finds it, and left alone; one
 * that is being removed is waited for by the one who finds it, and then made anew.
 *
 * @returns where the next step begins (null: this was the last), and how many rows went
 */
export async function sweepSome(
  database: Database,
  { kind, after, forget }: SweepStep,
): Promise<{ readonly next: number | null; readonly rows: number }> {
  const table = sql.table(kind)
  return inTransaction(database, 'bulk', async (tx) => {
    const { rows: window } = await sql<{ last: number | null }>`
      select max(id) as last from (select id from ${table} where id > ${after} order by id limit ${WINDOW}) w`.execute(
      tx,
    )
    const next = window[0]?.last ?? null
    if (next === null) return { next, rows: 0 }
    const candidates = await idsOf(
      tx,
      sql`select r.id from ${table} r where r.id > ${after} and r.id <= ${next} and r.last_used_at < now() - ${GRACE}
        and not ${named[kind]} order by r.id for update skip locked`,
    )
    if (candidates.length === 0) return { next, rows: 0 }
    // Locked now; what named one of them until then is seen by a new statement only.
    const ids = await idsOf(
      tx,
      sql`select r.id from ${table} r where r.id = any(${candidates}::int[]) and not ${named[kind]}`,
    )
    await forget(tx, kind, ids)
    await sql`delete from ${table} where id = any(${ids}::int[])`.execute(tx)
    return { next, rows: ids.length }
  })
}

async function idsOf(tx: Db, query: RawBuilder<unknown>): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`${query}`.execute(tx)
  return rows.map((row) => row.id)
}
