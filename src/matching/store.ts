import { type Kysely, sql } from 'kysely'
import { detailsPlace, type Place, type VulnerabilityDetails } from '../advisories/index.ts'
import { severityRank } from '../core/index.ts'
import { chunks, recordset, sortedByKey } from '../platform/db/index.ts'
import type { Match } from './ports.ts'

export type Db = Kysely<unknown>

/**
 * Advisory lock: who changes matches holds it alone, who changes postings holds it together with others of their kind. So
 * each sees all that the other has done, and counters can be kept by their differences.
 */
export const MATCHES_LOCK = 7_310_001

/** Details are some kilobytes each: this many go over in one statement. */
const DETAILS_CHUNK = 100

export interface SubjectRow {
  readonly id: number
  readonly space: string
  readonly lookup_key: string
  readonly comparer: string
  readonly version: string
  readonly arch: string | null
  readonly cpe_context: string | null
  readonly flavour: string | null
  /** null: never matched, or its keys changed. */
  readonly matched_generation: number | null
}

const subjectColumns = sql.raw(
  's.id, s.space, s.lookup_key, s.comparer, s.version, s.arch, s.cpe_context, s.flavour, s.matched_generation',
)
export const stale = sql`(s.matched_generation is null or s.matched_generation < (select c.floor from db_current c))`

/** Stale subjects of one inventory after `after`, in order of id. */
export async function staleOfInventory(
  db: Db,
  inventoryId: number,
  after: number,
  limit: number,
): Promise<SubjectRow[]> {
  const { rows } = await sql<SubjectRow>`
    select ${subjectColumns} from subject s where ${stale} and s.id > ${after} and s.id in (
      select p.subject_id from inventory v join package_set ps on ps.id = any(v.set_ids)
      cross join lateral unnest(ps.package_ids) as entry (package_id) join package p on p.id = entry.package_id
      where v.id = ${inventoryId})
    order by s.id limit ${limit}`.execute(db)
  return rows
}

/** What made subjects stale: a change of their own keys, or a whole new database. Each is one range of an index. */
export type StaleCause = 'changed' | 'outdated'

export interface StaleOptions {
  readonly cause: StaleCause
  /** Only those that some repository holds now: people look at them. */
  readonly visible: boolean
  /** Where the chunk before ended. */
  readonly after: Pick<SubjectRow, 'id' | 'matched_generation'> | undefined
  readonly limit: number
}

/** Stale subjects in the order of the index on (matched_generation, id). */
export async function staleSubjects(db: Db, options: StaleOptions): Promise<SubjectRow[]> {
  const seen = options.visible
    ? sql`and exists (
        select from package p join repository_package rp on rp.package_id = p.id and rp.gone_at is null where p.subject_id = s.id)`
    : sql``
  const id = options.after?.id ?? 0
  const range =
    options.cause === 'changed'
      ? sql`s.matched_generation is null and s.id > ${id}`
      : sql`s.matched_generation < (select c.floor from db_current c) and (s.matched_generation, s.id) > (${options.after?.matched_generation ?? 0}::int, ${id}::int)`
  const { rows } = await sql<SubjectRow>`
    select ${subjectColumns} from subject s where ${range} ${seen} order by s.matched_generation, s.id limit ${options.limit}`.execute(
    db,
  )
  return rows
}

const vulnerabilityColumns = {
  name: 'text',
  place: 'bigint',
  title: 'text',
  severity: 'text',
  vendor_severity: 'jsonb',
  details: 'jsonb',
}

/**
 * Rows of vulnerabilities, with their details as the generation has them; newer ones are left alone.
 *
 * @returns id by name
 */
export async function saveVulnerabilities(
  db: Db,
  generation: number,
  vulnerabilities: readonly { readonly name: string; readonly details: VulnerabilityDetails | undefined }[],
): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  for (const chunk of chunks(
    sortedByKey(vulnerabilities, ({ name }) => name),
    DETAILS_CHUNK,
  )) {
    const rows = chunk.map(({ name, details }) => ({
      name,
      place: detailsPlace(name),
      ...detailColumns(details),
    }))
    await sql`
      insert into vulnerability (name, place, title, severity, vendor_severity, details, generation)
      select v.name, v.place, v.title, v.severity, v.vendor_severity, v.details, ${generation}::int from ${recordset(vulnerabilityColumns, rows)} as v
      order by v.name collate "C"
      on conflict (name) do update set title = excluded.title, severity = excluded.severity,
        vendor_severity = excluded.vendor_severity, details = excluded.details, generation = excluded.generation
      where vulnerability.generation is null or vulnerability.generation < excluded.generation`.execute(db)
    const names = chunk.map(({ name }) => name)
    const { rows: found } = await sql<{ id: number; name: string }>`
      select id, name from vulnerability where name = any(${names}::text[])`.execute(db)
    for (const row of found) ids.set(row.name, row.id)
  }
  return ids
}

