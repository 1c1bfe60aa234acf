import { type Kysely, sql } from 'kysely'
import { type MatchedPair, MATCHES_LOCK } from '../../matching/sql.ts'
import { chunks, type Database, inTransaction, recordset, storableJson } from '../../platform/db/index.ts'
import { recordChange } from '../events.ts'
import type { Contribution } from './contribution.ts'

type Db = Kysely<unknown>

/** Advisory lock of the one who folds the change log into the counters. */
const FOLD_LOCK = 7_310_002
/** Log rows folded in one transaction. */
const FOLD = 200
/** Vulnerabilities counted in one transaction. */
const RECOUNT = 100

/** Vulnerabilities that packages have by open matches. */
export async function vulnerabilitiesOf(tx: Db, packages: readonly number[]): Promise<number[]> {
  if (packages.length === 0) return []
  const { rows } = await sql<{ id: number }>`
    select distinct m.vulnerability_id as id from package p join match m on m.subject_id = p.subject_id
    where p.id = any(${packages}::int[]) and m.gone_generation is null`.execute(tx)
  return rows.map((row) => row.id)
}

/** What a repository contributes for some vulnerabilities, from its own side: a vulnerability may be in thousands of
 * others. `+ 0` keeps the planner from the index on vulnerabilities, which it takes for each package where a table is new and not analysed. A finding has the worst severity of its packages. */
export async function contributionsOf(
  tx: Db,
  repositoryId: number,
  vulnerabilities: readonly number[],
): Promise<Contribution[]> {
  if (vulnerabilities.length === 0) return []
  const { rows } = await sql<Contribution>`
    with held as materialized (
      select p.subject_id, p.name_id from repository_package rp join package p on p.id = rp.package_id
      where rp.repository_id = ${repositoryId} and rp.gone_at is null
    ),
    finding as (
      select m.vulnerability_id, held.name_id, max(m.severity) as severity, bool_or(m.fixed_version <> '') as fixable
      from held join match m on m.subject_id = held.subject_id
      where m.gone_generation is null and m.vulnerability_id + 0 = any(${vulnerabilities}::int[])
      group by m.vulnerability_id, held.name_id
    )
    select vulnerability_id, severity, count(*)::int as findings, 1 as repositories, (count(*) filter (where fixable))::int as fixable
    from finding group by vulnerability_id, severity`.execute(tx)
  return rows
}

type Delta = [
  vulnerability: number,
  severity: number,
  findings: number,
  repositories: number,
  fixable: number,
]

/** Logs what an organisation's counters gain and lose. */
export async function logDifference(
  tx: Db,
  orgId: string,
  before: readonly Contribution[],
  after: readonly Contribution[],
): Promise<void> {
  const deltas = new Map<string, Delta>()
  const add = (rows: readonly Contribution[], sign: number): void => {
    for (const row of rows) {
      const key = `${row.vulnerability_id} ${row.severity}`
      const delta = deltas.get(key) ?? [row.vulnerability_id, row.severity, 0, 0, 0]
      delta[2] += sign * row.findings
      delta[3] += sign * row.repositories
      delta[4] += sign * row.fixable
      deltas.set(key, delta)
    }
  }
  add(before, -1)
  add(after, 1)
  const changed = [...deltas.values()].filter(([, , ...counts]) => counts.some((count) => count !== 0))
  if (changed.length === 0) return
  await sql`insert into change_log (org_id, kind, data) values (${orgId}, 'counts', ${storableJson(changed)}::jsonb)`.execute(
    tx,
  )
}

/**
 * For matching to call in the transaction that changes matches: the vulnerabilities whose matches changed, where some repository
 * holds the subject, are to be counted anew; once, however many changes they see.
 */
export async function recountChanged(tx: Db, changed: readonly MatchedPair[]): Promise<void> {
  for (const some of chunks(changed)) {
    const pairs = some.map(({ subjectId, vulnerabilityId, isNew }) => ({
      subject_id: subjectId,
      vulnerability_id: vulnerabilityId,
      is_new: isNew,
    }))
    await sql`
      insert into recount_due (vulnerability_id, news)
      select c.vulnerability_id, not bool_and(c.is_new) from ${recordset({ subject_id: 'int', vulnerability_id: 'int', is_new: 'boolean' }, pairs)} as c
      where exists (
        select from package p join repository_package rp on rp.package_id = p.id and rp.gone_at is null where p.subject_id = c.subject_id)
      group by c.vulnerability_id order by c.vulnerability_id
      on conflict (vulnerability_id) do update set news = true where excluded.news and not recount_due.news`.execute(
      tx,
    )
  }
}

export interface OrganisationCount extends Contribution {
  readonly org_id: string
}

/** The counters as they should be, from postings and matches. @param vulnerabilities all of them when not given */
export async function countEverywhere(
  db: Db,
  vulnerabilities?: readonly number[],
): Promise<OrganisationCount[]> {
  const some =
    vulnerabilities === undefined ? sql`` : sql`and m.vulnerability_id = any(${vulnerabilities}::int[])`
  const { rows } = await sql<OrganisationCount>`
    with finding as (
      select rp.org_id, rp.repository_id, m.vulnerability_id, p.name_id, max(m.severity) as severity, bool_or(m.fixed_version <> '') as fixable
      from match m join package p on p.subject_id = m.subject_id join repository_package rp on rp.package_id = p.id
      where m.gone_generation is null and rp.gone_at is null ${some}
      group by rp.org_id, rp.repository_id, m.vulnerability_id, p.name_id
    )
    select org_id, vulnerability_id, severity, count(*)::int as findings, count(distinct repository_id)::int as repositories,
      (count(*) filter (where fixable))::int as fixable
    from finding group by org_id, vulnerability_id, severity order by org_id, vulnerability_id, severity`.execute(
    db,
  )
  return rows
}

