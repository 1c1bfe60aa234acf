import { sql } from 'kysely'
import type { Reason } from '../../core/index.ts'
import type { Db } from '../store.ts'

/** Where a discovery stands: enough to go on in another process. */
export interface RunCursor {
  readonly phase: 'repositories' | 'tags'
  /** The registry's own place in its listing of repositories. */
  readonly listing: string | null
  /** When the listing of repositories began; what it did not name since then has gone. Milliseconds. */
  readonly listingBegan: number
  /** Repositories up to this path are done. */
  readonly after: string
  readonly repositoriesDone: number
  readonly repositoriesTotal: number
  readonly tags: number
  /** What could not be read. */
  readonly failures: number
  readonly firstFailure: string | null
}

export interface RunRow {
  readonly id: string
  readonly org_id: string
  readonly connection_id: string
  readonly attempt: number
  readonly cursor: RunCursor | null
}

/** @returns false when one waits already */
export async function insertRun(
  db: Db,
  run: {
    readonly id: string
    readonly orgId: string
    readonly connectionId: string
    readonly now: Date
  },
): Promise<boolean> {
  const { rows } = await sql`
    insert into discovery_run (id, org_id, connection_id, state, requested_at)
    values (${run.id}, ${run.orgId}, ${run.connectionId}, 'pending', ${run.now})
    on conflict (connection_id, state) where state in ('pending', 'running')
      do update set not_before = null
    returning (xmax = 0) as inserted`.execute(db)
  return (rows[0] as { inserted: boolean } | undefined)?.inserted === true
}

/** Whether the organisation has the connection, and whether it is enabled. */
export async function connectionState(
  db: Db,
  orgId: string,
  connectionId: string,
): Promise<{ enabled: boolean } | undefined> {
  const { rows } = await sql<{ enabled: boolean }>`
    select enabled from registry_connection where org_id = ${orgId} and id = ${connectionId} and deleted_at is null`.execute(
    db,
  )
  return rows[0]
}

/** Names a claim: whoever lost it matches no row. */
export interface RunClaim {
  readonly id: string
  readonly worker: string
  readonly attempt: number
}

export interface ClaimRunOptions {
  readonly worker: string
  readonly now: Date
  readonly leaseUntil: Date
}

/** Takes the discovery that waits longest, of a connection that none runs for. */
export async function claimRun(
  db: Db,
  { worker, now, leaseUntil }: ClaimRunOptions,
): Promise<RunRow | undefined> {
  const { rows } = await sql<RunRow>`
    with chosen as (
      select d.id from discovery_run d join registry_connection c on c.id = d.connection_id
      where d.state = 'pending' and (d.not_before is null or d.not_before <= ${now}) and c.enabled and c.deleted_at is null
        and not exists (select from discovery_run o where o.connection_id = d.connection_id and o.state = 'running')
      order by d.requested_at limit 1 for update of d skip locked
    )
    update discovery_run set state = 'running', worker = ${worker}, lease_until = ${leaseUntil}, attempt = attempt + 1,
      started_at = coalesce(started_at, ${now}), not_before = null
    from chosen where discovery_run.id = chosen.id
    returning discovery_run.id, org_id, connection_id, attempt, cursor`.execute(db)
  return rows[0]
}

/** Keeps the place reached and the claim. @returns whether the claim still holds */
export async function saveRun(
  db: Db,
  claim: RunClaim,
  cursor: RunCursor,
  leaseUntil: Date,
): Promise<boolean> {
  const { rows } = await sql`
    update discovery_run set cursor = ${cursor}::jsonb, repositories = ${cursor.repositoriesDone}, tags = ${cursor.tags}, lease_until = ${leaseUntil}
    where id = ${claim.id} and state = 'running' and worker = ${claim.worker} and attempt = ${claim.attempt} returning id`.execute(
    db,
  )
  return rows.length > 0
}

/** @returns whether the claim still holds */
export async function extendRun(db: Db, claim: RunClaim, leaseUntil: Date): Promise<boolean> {
  const { rows } = await sql`
    update discovery_run set lease_until = ${leaseUntil}
    where id = ${claim.id} and state = 'running' and worker = ${claim.worker} and attempt = ${claim.attempt} returning id`.execute(
    db,
  )
  return rows.length > 0
}

export interface RunOutcome {
  readonly state: 'completed' | 'failed' | 'pending'
  readonly reason: Reason | null
  readonly incompleteBecause: string | null
  readonly notBefore: Date | null
  readonly finishedAt: Date | null
  readonly uncounted?: boolean
}

/**
 * Ends a claim. A run that goes back to waiting takes in the one that waits already, and then begins anew: what was pushed
 * since may be in repositories that it has passed.
 *
 * @returns whether the claim still held
 */
export async function endRun(db: Db, claim: RunClaim, outcome: RunOutcome): Promise<boolean> {
  const again = outcome.state === 'pending' && (await takeInWaiting(db, claim.id))
  const { rows } = await sql`
    update discovery_run set state = ${outcome.state}, reason = ${outcome.reason}::jsonb, incomplete_because = ${outcome.incompleteBecause},
      not_before = ${outcome.notBefore}, finished_at = ${outcome.finishedAt}, worker = null, lease_until = null,
      attempt = attempt - ${outcome.uncounted === true ? 1 : 0}, cursor = case when ${again} then null else cursor end
    where id = ${claim.id} and state = 'running' and worker = ${claim.worker} and attempt = ${claim.attempt} returning id`.execute(
    db,
  )
  return rows.length > 0
}

async function takeInWaiting(db: Db, runId: string): Promise<boolean> {
  const { rows } = await sql`
    delete from discovery_run w using discovery_run d
    where d.id = ${runId} and w.connection_id = d.connection_id and w.state = 'pending' returning w.id`.execute(
    db,
  )
  return rows.length > 0
}

/** Discoveries whose worker has gone wait again, with their place kept. */
export async function expireRuns(db: Db, now: Date, everyone: boolean): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from discovery_run where state = 'running' and (${everyone} or lease_until < ${now})
    order by id for update skip locked`.execute(db)
  for (const { id } of rows) {
    const again = await takeInWaiting(db, id)
    await sql`
      update discovery_run set state = 'pending', worker = null, lease_until = null, cursor = case when ${again} then null else cursor end
      where id = ${id}`.execute(db)
  }
  return rows.length
}
