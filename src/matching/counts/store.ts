import { type Kysely, sql } from 'kysely'
import { chunks, type Database, inTransaction } from '../../platform/db/index.ts'

type Db = Kysely<unknown>

/** Sets counted in one transaction. */
const CHUNK = 100

/**
 * Counts the rows (vulnerability, package, path) of package sets anew. The sets are locked first, so that of two counts at
 * once the later one sees the newer matches. Sets that are counted together share packages (bases do): each package's matches
 * are looked up once.
 */
export async function recountSets(database: Database, setIds: readonly number[]): Promise<void> {
  for (const ids of chunks(setIds, CHUNK)) await recountSome(database, ids)
}

async function recountSome(database: Database, setIds: readonly number[]): Promise<void> {
  if (setIds.length === 0) return
  await inTransaction(database, 'bulk', async (tx) => {
    await sql`delete from set_due where set_id = any(${setIds}::int[])`.execute(tx)
    await sql`select from package_set where id = any(${setIds}::int[]) order by id for update`.execute(tx)
    await sql`
      with entry as materialized (
        select s.id as set_id, e.package_id, count(*)::int as times
        from package_set s cross join lateral unnest(s.package_ids) as e (package_id)
        where s.id = any(${setIds}::int[]) group by s.id, e.package_id
      ),
      share as materialized (
        select p.id as package_id, m.severity, count(*)::int as n, (count(*) filter (where m.fixed_version <> ''))::int as fixable
        from (select distinct package_id from entry) e join package p on p.id = e.package_id
        join match m on m.subject_id = p.subject_id and m.gone_generation is null
        group by p.id, m.severity
      ),
      counted as (
        select e.set_id, k.severity, sum(e.times * k.n)::int as n, sum(e.times * k.fixable)::int as fixable
        from entry e join share k using (package_id) group by e.set_id, k.severity
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

/** Log rows worked off at once. */
const LOGGED = 50
/** A part of all subjects from which on looking for the sets of each costs more than counting all sets. */
const MANY = 0.1

/**
 * Counts anew the sets that hold subjects whose matches changed: first all that changed is turned into sets that are due, so that each is counted once
 * however many changes it has seen. Killed in between, the rest is still due.
 *
 * @returns how much it did; 0: nothing to do
 */
export async function foldSetCounts(database: Database): Promise<number> {
  const logged = await noteDueSets(database)
  if (logged > 0) return logged
  const { rows } = await sql<{ set_id: number }>`
    select set_id from set_due order by set_id limit ${CHUNK}`.execute(database.lane('bulk'))
  await recountSome(
    database,
    rows.map((row) => row.set_id),
  )
  return rows.length
}

async function noteDueSets(database: Database): Promise<number> {
  const db = database.lane('bulk')
  const { rows: log } = await sql<{ id: number; data: { subjects: number[] } }>`
    select id, data from change_log where kind = 'subjects' order by id limit ${LOGGED}`.execute(db)
  if (log.length === 0) return 0
  if (log.length === LOGGED && (await areMany(db))) {
    await inTransaction(database, 'bulk', noteAllSets)
    return log.length
  }
  const sets = new Set<number>()
  for (const some of chunks([...new Set(log.flatMap((row) => row.data.subjects))], CHUNK)) {
    for (const id of await setsWithSubjects(database, some)) sets.add(id)
  }
  const due = [...sets].sort((left, right) => left - right)
  await inTransaction(database, 'bulk', async (tx) => {
    for (const ids of chunks(due)) {
      await sql`insert into set_due select unnest(${ids}::int[]) on conflict do nothing`.execute(tx)
    }
    await sql`delete from change_log where id = any(${log.map((row) => row.id)}::bigint[])`.execute(tx)
  })
  return log.length
}

async function areMany(db: Db): Promise<boolean> {
  const { rows } = await sql<{ many: boolean }>`
    select sum(jsonb_array_length(data -> 'subjects')) > ${MANY} * (select reltuples from pg_class where oid = 'subject'::regclass) as many
    from change_log where kind = 'subjects'`.execute(db)
  return rows[0]?.many === true
}

async function noteAllSets(tx: Db): Promise<void> {
  await sql`insert into set_due select id from package_set order by id on conflict do nothing`.execute(tx)
  await sql`delete from change_log where kind = 'subjects'`.execute(tx)
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
