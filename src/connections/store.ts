import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Reason } from '../core/index.ts'
import { storableJson } from '../platform/db/index.ts'
import type {
  ConnectionCounts,
  ConnectionStatus,
  ConnectionWarning,
  Progress,
  SelectionPolicy,
} from './ports.ts'

export type Db = Kysely<unknown>

export interface ConnectionRow {
  readonly id: string
  readonly name: string
  readonly platform: string
  readonly host: string
  readonly settings: Record<string, unknown>
  readonly secret_fields: string[]
  readonly insecure: boolean
  readonly status: ConnectionStatus
  readonly status_detail: Reason | null
  readonly checked_at: Date | null
  readonly check_warnings: readonly ConnectionWarning[]
  /** The registry refused the credentials as they are; they are not offered to it again by themselves. */
  readonly refused: Reason | null
  readonly access: 'Public/Manual' | 'Private' | 'System-managed'
  readonly enabled: boolean
  readonly engine: string
  readonly scan_interval_hours: number | null
  readonly next_run_at: Date | null
  readonly selection: Partial<SelectionPolicy>
  readonly last_discovery: {
    at: string
    repositories: number
    tags: number
    incompleteBecause: string | null
  } | null
  readonly progress: Progress | null
  readonly version: number
  readonly created_at: Date
  readonly updated_at: Date
  readonly counts: ConnectionCounts
}

/** Of a page's connections, in the same statement. What is not selected is waited for only where a person wants it scanned. */
const counts = sql`(
  select json_build_object(
    'repositories', (select count(*) from connection_repository cr join repository r on r.id = cr.repository_id
      where cr.connection_id = page.id and r.gone_at is null),
    'images', count(i.id),
    'pending', count(i.id) filter (where coalesce(i.scan_status, 'Pending') = 'Pending' and (i.selected or i.scan_status = 'Pending' and exists (
      select from image_platform p join scan s on s.org_id = i.org_id and s.manifest_digest = p.manifest_digest
      where p.image_id = i.id and p.wanted and s.state in ('pending', 'scanning')))),
    'scanning', count(i.id) filter (where i.scan_status = 'Scanning'),
    'completed', count(i.id) filter (where i.scan_status = 'Completed'),
    'failed', count(i.id) filter (where i.scan_status = 'Failed'))
  from connection_repository cr join image i on i.repository_id = cr.repository_id
  where cr.connection_id = page.id and i.org_id = page.org_id and i.gone_at is null and i.kind in ('image', 'unknown'))`

async function select(
  db: Db,
  where: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
): Promise<ConnectionRow[]> {
  const { rows } = await sql<ConnectionRow>`
    with page as (select c.* from registry_connection c where ${where} and c.deleted_at is null ${order})
    select page.*, ${counts} as counts from page order by page.name, page.id`.execute(db)
  return rows
}

export async function listConnections(
  db: Db,
  orgId: string,
  after: readonly [name: string, id: string] | undefined,
  limit: number,
): Promise<ConnectionRow[]> {
  const beyond = after === undefined ? sql`` : sql`and (c.name, c.id) > (${after[0]}, ${after[1]}::uuid)`
  return select(db, sql`c.org_id = ${orgId} ${beyond}`, sql`order by c.name, c.id limit ${limit}`)
}

export async function findConnection(db: Db, orgId: string, id: string): Promise<ConnectionRow | undefined> {
  const rows = await select(db, sql`c.org_id = ${orgId} and c.id = ${id}::uuid`, sql``)
  return rows[0]
}

