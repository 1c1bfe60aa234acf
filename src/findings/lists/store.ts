import { type Kysely, type RawBuilder, sql } from 'kysely'
import { severityRank } from '../../core/index.ts'
import { recordset } from '../../platform/db/index.ts'
import type { FindingFilters } from '../ports.ts'

type Db = Kysely<unknown>

/** Where a list goes on: the key of the last row that was shown. */
export type FindingKey = readonly [
  rank: number,
  vulnerability: string,
  repository: number,
  ecosystem: string,
  packageName: string,
]

export interface FindingRow {
  readonly rank: number
  readonly vulnerability_id: number
  readonly vulnerability: string
  readonly title: string
  readonly repository_id: number
  readonly host: string
  readonly path: string
  readonly name_id: number
  readonly ecosystem: string
  readonly package_name: string
}

/** A vulnerability at one severity: lists go through these, worst first. */
export interface Candidate {
  readonly vulnerability_id: number
  readonly rank: number
  readonly vulnerability: string
  /** How many findings it has in the organisation; null where a filter makes that unknown. */
  readonly findings: number | null
}

function ranks(filters: FindingFilters): number[] {
  return (filters.severity ?? []).map((severity) => 4 - severityRank(severity))
}

const conjunction = (parts: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  sql.join(parts, sql` and `)

/** A vulnerability's id as people write it. */
function named(cve: string): RawBuilder<unknown> {
  return sql`(select id from vulnerability where name in (${cve}, ${cve.toUpperCase()}) order by name = ${cve} desc limit 1)`
}

/** Conditions on postings (rp), packages (p) and matches (m) of one organisation. */
function placed(orgId: string, filters: FindingFilters): RawBuilder<unknown> {
  const parts = [sql`rp.org_id = ${orgId}`, sql`rp.gone_at is null`, sql`m.gone_generation is null`]
  if (filters.repository !== undefined) parts.push(sql`rp.repository_id = ${filters.repository}::bigint`)
  if (filters.connection !== undefined) {
    parts.push(
      sql`rp.repository_id in (select c.repository_id from connection_repository c where c.connection_id = ${filters.connection}::uuid)`,
    )
  }
  if (filters.package !== undefined) {
    parts.push(sql`p.name_id = any(array(select id from name where name = ${filters.package}))`)
  }
  if (filters.cve !== undefined) parts.push(sql`m.vulnerability_id = ${named(filters.cve)}`)
  return conjunction(parts)
}

/** Findings as postings and matches give them: the worst severity of a name's packages in a repository. */
function findings(
  orgId: string,
  filters: FindingFilters,
  more: RawBuilder<unknown> = sql``,
): RawBuilder<unknown> {
  const fix =
    filters.fix === undefined ? sql`` : sql`having bool_or(m.fixed_version <> '') = ${filters.fix === 'yes'}`
  return sql`(
    select (4 - max(m.severity))::int as rank, m.vulnerability_id, rp.repository_id, p.name_id
    from repository_package rp join package p on p.id = rp.package_id join match m on m.subject_id = p.subject_id
    where ${placed(orgId, filters)} ${more}
    group by m.vulnerability_id, rp.repository_id, p.name_id ${fix})`
}

function beyond(after: FindingKey | undefined): RawBuilder<unknown> {
  if (after === undefined) return sql``
  const [rank, vulnerability, repository, ecosystem, name] = after
  return sql`and (f.rank, v.name, f.repository_id, n.ecosystem, n.name) > (${rank}::bigint, ${vulnerability}::text, ${repository}::bigint, ${ecosystem}::text, ${name}::text)`
}

const shown = sql`f.rank, f.vulnerability_id, v.name as vulnerability, v.title, f.repository_id, r.host, r.path, f.name_id, n.ecosystem, n.name as package_name`
const joined = sql`join vulnerability v on v.id = f.vulnerability_id join repository r on r.id = f.repository_id join name n on n.id = f.name_id`
const inOrder = sql`order by f.rank, v.name, f.repository_id, n.ecosystem, n.name`

export interface PageOptions {
  readonly orgId: string
  readonly filters: FindingFilters
  readonly after: FindingKey | undefined
  readonly limit: number
}

/** From the place: everything that the filters let through, sorted. For filters that leave few postings. */
export async function pageByPlace(
  db: Db,
  { orgId, filters, after, limit }: PageOptions,
): Promise<FindingRow[]> {
  const wanted = filters.severity === undefined ? sql`` : sql`and f.rank = any(${ranks(filters)}::int[])`
  const { rows } = await sql<FindingRow>`
    select ${shown} from ${findings(orgId, filters)} f ${joined} where true ${wanted} ${beyond(after)} ${inOrder} limit ${limit}`.execute(
    db,
  )
  return rows
}

/** From some vulnerabilities at their severities. */
export async function pageByVulnerability(
  db: Db,
  { orgId, filters, after, limit }: PageOptions,
  candidates: readonly Candidate[],
): Promise<FindingRow[]> {
  const pairs = candidates.map(({ vulnerability_id, rank }) => ({ vulnerability_id, rank }))
  const ids = [...new Set(pairs.map((pair) => pair.vulnerability_id))]
  const only = sql`and m.vulnerability_id = any(${ids}::int[])`
  const { rows } = await sql<FindingRow>`
    select ${shown} from ${findings(orgId, filters, only)} f
    join ${recordset({ vulnerability_id: 'int', rank: 'int' }, pairs)} as c on c.vulnerability_id = f.vulnerability_id and c.rank = f.rank
    ${joined} where true ${beyond(after)} ${inOrder} limit ${limit}`.execute(db)
  return rows
}

/** The organisation's vulnerabilities in order, from the counters. */
export async function countedCandidates(
  db: Db,
  { orgId, filters, limit }: PageOptions,
  from: readonly [rank: number, vulnerability: string] | undefined,
  inclusive: boolean,
): Promise<Candidate[]> {
  const parts = [sql`o.org_id = ${orgId}`]
  if (filters.severity !== undefined) parts.push(sql`o.rank = any(${ranks(filters)}::int[])`)
  if (filters.fix === 'yes') parts.push(sql`o.fixable > 0`)
  if (filters.fix === 'no') parts.push(sql`o.findings > o.fixable`)
  if (from !== undefined) {
    parts.push(sql`(o.rank, o.name) ${inclusive ? sql`>=` : sql`>`} (${from[0]}::bigint, ${from[1]}::text)`)
  }
  const { rows } = await sql<Candidate>`
    select o.vulnerability_id, o.rank, o.name as vulnerability, ${
      filters.fix === undefined
        ? sql`o.findings`
        : filters.fix === 'yes'
          ? sql`o.fixable`
          : sql`o.findings - o.fixable`
    } as findings
    from org_vulnerability o where ${conjunction(parts)} order by o.rank, o.name limit ${limit}`.execute(db)
  return rows
}

/** Vulnerabilities of packages of one name, in order; some may be of other organisations, whose postings then hold none. */
export async function namedCandidates(
  db: Db,
  { filters, limit }: PageOptions,
  from: readonly [rank: number, vulnerability: string] | undefined,
  inclusive: boolean,
): Promise<Candidate[]> {
  const parts = [
    sql`m.gone_generation is null`,
    sql`p.name_id = any(array(select id from name where name = ${filters.package ?? ''}))`,
  ]
  if (filters.cve !== undefined) parts.push(sql`m.vulnerability_id = ${named(filters.cve)}`)
  if (filters.severity !== undefined) parts.push(sql`4 - m.severity = any(${ranks(filters)}::int[])`)
  if (from !== undefined) {
    parts.push(
      sql`((4 - m.severity)::int, v.name) ${inclusive ? sql`>=` : sql`>`} (${from[0]}::bigint, ${from[1]}::text)`,
    )
  }
  const { rows } = await sql<Candidate>`
    select distinct m.vulnerability_id, (4 - m.severity)::int as rank, v.name as vulnerability, null::int as findings
    from package p join match m on m.subject_id = p.subject_id join vulnerability v on v.id = m.vulnerability_id
    where ${conjunction(parts)} order by rank, v.name limit ${limit}`.execute(db)
  return rows
}

/** One vulnerability at each severity that it may have somewhere. */
export async function oneCandidate(db: Db, { filters }: PageOptions): Promise<Candidate[]> {
  const wanted = filters.severity === undefined ? [0, 1, 2, 3, 4] : ranks(filters)
  const { rows } = await sql<Candidate>`
    select v.id as vulnerability_id, rank, v.name as vulnerability, null::int as findings
    from vulnerability v cross join unnest(${wanted}::int[]) as wanted (rank) where v.id = ${named(filters.cve ?? '')} order by rank`.execute(
    db,
  )
  return rows
}

/** Findings by severity, from the counters: where only severity and fix are filtered. */
export async function countByCounters(
  db: Db,
  orgId: string,
  fix: FindingFilters['fix'],
): Promise<Map<number, number>> {
  const sum = fix === undefined ? sql`findings` : fix === 'yes' ? sql`fixable` : sql`findings - fixable`
  const { rows } = await sql<{ severity: number; n: number }>`
    select severity, sum(${sum})::int as n from org_vulnerability where org_id = ${orgId} group by severity`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.severity, row.n]))
}

/** The repositories that a connection sees. */
export async function repositoriesOf(db: Db, orgId: string, connectionId: string): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select r.id from connection_repository c join repository r on r.id = c.repository_id
    where c.connection_id = ${connectionId}::uuid and r.org_id = ${orgId} order by r.id`.execute(db)
  return rows.map((row) => row.id)
}

/** Findings by severity, counted out. @param repositories only these */
export async function countByPlace(
  db: Db,
  orgId: string,
  filters: FindingFilters,
  repositories?: readonly number[],
): Promise<Map<number, number>> {
  const here = repositories === undefined ? sql`` : sql`and rp.repository_id = any(${repositories}::int[])`
  const { rows } = await sql<{ severity: number; n: number }>`
    select 4 - f.rank as severity, count(*)::int as n from ${findings(orgId, filters, here)} f group by f.rank`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.severity, row.n]))
}
