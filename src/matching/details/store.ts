import { type Kysely, sql } from 'kysely'
import type { VulnerabilityDetails } from '../../advisories/index.ts'
import { recordset } from '../../platform/db/index.ts'
import { detailColumns } from '../store.ts'

type Db = Kysely<unknown>

export interface DueDetails {
  readonly id: number
  readonly name: string
}

/** Vulnerabilities whose details have changed. */
export async function dueDetails(db: Db, limit: number): Promise<DueDetails[]> {
  const { rows } = await sql<DueDetails>`
    select id, name from vulnerability where details_due order by id limit ${limit}`.execute(db)
  return rows
}

const columns = { id: 'int', title: 'text', severity: 'text', vendor_severity: 'jsonb', details: 'jsonb' }

export async function saveDetails(
  tx: Db,
  generation: number,
  vulnerabilities: readonly { readonly id: number; readonly details: VulnerabilityDetails | undefined }[],
): Promise<void> {
  const rows = vulnerabilities.map(({ id, details }) => ({ id, ...detailColumns(details) }))
  await sql`
    update vulnerability v set title = d.title, severity = d.severity, vendor_severity = d.vendor_severity, details = d.details,
      generation = ${generation}, details_due = false
    from ${recordset(columns, rows)} as d where v.id = d.id`.execute(tx)
}

/** An open match with what its severity follows from, besides the vulnerability's details. */
export interface SeverityRow {
  readonly subject_id: number
  readonly vulnerability_id: number
  readonly severity: number
  readonly severity_source: string
  readonly own_severity: number | null
  readonly fixed_version: string
  readonly data_source: { readonly id: string; readonly baseId?: string } | null
}

export async function severitiesOf(
  db: Db,
  engine: string,
  vulnerabilities: readonly number[],
): Promise<SeverityRow[]> {
  const { rows } = await sql<SeverityRow>`
    select subject_id, vulnerability_id, severity, severity_source, own_severity, fixed_version, data_source
    from match where vulnerability_id = any(${vulnerabilities}::int[]) and engine = ${engine} and gone_generation is null`.execute(
    db,
  )
  return rows
}

const severityColumns = {
  subject_id: 'int',
  vulnerability_id: 'int',
  severity: 'smallint',
  severity_source: 'text',
}

export async function saveSeverities(tx: Db, engine: string, matches: readonly SeverityRow[]): Promise<void> {
  if (matches.length === 0) return
  const rows = matches.map(({ subject_id, vulnerability_id, severity, severity_source }) => {
    return { subject_id, vulnerability_id, severity, severity_source }
  })
  await sql`
    update match m set severity = s.severity, severity_source = s.severity_source from ${recordset(severityColumns, rows)} as s
    where m.subject_id = s.subject_id and m.engine = ${engine} and m.vulnerability_id = s.vulnerability_id`.execute(
    tx,
  )
}
