import { sql } from 'kysely'
import type { Reason } from '../../core/index.ts'
import type { Db } from '../store.ts'
import { merged, type Wish } from '../wish.ts'

/** Where a discovery stands: enough to go on in another process. What each repository is at stands in its own row. */
export interface RunCursor {
  readonly phase: 'repositories' | 'contents' | 'tags' | 'looks'
  /** Nothing is left out because it did not change. */
  readonly complete: boolean
  /** The registry's own place in its listing of repositories, or of everything. */
  readonly listing: string | null
  /** When that listing began; what it did not name since then has gone. Milliseconds. */
  readonly listingBegan: number
  /** Only what was pushed since was asked for; null: everything. Milliseconds. */
  readonly since: number | null
  /** What the registry's last listing of everything left for this one; when that has ended, what this one leaves. */
  readonly memo: string | null
}

export interface RunRow {
  readonly id: string
  readonly org_id: string
  readonly connection_id: string
  readonly attempt: number
  readonly wish: Wish
  readonly cursor: RunCursor | null
}

export interface NewRun {
  readonly id: string
  readonly orgId: string
  readonly connectionId: string
  readonly now: Date
  readonly wish: Wish
  readonly notBefore: Date | null
}

/**
 * Until the transaction ends, nobody else lets a discovery of this connection wait: of those that wait there may be but one, and whoever
 * takes one in must know that there is no other. Taken before any row, so that nobody waits in a circle.
 */
async function lockWaiting(db: Db, connectionId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`discovery ${connectionId}`}, 0))`.execute(db)
}

/**
 * Asks for a discovery. One that waits and has not begun takes the wish in; one that has begun and waits to go on is followed by
 * another, so that nothing that it has passed is lost. The caller has a transaction.
 *
 * @param hurry a person asks: what waits for a later moment goes on now
 * @returns false when one waits already
 */
export async function requestRun(db: Db, run: NewRun, hurry: boolean): Promise<boolean> {
  await lockWaiting(db, run.connectionId)
  const { rows } = await sql<{ id: string }>`
    insert into discovery_run (id, org_id, connection_id, state, requested_at, wish, not_before)
    values (${run.id}, ${run.orgId}, ${run.connectionId}, 'pending', ${run.now}, ${{ ...run.wish }}::jsonb, ${run.notBefore})
    on conflict (connection_id, state) where state in ('pending', 'running') do nothing returning id`.execute(
    db,
  )
  if (rows.length > 0) return true
  const waiting = await waitingRun(db, run.connectionId)
  // Claimed in between: that one began after this was asked for, or it will be asked for again.
  if (waiting === undefined) return requestRun(db, run, hurry)
  await addWish(db, waiting, run.wish)
  // A wish for everything is not held back by looks that wait for a quota.
  const now = hurry || (run.wish.all && !waiting.wish.all && !waiting.begun)
  if (now) await sql`update discovery_run set not_before = null where id = ${waiting.id}`.execute(db)
  return false
}

interface WaitingRow {
  readonly id: string
  readonly wish: Wish
  readonly next_wish: Wish | null
  readonly begun: boolean
}

async function waitingRun(db: Db, connectionId: string): Promise<WaitingRow | undefined> {
  const { rows } = await sql<WaitingRow>`
    select id, wish, next_wish, cursor is not null as begun from discovery_run
    where connection_id = ${connectionId} and state = 'pending' for update`.execute(db)
  return rows[0]
}

async function addWish(db: Db, run: WaitingRow, wish: Wish): Promise<void> {
  if (!run.begun) {
    await sql`update discovery_run set wish = ${{ ...merged(run.wish, wish) }}::jsonb where id = ${run.id}`.execute(
      db,
    )
    return
  }
  const next = run.next_wish === null ? wish : merged(run.next_wish, wish)
  await sql`update discovery_run set next_wish = ${{ ...next }}::jsonb where id = ${run.id}`.execute(db)
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

export interface LastRuns {
  /** When the last discovery of everything that went to its end began. */
  readonly all: Date | null
  /** The same of the last complete one with the settings as they are. */
  readonly complete: Date | null
  /** How long the schedule takes from one to the next; null: there is none. */
  readonly intervalHours: number | null
  /** What the registry's listing left for the next one, in the last that went to its end. */
  readonly memo: string | null
}

export async function lastRuns(db: Db, connectionId: string): Promise<LastRuns> {
  const { rows } = await sql<LastRuns>`
    with ended as (
      select d.started_at, d.cursor, d.complete and (c.settings_at is null or d.started_at >= c.settings_at) as complete, c.scan_interval_hours
      from discovery_run d join registry_connection c on c.id = d.connection_id
      where d.connection_id = ${connectionId} and d.state = 'completed' and d.wish ->> 'all' = 'true'
    )
    select max(started_at) as all, max(started_at) filter (where complete) as complete, max(scan_interval_hours) as "intervalHours",
      (select cursor ->> 'memo' from ended order by started_at desc limit 1) as memo from ended`.execute(db)
  return rows[0] ?? { all: null, complete: null, intervalHours: null, memo: null }
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
    returning discovery_run.id, org_id, connection_id, attempt, wish, cursor`.execute(db)
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
    update discovery_run set cursor = ${{ ...cursor }}::jsonb, lease_until = ${leaseUntil}
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
  /** It listed everything anew, to its end. */
  readonly complete?: boolean
  readonly repositories?: number
  readonly tags?: number
}

