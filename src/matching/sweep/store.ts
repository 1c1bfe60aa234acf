import { type Kysely, sql } from 'kysely'
import type { Swept } from '../../inventory/sql.ts'

/** What is kept of content that is being removed: counts of sets, verdicts on subjects. */
export async function forgetVerdicts(
  tx: Kysely<unknown>,
  kind: Swept,
  ids: readonly number[],
): Promise<void> {
  if (kind === 'package_set') {
    await sql`delete from set_due where set_id = any(${ids}::int[])`.execute(tx)
    await sql`delete from set_counted where set_id = any(${ids}::int[])`.execute(tx)
    await sql`delete from set_count where set_id = any(${ids}::int[])`.execute(tx)
  }
  if (kind === 'subject') await sql`delete from match where subject_id = any(${ids}::int[])`.execute(tx)
}
