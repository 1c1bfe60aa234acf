import { type Kysely, sql } from 'kysely'
import type { Reason } from '../core/index.ts'
import { MAX_ATTEMPTS } from './retry.ts'

export type Db = Kysely<unknown>

/** Names a claim: whoever lost it matches no row. */
export interface Claim {
  readonly id: string
  readonly orgId: string
  readonly manifest: Uint8Array
  readonly worker: string
  readonly attempt: number
}

export interface ClaimedRow {
  readonly id: string
  readonly org_id: string
  readonly connection_id: string
  readonly image_id: number
  readonly host: string
  readonly path: string
  readonly manifest_digest: Uint8Array
  readonly platform: string
  readonly attempt: number
  readonly engine: string
  readonly user_priority: boolean
}

export interface ClaimOptions {
  readonly worker: string
  readonly limit: number
  readonly userPriority: boolean
  readonly now: Date
  readonly leaseUntil: Date
}

/**
 * Takes waiting scans. Organisations are found by hopping along the index, so that a backlog of 100,000 costs nothing; each
 * gets its next turn in order of how much of its work runs already.
 */
export async function claimScans(db: Db, options: ClaimOptions): Promise<ClaimedRow[]> {
  const { worker, limit, userPriority, now, leaseUntil } = options
  const { rows } = await sql<ClaimedRow>`
    with recursive org (org_id) as (
      (select org_id from scan where state = 'pending' and user_priority = ${userPriority} order by org_id limit 1)
      union all
      select (select s.org_id from scan s where s.state = 'pending' and s.user_priority = ${userPriority} and s.org_id > org.org_id order by s.org_id limit 1)
      from org where org.org_id is not null
    ),
    candidate as (
      select waiting.id,
        row_number() over (partition by org.org_id order by waiting.id)
          + (select count(*) from scan a where a.state = 'scanning' and a.org_id = org.org_id) as turn
      from org cross join lateral (
        select s.id from scan s
        where s.state = 'pending' and s.user_priority = ${userPriority} and s.org_id = org.org_id and (s.not_before is null or s.not_before <= ${now})
        order by s.id limit ${limit + 50}
      ) waiting
      where org.org_id is not null
    ),
    chosen as (
      select s.id from scan s join candidate on candidate.id = s.id
      where s.state = 'pending' order by candidate.turn, s.id limit ${limit} for update of s skip locked
    ),
    claimed as (
      update scan set state = 'scanning', worker = ${worker}, lease_until = ${leaseUntil}, attempt = attempt + 1,
        started_at = ${now}, not_before = null, reason = null
      from chosen where scan.id = chosen.id returning scan.*
    )
    select c.id::text, c.org_id, c.connection_id, c.image_id, r.host, r.path, c.manifest_digest,
      coalesce(p.platform, '') as platform, c.attempt, c.engine, c.user_priority
    from claimed c join image i on i.id = c.image_id join repository r on r.id = i.repository_id
    left join image_platform p on p.image_id = c.image_id and p.manifest_digest = c.manifest_digest
    order by c.id`.execute(db)
  return rows
}

/** @returns whether the claim still holds */
export async function extendLease(db: Db, claim: Claim, leaseUntil: Date): Promise<boolean> {
  const { rows } = await sql`
    update scan set lease_until = ${leaseUntil}
    where id = ${claim.id} and state = 'scanning' and worker = ${claim.worker} and attempt = ${claim.attempt} returning id`.execute(
    db,
  )
  return rows.length > 0
}

export interface Outcome {
  readonly state: 'completed' | 'failed' | 'pending' | 'cancelled'
  readonly reason: Reason | null
  readonly notBefore: Date | null
  readonly finishedAt: Date | null
  /** Taken back, as a worker does that must stop: the attempt does not count. */
  readonly uncounted?: boolean
}

/** Compare-and-set: ends a claim. @returns whether it still held */
export async function endClaim(db: Db, claim: Claim, outcome: Outcome): Promise<boolean> {
  const { rows } = await sql`
    update scan set state = ${outcome.state}, reason = ${outcome.reason}::jsonb, not_before = ${outcome.notBefore}, finished_at = ${outcome.finishedAt},
      attempt = attempt - ${outcome.uncounted === true ? 1 : 0}, worker = null, lease_until = null
    where id = ${claim.id} and state = 'scanning' and worker = ${claim.worker} and attempt = ${claim.attempt} returning id`.execute(
    db,
  )
  return rows.length > 0
}