interface LogRow {
  readonly id: number
  readonly org_id: string
  readonly data: readonly Delta[]
}

/**
 * Brings the counters nearer to what postings and matches say: a part of the logged differences, and when there are none, some of
 * the vulnerabilities whose matches changed. One at a time, whoever comes second leaves.
 *
 * @returns how much it did; 0: nothing to do, or another is at it
 */
export async function foldCounters(database: Database): Promise<number> {
  return inTransaction(database, 'bulk', async (tx) => {
    const { rows: locked } = await sql<{
      held: boolean
    }>`select pg_try_advisory_xact_lock(${FOLD_LOCK}) as held`.execute(tx)
    if (locked[0]?.held !== true) return 0
    return (await foldDifferences(tx)) || recountDue(tx)
  })
}

async function foldDifferences(tx: Db): Promise<number> {
  const { rows: log } = await sql<LogRow>`
    select id, org_id, data from change_log where kind = 'counts' order by id limit ${FOLD}`.execute(tx)
  if (log.length === 0) return 0
  await addCounts(tx, fold(log))
  await sql`delete from change_log where id = any(${log.map((row) => row.id)}::bigint[])`.execute(tx)
  return log.length
}

/**
 * Counts vulnerabilities from the beginning. While it runs no posting changes (the lock of matching): differences that were logged
 * meanwhile are folded first, so what is counted is all there is, and differences that come later come on top.
 */
async function recountDue(tx: Db): Promise<number> {
  const { rows: due } = await sql<{ vulnerability_id: number; news: boolean }>`
    select vulnerability_id, news from recount_due order by vulnerability_id limit ${RECOUNT}`.execute(tx)
  if (due.length === 0) return 0
  await sql`select pg_advisory_xact_lock(${MATCHES_LOCK})`.execute(tx)
  const folded = await foldDifferences(tx)
  if (folded > 0) return folded
  const vulnerabilities = await withAliases(
    tx,
    due.map((row) => row.vulnerability_id),
  )
  const before = await storedCounts(tx, vulnerabilities)
  const after = await countEverywhere(tx, vulnerabilities)
  await sql`delete from org_vulnerability where vulnerability_id = any(${vulnerabilities}::int[])`.execute(tx)
  await addCounts(tx, after)
  await sql`delete from recount_due where vulnerability_id = any(${vulnerabilities}::int[])`.execute(tx)
  if (due.some((row) => row.news)) await recordNews(tx, due, before, after)
  return due.length
}

/** Only of what is news: a first verdict on what was there before is none. */
async function recordNews(
  tx: Db,
  due: readonly { readonly vulnerability_id: number; readonly news: boolean }[],
  before: readonly OrganisationCount[],
  after: readonly OrganisationCount[],
): Promise<void> {
  const silent = new Set(due.filter((row) => !row.news).map((row) => row.vulnerability_id))
  const news = (rows: readonly OrganisationCount[]) => rows.filter((row) => !silent.has(row.vulnerability_id))
  await recordChange(tx, { repositoryId: null, before: news(before), after: news(after) })
}

/** With the other ids of the same vulnerabilities: what one loses the other may gain. */
async function withAliases(tx: Db, vulnerabilities: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with root as (select distinct coalesce(canonical_id, id) as id from vulnerability where id = any(${vulnerabilities}::int[]))
    select id from root union select v.id from vulnerability v join root on v.canonical_id = root.id`.execute(
    tx,
  )
  return rows.map((row) => row.id)
}

async function storedCounts(tx: Db, vulnerabilities: readonly number[]): Promise<OrganisationCount[]> {
  const { rows } = await sql<OrganisationCount>`
    select org_id, vulnerability_id, severity, findings, repositories, fixable from org_vulnerability
    where vulnerability_id = any(${vulnerabilities}::int[])`.execute(tx)
  return rows
}

function fold(log: readonly LogRow[]): OrganisationCount[] {
  const sums = new Map<string, OrganisationCount>()
  for (const { org_id: orgId, data } of log) {
    for (const [vulnerability, severity, findings, repositories, fixable] of data) {
      const key = `${vulnerability} ${severity} ${orgId}`
      const sum = sums.get(key)
      sums.set(key, {
        org_id: orgId,
        vulnerability_id: vulnerability,
        severity,
        findings: (sum?.findings ?? 0) + findings,
        repositories: (sum?.repositories ?? 0) + repositories,
        fixable: (sum?.fixable ?? 0) + fixable,
      })
    }
  }
  return [...sums.values()]
}

const countColumns = {
  org_id: 'text',
  vulnerability_id: 'int',
  severity: 'smallint',
  findings: 'int',
  repositories: 'int',
  fixable: 'int',
}

async function addCounts(tx: Db, counts: readonly OrganisationCount[]): Promise<void> {
  if (counts.length === 0) return
  await sql`
    insert into org_vulnerability (org_id, vulnerability_id, severity, rank, name, findings, repositories, fixable)
    select c.org_id, c.vulnerability_id, c.severity, 4 - c.severity, v.name, c.findings, c.repositories, c.fixable
    from ${recordset(countColumns, counts)} as c join vulnerability v on v.id = c.vulnerability_id
    on conflict (org_id, vulnerability_id, severity) do update set findings = org_vulnerability.findings + excluded.findings,
      repositories = org_vulnerability.repositories + excluded.repositories, fixable = org_vulnerability.fixable + excluded.fixable`.execute(
    tx,
  )
  const vulnerabilities = [...new Set(counts.map((row) => row.vulnerability_id))]
  await sql`
    delete from org_vulnerability where findings = 0 and vulnerability_id = any(${vulnerabilities}::int[])`.execute(
    tx,
  )
}
