import { sql } from 'kysely'
import type { Reason } from '../../core/index.ts'
import type { ScanState } from '../ports.ts'
import type { Db } from '../store.ts'

export interface EnqueueOptions {
  readonly orgId: string
  readonly connectionId: string
  readonly repositories: readonly number[]
  readonly userPriority: boolean
  readonly now: Date
}

/**
 * Queues what is selected and not scanned by the repository's engine: never scanned, cancelled, pushed again since, or failed for a
 * cause that may have passed (any cause, when a person asks). What waits already is moved to the front for a person. What another
 * engine than the built-in one said is not matched again on new vulnerability data, so a person's wish repeats it.
 * A completed scan counts where its inventory is: an image that was recorded while the scan completed did not get it. Every scan
 * that completes gives its inventory to all, so this does not go on and on.
 *
 * @returns the manifests that wait now because of this
 */
export async function enqueueSelected(db: Db, options: EnqueueOptions): Promise<Uint8Array[]> {
  const { orgId, connectionId, repositories, userPriority, now } = options
  const { rows } = await sql<{ manifest_digest: Uint8Array }>`
    insert into scan (org_id, manifest_digest, image_id, connection_id, engine, user_priority, pushed_at, requested_at)
    select distinct on (p.manifest_digest, r.engine) i.org_id, p.manifest_digest, i.id, ${connectionId}::uuid, r.engine, ${userPriority}::boolean, i.pushed_at, ${now}::timestamptz
    from image i join repository r on r.id = i.repository_id join image_platform p on p.image_id = i.id and p.wanted
    left join lateral (
      select s.state, s.pushed_at, s.reason ->> 'kind' as cause from scan s
      where s.org_id = i.org_id and s.manifest_digest = p.manifest_digest and s.engine = r.engine order by s.id desc limit 1
    ) last on true
    where i.org_id = ${orgId} and i.repository_id = any(${repositories}::int[]) and i.selected and i.gone_at is null
      and i.kind in ('image', 'unknown')
      and (last.state is null or last.state = 'cancelled'
        or (last.state = 'failed' and (${userPriority} or last.cause in ('temporary', 'rate-limited', 'auth', 'denied', 'not-found')))
        or (last.state = 'completed' and (p.inventory_id is null or i.pushed_at > last.pushed_at or (${userPriority} and r.engine <> 'portolan')))
        or (last.state = 'pending' and ${userPriority}))
    order by p.manifest_digest, r.engine, i.pushed_at desc nulls last, i.id
    on conflict (org_id, manifest_digest, engine) where state in ('pending', 'scanning')
      do update set user_priority = true, not_before = null where excluded.user_priority and scan.state = 'pending'
    returning manifest_digest`.execute(db)
  return rows.map((row) => row.manifest_digest)
}

/** Manifests of images that no scan has spoken of yet: their status may follow from a scan of another image. */
export async function manifestsWithoutStatus(
  db: Db,
  orgId: string,
  repositories: readonly number[],
): Promise<Uint8Array[]> {
  const { rows } = await sql<{ manifest_digest: Uint8Array }>`
    select distinct p.manifest_digest from image i join repository r on r.id = i.repository_id join image_platform p on p.image_id = i.id
    where i.org_id = ${orgId} and i.repository_id = any(${repositories}::int[]) and i.scan_status is null and i.gone_at is null
      and exists (select from scan s where s.org_id = i.org_id and s.manifest_digest = p.manifest_digest and s.engine = r.engine)`.execute(
    db,
  )
  return rows.map((row) => row.manifest_digest)
}

/** Queues every wanted platform of one image, or moves what waits to the front. */
export async function enqueueImage(
  db: Db,
  orgId: string,
  imageId: number,
  connectionId: string,
  now: Date,
): Promise<Uint8Array[]> {
  const { rows } = await sql<{ manifest_digest: Uint8Array }>`
    insert into scan (org_id, manifest_digest, image_id, connection_id, engine, user_priority, pushed_at, requested_at)
    select i.org_id, p.manifest_digest, i.id, ${connectionId}::uuid, r.engine, true, i.pushed_at, ${now}::timestamptz
    from image i join repository r on r.id = i.repository_id join image_platform p on p.image_id = i.id and p.wanted where i.org_id = ${orgId} and i.id = ${imageId}
    order by p.manifest_digest
    on conflict (org_id, manifest_digest, engine) where state in ('pending', 'scanning')
      do update set user_priority = true, not_before = null where scan.state = 'pending'
    returning manifest_digest`.execute(db)
  return rows.map((row) => row.manifest_digest)
}

