import { type RawBuilder, sql } from 'kysely'
import { type Database, inTransaction } from '../../platform/db/index.ts'
import type { Db } from '../store.ts'

/** An image that left its registry keeps what its scan found for this long. One that comes back later is scanned again. */
const GONE_KEPT = sql.raw(`interval '30 days'`)
/** How long scans are kept that have ended. The last one of an image is kept for good: what is queued, and how, depends on it. */
const ENDED_KEPT = sql.raw(`interval '90 days'`)
/** Rows looked at in one transaction. */
const WINDOW = 200

/** One step of a walk along the ids of a table. */
export interface WalkStep {
  /** Where the next step begins; null: this was the last. */
  readonly next: number | null
  /** How many rows this step changed. */
  readonly rows: number
}

/**
 * Images that have been gone for more than 30 days let go of their inventories, so that a sweep may remove what only they name. Walks along
 * inventories, of which no more are left than images need. What others hold at this moment is left for the next walk.
 *
 * @param after where the step before ended; 0 for the first
 */
export async function letGoOfGone(database: Database, after: number): Promise<WalkStep> {
  return inTransaction(database, 'bulk', async (tx) => {
    const next = await windowEnd(
      tx,
      sql`select id from inventory where id > ${after} order by id limit ${WINDOW}`,
    )
    if (next === null) return { next, rows: 0 }
    const isGone = sql`i.gone_at < now() - ${GONE_KEPT}`
    const named = sql`p.inventory_id > ${after} and p.inventory_id <= ${next}`
    const { rows } = await sql<{ id: number }>`
      with gone as (
        select p.image_id from image_platform p join image i on i.id = p.image_id where ${named} and ${isGone} for update of p skip locked)
      select i.id from image i where i.id in (select image_id from gone) and ${isGone} for update of i skip locked`.execute(
      tx,
    )
    const ids = rows.map((row) => row.id)
    if (ids.length === 0) return { next, rows: 0 }
    await sql`update image_platform p set inventory_id = null where p.image_id = any(${ids}::int[]) and ${named}`.execute(
      tx,
    )
    await sql`update image set scan_status = null where id = any(${ids}::int[])`.execute(tx)
    return { next, rows: ids.length }
  })
}

/**
 * Removes scans that ended more than 90 days ago and were followed by another of the same manifest and engine; one that completed, by
 * another that completed. Walks along scans.
 *
 * @param after where the step before ended; 0 for the first
 */
export async function sweepScans(database: Database, after: number): Promise<WalkStep> {
  return inTransaction(database, 'bulk', async (tx) => {
    const next = await windowEnd(tx, sql`select id from scan where id > ${after} order by id limit ${WINDOW}`)
    if (next === null) return { next, rows: 0 }
    const { rows } = await sql`
      delete from scan s where s.id > ${after} and s.id <= ${next} and s.finished_at < now() - ${ENDED_KEPT}
        and exists (
          select from scan n where n.org_id = s.org_id and n.manifest_digest = s.manifest_digest and n.engine = s.engine and n.id > s.id
            and (n.state = 'completed' or s.state <> 'completed'))
      returning s.id`.execute(tx)
    return { next, rows: rows.length }
  })
}

async function windowEnd(tx: Db, ids: RawBuilder<unknown>): Promise<number | null> {
  const { rows } = await sql<{ last: number | null }>`select max(id) as last from (${ids}) w`.execute(tx)
  return rows[0]?.last ?? null
}
