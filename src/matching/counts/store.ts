import { sql } from 'kysely'
import { chunks, type Database, inTransaction } from '../../platform/db/index.ts'

/** Sets counted in one transaction. */
const CHUNK = 100

/**
 * Counts the rows (vulnerability, package, path) of package sets anew. The sets are locked first, so that of two counts at
 * once the later one sees the newer matches.
 */
export async function recountSets(database: Database, setIds: readonly number[]): Promise<void> {
  for (const ids of chunks(setIds, CHUNK)) await recountSome(database, ids)
}

async function recountSome(database: Database, setIds: readonly number[]): Promise<void> {
  await inTransaction(database, 'bulk', async (tx) => {
    await sql`select from package_set where id = any(${setIds}::int[]) order by id for update`.execute(tx)
    await sql`
      with counted as (
        select s.id as set_id, m.severity, count(*)::int as n, (count(*) filter (where m.fixed_version <> ''))::int as fixable
        from package_set s cross join lateral unnest(s.package_ids) as entry (package_id)
        join package p on p.id = entry.package_id join match m on m.subject_id = p.subject_id and m.gone_generation is null
        where s.id = any(${setIds}::int[]) group by s.id, m.severity
      ),
      removed as (
        delete from set_count c where c.set_id = any(${setIds}::int[])
          and not exists (select from counted k where k.set_id = c.set_id and k.severity = c.severity)
      )
      insert into set_count (set_id, severity, n, fixable) select set_id, severity, n, fixable from counted
      on conflict (set_id, severity) do update set n = excluded.n, fixable = excluded.fixable
        where (set_count.n, set_count.fixable) is distinct from (excluded.n, excluded.fixable)`.execute(tx)
  })
}

/**
 * Counts anew the sets that hold subjects whose matches changed. Killed in between, it does the same again.
 *
 * @returns how many log rows it took; 0: nothing to do
 */
export async function foldSetCounts(database: Database): Promise<number> {
  const db = database.lane('bulk')
  const { rows: log } = await sql<{ id: number; data: { subjects: number[] } }>`
    select id, data from change_log where kind = 'subjects' order by id limit 50`.execute(db)
  if (log.length === 0) return 0
  const subjects = [...new Set(log.flatMap((row) => row.data.subjects))]
  const sets = new Set<number>()
  for (const some of chunks(subjects, CHUNK)) {
    for (const id of await setsWithSubjects(database, some)) sets.add(id)
  }
  await recountSets(
    database,
    [...sets].sort((left, right) => left - right),
  )
  await sql`delete from change_log where id = any(${log.map((row) => row.id)}::bigint[])`.execute(db)
  return log.length
}

/** By the GIN index on `package_ids`; written so that it is used whatever the planner thinks of array lengths. */
export async function setsWithSubjects(database: Database, subjects: readonly number[]): Promise<number[]> {
  const db = database.lane('bulk')
  const { rows: packages } = await sql<{ id: number }>`
    select id from package where subject_id = any(${subjects}::int[])`.execute(db)
  if (packages.length === 0) return []
  const { rows } = await sql<{ id: number }>`
    select id from package_set where package_ids && ${packages.map((row) => row.id)}::int[]`.execute(db)
  return rows.map((row) => row.id)
}