export interface ImageSourceRow {
  readonly kind: string
  /** The best connection that sees the repository; null when none does. */
  readonly connection_id: string | null
}

/** Where an image can be pulled from. */
export async function findImage(db: Db, orgId: string, imageId: number): Promise<ImageSourceRow | undefined> {
  const { rows } = await sql<ImageSourceRow>`
    select i.kind, (
      select c.id from connection_repository cr join registry_connection c on c.id = cr.connection_id
      where cr.repository_id = i.repository_id and c.org_id = i.org_id and c.enabled and c.deleted_at is null
      order by c.status = 'Error', c.created_at limit 1) as connection_id
    from image i where i.org_id = ${orgId} and i.id = ${imageId}::bigint and i.gone_at is null`.execute(db)
  return rows[0]
}

export async function findScan(
  db: Db,
  orgId: string,
  scanId: string,
): Promise<{ state: ScanState; image_id: number } | undefined> {
  const { rows } = await sql<{ state: ScanState; image_id: number }>`
    select state, image_id from scan where org_id = ${orgId} and id = ${scanId}::bigint`.execute(db)
  return rows[0]
}

/** Queues a scan once more beside the failed one. @returns its manifest, if it does not wait already */
export async function repeatScan(
  db: Db,
  orgId: string,
  scanId: string,
  connectionId: string,
  now: Date,
): Promise<Uint8Array[]> {
  const { rows } = await sql<{ manifest_digest: Uint8Array }>`
    insert into scan (org_id, manifest_digest, image_id, connection_id, engine, user_priority, pushed_at, requested_at)
    select org_id, manifest_digest, image_id, ${connectionId}::uuid, engine, true, pushed_at, ${now}::timestamptz
    from scan where org_id = ${orgId} and id = ${scanId}::bigint
    on conflict (org_id, manifest_digest, engine) where state in ('pending', 'scanning')
      do update set user_priority = true, not_before = null where scan.state = 'pending'
    returning manifest_digest`.execute(db)
  return rows.map((row) => row.manifest_digest)
}

export interface ScanRow {
  readonly id: string
  readonly image_id: number
  readonly repository: string
  readonly manifest_digest: Uint8Array
  readonly engine: string
  readonly state: ScanState
  readonly attempt: number
  readonly reason: Reason | null
  readonly requested_at: Date
  readonly finished_at: Date | null
}

export interface ScanFilter {
  readonly connection: string | undefined
  readonly state: ScanState | undefined
  readonly before: number | undefined
  readonly limit: number
}

export async function listScans(db: Db, orgId: string, filter: ScanFilter): Promise<ScanRow[]> {
  const { rows } = await sql<ScanRow>`
    select s.id::text, s.image_id, r.host || '/' || r.path as repository, s.manifest_digest, s.engine, s.state, s.attempt, s.reason, s.requested_at, s.finished_at
    from scan s join image i on i.id = s.image_id join repository r on r.id = i.repository_id
    where ${matching(orgId, filter)} ${filter.before === undefined ? sql`` : sql`and s.id < ${filter.before}::bigint`}
    order by s.id desc limit ${filter.limit}`.execute(db)
  return rows
}

/** @returns how many, at most `limit` */
export async function countScans(db: Db, orgId: string, filter: ScanFilter, limit: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from (select 1 from scan s where ${matching(orgId, filter)} limit ${limit}) counted`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}

function matching(orgId: string, filter: ScanFilter) {
  const connection = filter.connection === undefined ? sql`` : sql`and s.connection_id = ${filter.connection}`
  const state = filter.state === undefined ? sql`` : sql`and s.state = ${filter.state}`
  return sql`s.org_id = ${orgId} ${connection} ${state}`
}
