import { type Kysely, sql } from 'kysely'
import { chunks, type Database, inTransaction, recordset } from '../../platform/db/index.ts'
import { MATCHES_LOCK } from '../store.ts'
import type { CountDelta } from './deltas.ts'

type Db = Kysely<unknown>

/** Sets counted in one transaction. */
const CHUNK = 100

/**
 * Counts the rows (vulnerability, package, path) of package sets anew. Matches stand still meanwhile, so that it is certain
 * which changes of theirs are counted: those logged so far (`set_counted.upto`). Sets that are counted together share packages
 * (bases do): each package's matches are looked up once.
 */
export async function recountSets(database: Database, setIds: readonly number[]): Promise<void> {
  for (const ids of chunks(setIds, CHUNK)) await recountSome(database, ids)
}

async function recountSome(database: Database, setIds: readonly number[]): Promise<void> {
  if (setIds.length === 0) return
  await inTransaction(database, 'bulk', async (tx) => {
    await sql`select pg_advisory_xact_lock_shared(${MATCHES_LOCK})`.execute(tx)
    await sql`delete from set_due where set_id = any(${setIds}::int[])`.execute(tx)
    await sql`select from package_set where id = any(${setIds}::int[]) order by id for update`.execute(tx)
    await lockCounted(tx, setIds)
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
    await sql`
      insert into set_counted (set_id, upto)
      select id, (select case when is_called then last_value else 0 end from change_log_id_seq)
      from package_set where id = any(${setIds}::int[])
      on conflict (set_id) do update set upto = excluded.upto`.execute(tx)
  })
}

/** Of two that count a set, the later one sees what the earlier one has counted; a set that was never counted has no row. */
async function lockCounted(tx: Db, setIds: readonly number[]): Promise<void> {
  await sql`select from set_counted where set_id = any(${setIds}::int[]) order by set_id for update`.execute(
    tx,
  )
}

/** Log rows looked at at once. */
const LOGGED = 50
/** Sets that differences are added to in one transaction. */
const FOLDED = 250
/** Differences folded into each set at once. */
const DELTAS = 2_000
/** A part of all subjects from which on looking for the sets of each costs more than counting all sets. */
const MANY = 0.1

/** What a change of matches does to the counts of sets, for `foldSetCounts`. The caller holds the matches alone. */
export async function logDeltas(tx: Db, deltas: readonly CountDelta[]): Promise<void> {
  if (deltas.length === 0) return
  await sql`insert into change_log (kind, data) values ('sets', ${{ deltas }}::jsonb)`.execute(tx)
}

/**
 * Brings the counts of sets in line with changed matches: by their differences, which touch little of a set; where a large part
 * of all matches changed, all sets are counted anew. Killed in between, the rest is still to be done, and nothing is counted
 * twice: each set knows up to where in the log it is counted.
 *
 * @returns how much it did; 0: nothing to do
 */
export async function foldSetCounts(database: Database): Promise<number> {
  const logged = await foldLogged(database)
  if (logged > 0) return logged
  const { rows } = await sql<{ set_id: number }>`
    select set_id from set_due order by set_id limit ${CHUNK}`.execute(database.lane('bulk'))
  await recountSome(
    database,
    rows.map((row) => row.set_id),
  )
  return rows.length
}

interface LogRow {
  readonly id: number
  readonly data: { readonly deltas: readonly CountDelta[] }
}

async function foldLogged(database: Database): Promise<number> {
  const db = database.lane('bulk')
  const { rows: log } = await sql<LogRow>`
    select id::int8 as id, data from change_log where kind = 'sets' order by id limit ${LOGGED}`.execute(db)
  if (log.length === LOGGED && (await areMany(db))) {
    await inTransaction(database, 'bulk', noteAllSets)
    return log.length
  }
  const rows = firstRows(log)
  const [first, last] = [rows[0]?.id, rows.at(-1)?.id]
  if (first === undefined || last === undefined) return 0
  const { sets, deltas } = await touchedSets(db, sumOf(rows))
  for (const ids of chunks(sets, FOLDED)) await applyDeltas(database, ids, { first, last, deltas })
  await sql`delete from change_log where kind = 'sets' and id between ${first} and ${last}`.execute(db)
  return rows.length
}

/** As many as hold `DELTAS` differences, and one at least. */
function firstRows(log: readonly LogRow[]): readonly LogRow[] {
  let deltas = 0
  const end = log.findIndex(({ data }) => (deltas += data.deltas.length) > DELTAS)
  return end < 0 ? log : log.slice(0, Math.max(1, end))
}

