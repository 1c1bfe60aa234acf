import { type Kysely, sql } from 'kysely'
import type { MatchedPair } from '../../matching/sql.ts'
import { type Database, inTransaction, recordset } from '../../platform/db/index.ts'

type Db = Kysely<unknown>

/** Advisory lock of the one who folds the change log into the counters. */
const FOLD_LOCK = 7_310_002
/** Log rows folded in one transaction. */
const FOLD = 200

/** What one repository, or a whole organisation, adds to the counters of a vulnerability at a severity. */
export interface Contribution {
  readonly vulnerability_id: number
  readonly severity: number
  readonly findings: number
  readonly repositories: number
  readonly fixable: number
}

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
  await sql`insert into change_log (org_id, kind, data) values (${orgId}, 'counts', ${JSON.stringify(changed)}::jsonb)`.execute(
    tx,
  )
}

/**
 * For matching to call in the transaction that changes matches: logs the counters of the vulnerabilities whose matches changed,
 * where some repository holds the subject, as they are now in every organisation. While it runs no posting changes (the lock of
 * matching), so rows logged before are part of what is counted, and rows logged later come on top.
 */
export async function recountChanged(tx: Db, changed: readonly MatchedPair[]): Promise<void> {
  const pairs = changed.map(({ subjectId, vulnerabilityId }) => ({
    subject_id: subjectId,
    vulnerability_id: vulnerabilityId,
  }))
  const { rows } = await sql<{ id: number }>`
    select distinct c.vulnerability_id as id from ${recordset({ subject_id: 'int', vulnerability_id: 'int' }, pairs)} as c
    where exists (
      select from package p join repository_package rp on rp.package_id = p.id and rp.gone_at is null where p.subject_id = c.subject_id)`.execute(
    tx,
  )
  if (rows.length === 0) return
  const vulnerabilities = rows.map((row) => row.id)
  const counted = await countEverywhere(tx, vulnerabilities)
  const data = {
    vulnerabilities,
    counts: counted.map((row) => [
      row.org_id,
      row.vulnerability_id,
      row.severity,
      row.findings,
      row.repositories,
      row.fixable,
    ]),
  }
  await sql`insert into change_log (kind, data) values ('recount', ${data}::jsonb)`.execute(tx)
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
  readonly org_id: string | null
  readonly kind: 'counts' | 'recount'
  readonly data: Delta[] | { vulnerabilities: number[]; counts: [string, ...Delta][] }
}

/**
 * Folds a part of the change log into the counters; one at a time, whoever comes second leaves.
 *
 * @returns how many log rows it took; 0: nothing to do, or another is at it
 */
export async function foldCounters(database: Database): Promise<number> {
  return inTransaction(database, 'bulk', async (tx) => {
    const { rows: locked } = await sql<{
      held: boolean
    }>`select pg_try_advisory_xact_lock(${FOLD_LOCK}) as held`.execute(tx)
    if (locked[0]?.held !== true) return 0
    const { rows: log } = await sql<LogRow>`
      select id, org_id, kind, data from change_log where kind in ('counts', 'recount') order by id limit ${FOLD}`.execute(
      tx,
    )
    if (log.length === 0) return 0
    const { recounted, counts } = fold(log)
    await sql`delete from org_vulnerability where vulnerability_id = any(${recounted}::int[])`.execute(tx)
    await addCounts(tx, counts)
    await sql`delete from change_log where id = any(${log.map((row) => row.id)}::bigint[])`.execute(tx)
    return log.length
  })
}

/** Log rows in order: a recount replaces what came before it for its vulnerabilities, differences add up. */
function fold(log: readonly LogRow[]): { recounted: number[]; counts: OrganisationCount[] } {
  const recounted = new Set<number>()
  const sums = new Map<number, Map<string, OrganisationCount>>()
  const add = (orgId: string, [vulnerability, severity, findings, repositories, fixable]: Delta): void => {
    const ofOne = sums.get(vulnerability) ?? new Map<string, OrganisationCount>()
    const key = `${severity} ${orgId}`
    const sum = ofOne.get(key)
    ofOne.set(key, {
      org_id: orgId,
      vulnerability_id: vulnerability,
      severity,
      findings: (sum?.findings ?? 0) + findings,
      repositories: (sum?.repositories ?? 0) + repositories,
      fixable: (sum?.fixable ?? 0) + fixable,
    })
    sums.set(vulnerability, ofOne)
  }
  for (const { org_id: orgId, data } of log) {
    if (Array.isArray(data)) {
      for (const delta of data) add(orgId ?? '', delta)
      continue
    }
    for (const id of data.vulnerabilities) {
      recounted.add(id)
      sums.delete(id)
    }
    for (const [org, ...delta] of data.counts) add(org, delta)
  }
  return { recounted: [...recounted], counts: [...sums.values()].flatMap((ofOne) => [...ofOne.values()]) }
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