/** @returns how many, at most `limit` */
export async function countConnections(db: Db, orgId: string, limit: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from (
      select 1 from registry_connection where org_id = ${orgId} and deleted_at is null limit ${limit}) counted`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}

/** What an edit may change. */
export interface ConnectionValues {
  readonly name: string
  readonly host: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly secretFields: readonly string[]
  readonly insecure: boolean
  readonly access: string
  readonly enabled: boolean
  readonly engine: string
  readonly scanIntervalHours: number | null
  readonly nextRunAt: Date | null
  readonly selection: SelectionPolicy
}

export interface NewConnection extends ConnectionValues {
  readonly id: string
  readonly orgId: string
  readonly platform: string
  readonly now: Date
}

export async function insertConnection(db: Db, row: NewConnection): Promise<void> {
  await sql`
    insert into registry_connection (id, org_id, name, platform, host, settings, secret_fields, insecure, access, enabled, engine,
      scan_interval_hours, next_run_at, selection, created_at, updated_at)
    values (${row.id}, ${row.orgId}, ${row.name}, ${row.platform}, ${row.host}, ${{ ...row.settings }}::jsonb,
      ${storableJson(row.secretFields)}::jsonb, ${row.insecure}, ${row.access}, ${row.enabled}, ${row.engine},
      ${row.scanIntervalHours}, ${row.nextRunAt}, ${{ ...row.selection }}::jsonb, ${row.now}, ${row.now})`.execute(
    db,
  )
}

/** @returns false when the connection has another version by now, or is gone */
export async function updateConnection(
  db: Db,
  orgId: string,
  id: string,
  version: number,
  row: ConnectionValues & { readonly recheck: boolean; readonly now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    update registry_connection set name = ${row.name}, host = ${row.host}, settings = ${{ ...row.settings }}::jsonb,
      secret_fields = ${storableJson(row.secretFields)}::jsonb, insecure = ${row.insecure}, access = ${row.access}, enabled = ${row.enabled},
      engine = ${row.engine}, scan_interval_hours = ${row.scanIntervalHours}, next_run_at = ${row.nextRunAt}, selection = ${{ ...row.selection }}::jsonb,
      status = case when ${row.recheck} then 'Unknown' else status end,
      status_detail = case when ${row.recheck} then null else status_detail end,
      check_warnings = case when ${row.recheck} then '[]' else check_warnings end, refused = case when ${row.recheck} then null else refused end,
      settings_at = case when ${row.recheck} then ${row.now}::timestamptz else settings_at end,
      version = version + 1, updated_at = ${row.now}
    where org_id = ${orgId} and id = ${id}::uuid and version = ${version} and deleted_at is null returning id`.execute(
    db,
  )
  return rows.length > 0
}

/** @returns false when it is not the organisation's, or gone already */
export async function deleteConnection(db: Db, orgId: string, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update registry_connection set deleted_at = ${now}, enabled = false, next_run_at = null, progress = null
    where org_id = ${orgId} and id = ${id}::uuid and deleted_at is null returning id`.execute(db)
  return rows.length > 0
}

/** The registry refused the credentials of this version of the connection. */
export async function keepRefusal(db: Db, id: string, version: number, refused: Reason): Promise<void> {
  await sql`
    update registry_connection set refused = ${{ ...refused }}::jsonb
    where id = ${id}::uuid and version = ${version} and deleted_at is null`.execute(db)
}

/** The outcome of a check; a discovery that runs meanwhile keeps saying Syncing. */
export async function saveCheck(
  db: Db,
  orgId: string,
  id: string,
  check: {
    readonly status: 'Connected' | 'Error'
    readonly reason: Reason | null
    readonly warnings: readonly ConnectionWarning[]
    readonly now: Date
  },
): Promise<void> {
  await sql`
    update registry_connection set status = case when status = 'Syncing' then status else ${check.status} end,
      status_detail = ${check.reason === null ? null : { ...check.reason }}::jsonb, checked_at = ${check.now},
      check_warnings = ${storableJson(check.warnings)}::jsonb, refused = case when ${check.status} = 'Connected' then null else refused end
    where org_id = ${orgId} and id = ${id}::uuid and deleted_at is null`.execute(db)
}

/** Connections whose time has come; each gets its next time at once, so that two servers do not both take it. */
export async function takeDue(db: Db, now: Date, limit: number): Promise<{ id: string; org_id: string }[]> {
  const { rows } = await sql<{ id: string; org_id: string }>`
    with due as (
      select id from registry_connection where enabled and deleted_at is null and next_run_at <= ${now}
      order by next_run_at limit ${limit} for update skip locked
    )
    update registry_connection c set next_run_at = ${now}::timestamptz + make_interval(hours => c.scan_interval_hours)
    from due where c.id = due.id returning c.id, c.org_id`.execute(db)
  return rows
}