/** Scans of a connection that wait are cancelled. @returns their manifests */
export async function cancelWaiting(
  db: Db,
  orgId: string,
  connectionId: string,
  reason: Reason,
  now: Date,
): Promise<Uint8Array[]> {
  const { rows } = await sql<{ manifest_digest: Uint8Array }>`
    update scan set state = 'cancelled', reason = ${{ ...reason }}::jsonb, finished_at = ${now}
    where id in (
      select id from scan where org_id = ${orgId} and connection_id = ${connectionId}::uuid and state = 'pending' order by id for update)
    returning manifest_digest`.execute(db)
  return rows.map((row) => row.manifest_digest)
}

export interface Linked {
  /** Which engine made it: images of repositories for which another speaks do not get it. */
  readonly engine: string
  readonly inventoryId: number
  readonly sizeBytes: number | null
  readonly platform: string | null
}

/**
 * Gives an inventory to every image of the organisation that has the manifest, and makes their repositories' postings due.
 * Repositories are locked before images, in order of id: the order that discovery takes, too.
 */
export async function linkInventory(
  db: Db,
  orgId: string,
  manifest: Uint8Array,
  linked: Linked,
): Promise<void> {
  await sql`
    with due as (
      select r.id from repository r where r.id in (
        select i.repository_id from image_platform p join image i on i.id = p.image_id where p.manifest_digest = ${manifest} and i.org_id = ${orgId})
        and r.engine = ${linked.engine}
      order by r.id for update
    )
    update repository set postings_due = true from due where repository.id = due.id`.execute(db)
  await sql`
    update image_platform p set inventory_id = ${linked.inventoryId}, size = coalesce(${linked.sizeBytes}, p.size),
      platform = case when p.platform = '' then coalesce(${linked.platform}, '') else p.platform end
    from image i join repository r on r.id = i.repository_id
    where i.id = p.image_id and i.org_id = ${orgId} and p.manifest_digest = ${manifest} and r.engine = ${linked.engine}`.execute(
    db,
  )
}

/**
 * Brings `image.scan_status` in line with the newest scans of the manifests, by the engine that speaks for the image; platforms
 * that are not wanted say nothing, and what was scanned but has no inventory (any more) counts as not scanned. Images are locked in order of id.
 */
export async function refreshStatus(db: Db, orgId: string, manifests: readonly Uint8Array[]): Promise<void> {
  if (manifests.length === 0) return
  await sql`
    with touched as (
      select i.id from image i where i.org_id = ${orgId} and i.id in (
        select p.image_id from image_platform p where p.manifest_digest = any(${manifests}::bytea[]))
      order by i.id for update
    ),
    newest as (
      select p.image_id, coalesce((
        select case when s.state = 'completed' and p.inventory_id is null then 'none' else s.state end
        from scan s where s.org_id = ${orgId} and s.manifest_digest = p.manifest_digest and s.engine = r.engine order by s.id desc limit 1), 'none') as state
      from touched join image i on i.id = touched.id join repository r on r.id = i.repository_id
      join image_platform p on p.image_id = touched.id and p.wanted
    ),
    status as (
      select image_id, case
        when bool_or(state = 'scanning') then 'Scanning'
        when bool_or(state in ('pending', 'none', 'cancelled')) then 'Pending'
        when bool_or(state = 'failed') then 'Failed'
        else 'Completed' end as word
      from newest group by image_id
    )
    update image set scan_status = status.word from status
    where image.id = status.image_id and image.scan_status is distinct from status.word`.execute(db)
}

interface Expired {
  readonly org_id: string
  readonly manifest_digest: Uint8Array
}

/** Scans whose lease has ended wait again, or fail when they have used up their attempts. */
export async function expireScans(db: Db, now: Date, everyone: boolean, abandoned: Reason): Promise<number> {
  const { rows } = await sql<Expired>`
    with expired as (
      select id from scan where state = 'scanning' and (${everyone} or lease_until < ${now}) order by id limit 500 for update skip locked
    )
    update scan set worker = null, lease_until = null,
      state = case when attempt >= ${MAX_ATTEMPTS} then 'failed' else 'pending' end,
      reason = case when attempt >= ${MAX_ATTEMPTS} then ${abandoned}::jsonb end,
      finished_at = case when attempt >= ${MAX_ATTEMPTS} then ${now}::timestamptz end
    from expired where scan.id = expired.id returning scan.org_id, scan.manifest_digest`.execute(db)
  const byOrg = Map.groupBy(rows, (row) => row.org_id)
  for (const [orgId, scans] of [...byOrg].sort(([left], [right]) => (left < right ? -1 : 1))) {
    await refreshStatus(
      db,
      orgId,
      scans.map((scan) => scan.manifest_digest),
    )
  }
  return rows.length
}
