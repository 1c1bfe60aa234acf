import { sql } from 'kysely'
import { type Database, inTransaction } from '../../platform/db/index.ts'
import { atOnce } from '../rows/store.ts'

/** A posting that closed is kept for this long, whatever it says: by then all that waited to be matched has been. */
const CLOSED_KEPT = sql.raw(`interval '30 days'`)
/** Packages looked at in one transaction: few, for thousands of repositories may have held one. */
const WINDOW = 20
/** Postings removed in one transaction. */
const MOST = 1_000

/**
 * Removes postings that closed more than 30 days ago and in whose time nothing was known of their package: no finding was, or will be, first
 * seen by them. Walks along packages, of which the sweep that follows may then remove more.
 *
 * @param after where the step before ended; 0 for the first
 * @returns where the next step begins (null: this was the last), and how many rows went
 */
export async function sweepPostings(
  database: Database,
  after: number,
): Promise<{ readonly next: number | null; readonly rows: number }> {
  return inTransaction(database, 'bulk', async (tx) => {
    const { rows: window } = await sql<{ last: number | null }>`
      select max(id) as last from (select id from package where id > ${after} order by id limit ${WINDOW}) w`.execute(
      tx,
    )
    const next = window[0]?.last ?? null
    if (next === null) return { next, rows: 0 }
    const { rows } = await sql`
      with known as materialized (
        select p.id as package_id, m.first_generation, m.gone_generation from package p join match m on m.subject_id = p.subject_id
        where p.id > ${after} and p.id <= ${next}
      ),
      spent as (
        select rp.repository_id, rp.package_id, rp.since from repository_package rp
        where rp.package_id > ${after} and rp.package_id <= ${next} and rp.gone_at < now() - ${CLOSED_KEPT}
          and not exists (
            select from known k left join db_generation g on g.id = k.first_generation left join db_generation gone on gone.id = k.gone_generation
            where k.package_id = rp.package_id and ${atOnce})
        limit ${MOST}
      )
      delete from repository_package rp using spent
      where rp.repository_id = spent.repository_id and rp.package_id = spent.package_id and rp.since = spent.since
      returning rp.package_id`.execute(tx)
    return { next: rows.length < MOST ? next : after, rows: rows.length }
  })
}
