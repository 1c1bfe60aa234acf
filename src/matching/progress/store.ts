import { type Kysely, sql } from 'kysely'
import { stale } from '../store.ts'

type Db = Kysely<unknown>

/** Fewer are matched before anyone could read how far it is. */
const WORTH_SAYING = 100

/** How far a re-match is, in packages as the matcher knows them. */
export interface MatchingProgress {
  readonly done: number
  readonly total: number
}

/** Before stale subjects are matched: how many there are is the whole that progress is told of. @returns whether it is worth telling */
export async function noteOutdated(db: Db): Promise<boolean> {
  const { rows } = await sql<{ n: number }>`
    select (select count(*) from subject where matched_generation is null)
      + (select count(*) from subject where matched_generation < (select floor from db_current)) as n`.execute(
    db,
  )
  const waiting = Number(rows[0]?.n ?? 0)
  const outdated = waiting < WORTH_SAYING ? 0 : waiting
  await sql`
    update db_current set outdated = ${outdated}
    where outdated <> ${outdated} and (outdated < ${outdated} or ${outdated === 0}::boolean)`.execute(db)
  return outdated > 0
}

/** @returns null when nothing is under way that is worth saying */
export async function matchingProgress(db: Db): Promise<MatchingProgress | null> {
  const { rows: current } = await sql<{ outdated: number }>`
    select outdated from db_current where generation is not null and outdated > 0`.execute(db)
  const total = current[0]?.outdated
  if (total === undefined) return null
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from subject s where ${stale}`.execute(
    db,
  )
  const waiting = rows[0]?.n ?? 0
  return waiting === 0 ? null : { done: Math.max(0, total - waiting), total: Math.max(total, waiting) }
}