/**
 * Ends a claim. A run that goes back to waiting takes in the one that waits already.
 *
 * @returns what was asked for since it began; undefined when the claim was lost
 */
export async function endRun(
  db: Db,
  claim: RunClaim,
  outcome: RunOutcome,
): Promise<{ readonly next: Wish | null } | undefined> {
  const connectionId = await connectionOf(db, claim.id)
  if (connectionId === undefined) return undefined
  await lockWaiting(db, connectionId)
  if (!(await holds(db, claim))) return undefined
  if (outcome.state === 'pending') await takeInWaiting(db, claim.id)
  const { rows } = await sql<{ next: Wish | null }>`
    update discovery_run set state = ${outcome.state}, reason = ${outcome.reason}::jsonb, incomplete_because = ${outcome.incompleteBecause},
      not_before = ${outcome.notBefore}, finished_at = ${outcome.finishedAt}, worker = null, lease_until = null,
      complete = ${outcome.complete === true}, repositories = coalesce(${outcome.repositories ?? null}, repositories), tags = coalesce(${outcome.tags ?? null}, tags),
      attempt = attempt - ${outcome.uncounted === true ? 1 : 0}
    where id = ${claim.id} returning next_wish as next`.execute(db)
  return rows[0]
}

async function connectionOf(db: Db, runId: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select connection_id as id from discovery_run where id = ${runId}`.execute(db)
  return rows[0]?.id
}

async function holds(db: Db, claim: RunClaim): Promise<boolean> {
  const { rows } = await sql`
    select from discovery_run
    where id = ${claim.id} and state = 'running' and worker = ${claim.worker} and attempt = ${claim.attempt} for update`.execute(
    db,
  )
  return rows.length > 0
}

/** What waits beside a run that goes back to waiting becomes that run's own: only one may wait. */
async function takeInWaiting(db: Db, runId: string): Promise<void> {
  const { rows } = await sql<WaitingRow>`
    select id, wish, next_wish, cursor is not null as begun from discovery_run where id = ${runId} for update`.execute(
    db,
  )
  const [run] = rows
  if (run === undefined) return
  const { rows: waiting } = await sql<{ wish: Wish; next_wish: Wish | null }>`
    delete from discovery_run w using discovery_run d
    where d.id = ${runId} and w.connection_id = d.connection_id and w.state = 'pending' returning w.wish, w.next_wish`.execute(
    db,
  )
  const [taken] = waiting
  if (taken === undefined) return
  await addWish(db, run, taken.next_wish === null ? taken.wish : merged(taken.wish, taken.next_wish))
}

export interface RunExpiry {
  readonly now: Date
  /** All, whatever their lease. */
  readonly everyone: boolean
}

export interface ExpiredRun {
  readonly id: string
  readonly org_id: string
  readonly connection_id: string
}

/** Discoveries whose worker has gone. */
export async function expiredRuns(db: Db, { now, everyone }: RunExpiry): Promise<ExpiredRun[]> {
  const { rows } = await sql<ExpiredRun>`
    select id, org_id, connection_id from discovery_run
    where state = 'running' and (${everyone} or lease_until < ${now}) order by id`.execute(db)
  return rows
}

export interface Expiring extends RunExpiry {
  /** Tries of one discovery, those of workers that died included. */
  readonly attempts: number
  /** Why one fails that has used them up. */
  readonly abandoned: Reason
}

/**
 * A discovery whose worker has gone waits again, with its place kept, or fails when it has used up its attempts.
 *
 * @returns undefined when it has a worker after all, or has ended
 */
export async function expireRun(
  db: Db,
  { id, connection_id }: ExpiredRun,
  { now, everyone, attempts, abandoned }: Expiring,
): Promise<'pending' | 'failed' | undefined> {
  await lockWaiting(db, connection_id)
  const { rows } = await sql<{ spent: boolean }>`
    select attempt >= ${attempts} as spent from discovery_run
    where id = ${id} and state = 'running' and (${everyone} or lease_until < ${now}) for update`.execute(db)
  const [run] = rows
  if (run === undefined) return undefined
  const state = run.spent ? 'failed' : 'pending'
  // What waits beside one that fails is another discovery, with tries of its own.
  if (state === 'pending') await takeInWaiting(db, id)
  await sql`
    update discovery_run set worker = null, lease_until = null, state = ${state},
      reason = ${run.spent ? { ...abandoned } : null}::jsonb, finished_at = ${run.spent ? now : null}::timestamptz
    where id = ${id}`.execute(db)
  return state
}