/** A vulnerability's details as they are stored. */
export function detailColumns(details: VulnerabilityDetails | undefined) {
  return {
    title: details?.title ?? '',
    severity: details?.severity ?? null,
    vendor_severity: details?.vendorSeverity ?? {},
    details: shownDetails(details),
  }
}

/** What people are shown of a vulnerability, besides what has a column of its own. */
function shownDetails(details: VulnerabilityDetails | undefined): object {
  if (details === undefined) return {}
  const { description, cvss, cweIds, references, publishedDate, lastModifiedDate } = details
  return { description, cvss, cweIds, references, publishedDate, lastModifiedDate }
}

/** Alone with the matches until the transaction ends. */
export async function lockMatches(transaction: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(${MATCHES_LOCK})`.execute(transaction)
}

/** Locks those of the subjects that are still stale. @returns by id, whether it was never matched before */
export async function lockStale(transaction: Db, ids: readonly number[]): Promise<Map<number, boolean>> {
  const { rows } = await sql<{ id: number; is_new: boolean }>`
    select s.id, s.matcher_version is null as is_new from subject s where s.id = any(${ids}::int[]) and ${stale} order by s.id for update of s`.execute(
    transaction,
  )
  return new Map(rows.map((row) => [row.id, row.is_new]))
}

/** An open match as it is stored. */
export interface MatchRow {
  readonly subject_id: number
  readonly vulnerability_id: number
  readonly severity: number
  readonly severity_source: string
  readonly own_severity: number | null
  readonly data_source: unknown
  readonly vendor_ids: readonly string[]
  readonly status: string
  readonly fixed_version: string
}

export async function openMatches(db: Db, engine: string, subjects: readonly number[]): Promise<MatchRow[]> {
  const { rows } = await sql<MatchRow>`
    select subject_id, vulnerability_id, severity, severity_source, own_severity, data_source, vendor_ids, status, fixed_version
    from match where subject_id = any(${subjects}::int[]) and engine = ${engine} and gone_generation is null`.execute(
    db,
  )
  return rows
}

export function toRow(subjectId: number, vulnerabilityId: number, match: Match): MatchRow {
  return {
    subject_id: subjectId,
    vulnerability_id: vulnerabilityId,
    severity: severityRank(match.severity),
    severity_source: match.severitySource,
    own_severity: match.ownSeverity === null ? null : severityRank(match.ownSeverity),
    data_source: match.dataSource === null ? null : { ...match.dataSource },
    vendor_ids: match.vendorIds,
    status: match.status,
    fixed_version: match.fixedVersion,
  }
}

const matchColumns = {
  subject_id: 'int',
  vulnerability_id: 'int',
  severity: 'smallint',
  severity_source: 'text',
  own_severity: 'smallint',
  data_source: 'jsonb',
  vendor_ids: 'jsonb',
  status: 'text',
  fixed_version: 'text',
}

/** Opens matches and changes open ones; one that had gone is open again since this generation. */
export async function saveMatches(
  tx: Db,
  engine: string,
  generation: number,
  matches: readonly MatchRow[],
): Promise<void> {
  for (const rows of chunks(matches)) {
    const names = sql.join(Object.keys(matchColumns).map((name) => sql.ref(name)))
    await sql`
      insert into match (engine, first_generation, ${names})
      select ${engine}, ${generation}::int, ${names} from ${recordset(matchColumns, rows)} as m
      on conflict (subject_id, engine, vulnerability_id) do update set
        severity = excluded.severity, severity_source = excluded.severity_source, own_severity = excluded.own_severity,
        data_source = excluded.data_source, vendor_ids = excluded.vendor_ids, status = excluded.status, fixed_version = excluded.fixed_version,
        reopened_generation = case when match.gone_generation is null then match.reopened_generation else excluded.first_generation end,
        gone_generation = null`.execute(tx)
  }
}

export async function closeMatches(
  tx: Db,
  engine: string,
  generation: number,
  pairs: readonly Pick<MatchRow, 'subject_id' | 'vulnerability_id'>[],
): Promise<void> {
  if (pairs.length === 0) return
  const rows = pairs.map(({ subject_id, vulnerability_id }) => ({ subject_id, vulnerability_id }))
  await sql`
    update match set gone_generation = ${generation} from ${recordset({ subject_id: 'int', vulnerability_id: 'int' }, rows)} as gone
    where match.subject_id = gone.subject_id and match.vulnerability_id = gone.vulnerability_id and match.engine = ${engine}`.execute(
    tx,
  )
}

export interface MatchedSubject {
  readonly id: number
  readonly matcher_version: number
  /** What the verdict depends on. */
  readonly places: readonly Place[]
}

export async function markMatched(
  tx: Db,
  generation: number,
  subjects: readonly MatchedSubject[],
): Promise<void> {
  const rows = subjects.map((subject) => ({ ...subject, places: subject.places.map(String) }))
  await sql`
    update subject set matched_generation = ${generation}, matcher_version = done.matcher_version, places = done.places
    from ${recordset({ id: 'int', matcher_version: 'smallint', places: 'bigint[]' }, rows)} as done where subject.id = done.id`.execute(
    tx,
  )
}