function sumOf(rows: readonly LogRow[]): CountDelta[] {
  const sums = new Map<string, CountDelta>()
  for (const { subject, severity, n, fixable } of rows.flatMap(({ data }) => data.deltas)) {
    const key = `${subject}/${severity}`
    const sum = sums.get(key)
    sums.set(key, { subject, severity, n: n + (sum?.n ?? 0), fixable: fixable + (sum?.fixable ?? 0) })
  }
  return [...sums.values()].filter(({ n, fixable }) => n !== 0 || fixable !== 0)
}

async function areMany(db: Db): Promise<boolean> {
  const { rows } = await sql<{ many: boolean }>`
    select sum(jsonb_array_length(data -> 'deltas')) > ${MANY} * (select reltuples from pg_class where oid = 'subject'::regclass) as many
    from change_log where kind = 'sets'`.execute(db)
  return rows[0]?.many === true
}

async function noteAllSets(tx: Db): Promise<void> {
  await sql`insert into set_due select id from package_set order by id on conflict do nothing`.execute(tx)
  await sql`delete from change_log where kind = 'sets'`.execute(tx)
}

interface PackageDelta {
  readonly package_id: number
  readonly severity: number
  readonly n: number
  readonly fixable: number
}

/** The differences by package, and the sets that hold these packages, in order. */
async function touchedSets(
  db: Db,
  deltas: readonly CountDelta[],
): Promise<{ sets: number[]; deltas: PackageDelta[] }> {
  const bySubject = Map.groupBy(deltas, ({ subject }) => subject)
  const sets = new Set<number>()
  const byPackage: PackageDelta[] = []
  for (const subjects of chunks([...bySubject.keys()], CHUNK)) {
    const { rows } = await sql<{ id: number; subject_id: number }>`
      select id, subject_id from package where subject_id = any(${subjects}::int[])`.execute(db)
    for (const { id, subject_id: subject } of rows) {
      for (const { severity, n, fixable } of bySubject.get(subject) ?? [])
        byPackage.push({ package_id: id, severity, n, fixable })
    }
    const held = await setsHolding(rows.map(({ id }) => id)).execute(db)
    for (const { id } of held.rows) sets.add(id)
  }
  return { sets: [...sets].sort((left, right) => left - right), deltas: byPackage }
}

/**
 * By the GIN index on `package_ids`, one look into it for each: asked for all at once (`&&`), the planner takes them for too many
 * and reads the whole table.
 */
export function setsHolding(packageIds: readonly number[]) {
  return sql<{ id: number }>`
    select distinct held.id from unnest(${packageIds}::int[]) as changed (package_id)
    cross join lateral (select s.id from package_set s where s.package_ids @> array[changed.package_id] offset 0) held`
}

const deltaColumns = { package_id: 'int', severity: 'smallint', n: 'int', fixable: 'int' }

/**
 * Adds differences to the counts of sets that were counted before all of them. A set that was counted among them is due; one that was
 * counted after them, or never, has them in its count, or will have.
 */
async function applyDeltas(
  database: Database,
  setIds: readonly number[],
  log: { readonly first: number; readonly last: number; readonly deltas: readonly PackageDelta[] },
): Promise<void> {
  const { first, last, deltas } = log
  await inTransaction(database, 'bulk', async (tx) => {
    await lockCounted(tx, setIds)
    await sql`
      with change as (
        select s.id as set_id, d.severity, sum(d.n)::int as n, sum(d.fixable)::int as fixable
        from package_set s join set_counted c on c.set_id = s.id and c.upto < ${first}
        cross join lateral unnest(s.package_ids) as e (package_id)
        join ${recordset(deltaColumns, deltas)} as d on d.package_id = e.package_id
        where s.id = any(${setIds}::int[]) group by s.id, d.severity
      )
      insert into set_count (set_id, severity, n, fixable) select set_id, severity, n, fixable from change where n <> 0 or fixable <> 0
      on conflict (set_id, severity) do update set n = set_count.n + excluded.n, fixable = set_count.fixable + excluded.fixable`.execute(
      tx,
    )
    await sql`delete from set_count where set_id = any(${setIds}::int[]) and n = 0`.execute(tx)
    await sql`
      insert into set_due select set_id from set_counted
      where set_id = any(${setIds}::int[]) and upto >= ${first} and upto < ${last} on conflict do nothing`.execute(
      tx,
    )
    await sql`update set_counted set upto = ${last} where set_id = any(${setIds}::int[]) and upto < ${first}`.execute(
      tx,
    )
  })
}
