import { AppError, type Clock, isRetryable, newId, reasonOf, toAppError } from '../core/index.ts'
import { type ConnectorSource, markSyncing, saveProgress, settle } from '../connections/index.ts'
import { type Database, inTransaction } from '../platform/db/index.ts'
import { type DiscoverResult, discover } from './discover.ts'
import {
  claimRun,
  endRun,
  type ExpiredRun,
  expiredRuns,
  expireRun,
  extendRun,
  requestRun,
  type RunExpiry,
  type RunOutcome,
  type RunRow,
  saveRun,
} from './runs/store.ts'
import { ONLY_LOOKS, type Wish } from './wish.ts'

/** Tries of one discovery, the first included; workers that died count. */
const MAX_ATTEMPTS = 5
const FIRST_WAIT = 30_000
/** Before more images are looked into, where the registry does not say how long it wants to be left alone. */
const LOOKS_WAIT = 600_000
/** People see progress this often at most; milliseconds. */
const REPORT_EVERY = 500

export interface DiscoveryWorkerOptions {
  readonly db: Database
  readonly clock: Clock
  readonly connectors: ConnectorSource
  /** Without a sign of life for this long, a worker counts as gone. Milliseconds; 60,000 when not given. */
  readonly leaseMs?: number
  /** These repositories were looked at. */
  readonly onRepositories?: (orgId: string, connectionId: string, ids: readonly number[]) => Promise<void>
  /** What is shown of the connection changed. */
  readonly onChange?: (orgId: string, connectionId: string) => void
}

/** How a discovery ended. */
export interface DiscoveryEnd {
  readonly orgId: string
  readonly connectionId: string
  readonly outcome: 'completed' | 'retry' | 'failed' | 'lost'
  readonly error: AppError | null
}

export interface DiscoveryWorker {
  /** Takes a discovery that waits and does it; undefined when none waits. Aborting hands it back with its place kept. */
  runNext(worker: string, signal?: AbortSignal): Promise<DiscoveryEnd | undefined>
  /**
   * Discoveries whose worker has gone wait again, or fail with `discovery-abandoned` where each of five tries ended so.
   * @param everyone all of them, whatever their lease: for the start of the only process
   */
  expireLeases(everyone?: 'everyone'): Promise<number>
}

export function createDiscoveryWorker(options: DiscoveryWorkerOptions): DiscoveryWorker {
  const { db, clock } = options
  return {
    async runNext(worker, signal) {
      const now = new Date(clock.now())
      const run = await inTransaction(db, 'bulk', async (tx) => {
        const claimed = await claimRun(tx, { worker, now, leaseUntil: leaseEnd(options) })
        if (claimed?.wish.all === true) await markSyncing(tx, claimed.org_id, claimed.connection_id)
        return claimed
      })
      return run === undefined ? undefined : work(options, { run, worker, signal })
    },
    expireLeases: (everyone) => expireLeases(options, everyone === 'everyone'),
  }
}

/** Each in a transaction of its own: one that cannot be ended does not hold up the others. */
async function expireLeases(options: DiscoveryWorkerOptions, everyone: boolean): Promise<number> {
  const { db, clock } = options
  const expiry = { now: new Date(clock.now()), everyone }
  const failures: unknown[] = []
  let expired = 0
  for (const run of await expiredRuns(db.lane('bulk'), expiry)) {
    try {
      if (await expire(options, run, expiry)) expired += 1
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return expired
}

async function expire(
  { db, onChange }: DiscoveryWorkerOptions,
  run: ExpiredRun,
  expiry: RunExpiry,
): Promise<boolean> {
  const { org_id: orgId, connection_id: id } = run
  const reason = reasonOf(discoveryAbandoned())
  const state = await inTransaction(db, 'bulk', async (tx) => {
    const ended = await expireRun(tx, run, { ...expiry, attempts: MAX_ATTEMPTS, abandoned: reason })
    if (ended === 'failed') await settle(tx, orgId, id, { status: 'Error', reason, checkedAt: expiry.now })
    return ended
  })
  if (state !== undefined) onChange?.(orgId, id)
  return state !== undefined
}

interface Claimed {
  readonly run: RunRow
  readonly worker: string
  readonly signal: AbortSignal | undefined
}

function leaseEnd({ clock, leaseMs = 60_000 }: DiscoveryWorkerOptions): Date {
  return new Date(clock.now() + leaseMs)
}

async function work(options: DiscoveryWorkerOptions, claimed: Claimed): Promise<DiscoveryEnd> {
  const { run, worker, signal } = claimed
  const lost = new AbortController()
  const stop = signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal])
  const claim = { id: run.id, worker, attempt: run.attempt }
  const heartbeat = setInterval(
    () => {
      void extendRun(options.db.lane('bulk'), claim, leaseEnd(options)).then(
        (held) => held || lost.abort(claimLost()),
        () => undefined,
      )
    },
    (options.leaseMs ?? 60_000) / 3,
  )
  const progress = { made: false }
  try {
    const result = await discoverRun(options, claimed, stop, progress)
    return await end(options, claimed, result, progress.made)
  } catch (error) {
    return await end(options, claimed, lost.signal.aborted ? claimLost() : toAppError(error), progress.made)
  } finally {
    clearInterval(heartbeat)
  }
}

async function discoverRun(
  options: DiscoveryWorkerOptions,
  { run, worker }: Claimed,
  signal: AbortSignal,
  made: { made: boolean },
): Promise<DiscoverResult> {
  const { db, clock, connectors } = options
  const { org_id: orgId, connection_id: connectionId } = run
  const connector = await connectors.openConnector(orgId, connectionId)
  const progress = progressReporter(options, run)
  try {
    return await discover({
      db,
      clock,
      orgId,
      connectionId,
      connector,
      signal,
      runId: run.id,
      wish: run.wish,
      cursor: run.cursor,
      onProgress(each) {
        made.made = true
        if (run.wish.all) progress.report(each)
      },
      onRepositories: async (ids) => options.onRepositories?.(orgId, connectionId, ids),
      save: async (cursor) => {
        const claim = { id: run.id, worker, attempt: run.attempt }
        if (!(await saveRun(db.lane('bulk'), claim, cursor, leaseEnd(options)))) throw claimLost()
      },
    })
  } finally {
    await connector.close()
    await progress.written()
  }
}

function progressReporter(options: DiscoveryWorkerOptions, run: RunRow) {
  let reported = 0
  let writing = Promise.resolve()
  const report = (progress: { done: number; total: number | null; detail: string }): void => {
    const now = options.clock.now()
    if (now - reported < REPORT_EVERY) return
    reported = now
    const shown = { phase: 'discovering' as const, ...progress }
    writing = saveProgress(options.db.lane('bulk'), run.org_id, run.connection_id, shown).then(
      () => options.onChange?.(run.org_id, run.connection_id),
      // Progress is worth nothing without a database; the discovery itself will say so.
      () => undefined,
    )
  }
  return { report, written: () => writing }
}

async function end(
  options: DiscoveryWorkerOptions,
  { run, worker }: Claimed,
  ended: DiscoverResult | AppError,
  progressed: boolean,
): Promise<DiscoveryEnd> {
  const { db, clock } = options
  const { org_id: orgId, connection_id: connectionId } = run
  const error = ended instanceof AppError ? ended : null
  const now = clock.now()
  const outcome = outcomeOf(run, ended, progressed, now)
  const held = await inTransaction(db, 'bulk', async (tx) => {
    const done = await endRun(tx, { id: run.id, worker, attempt: run.attempt }, outcome)
    if (done === undefined) return false
    await settle(tx, orgId, connectionId, settled(ended, outcome, now))
    for (const { wish, notBefore } of followers(ended, outcome, done.next, now)) {
      const next = { id: newId(now), orgId, connectionId, now: new Date(now), wish, notBefore }
      await requestRun(tx, next, false)
    }
    return true
  })
  options.onChange?.(orgId, connectionId)
  const word = outcome.state === 'pending' ? 'retry' : outcome.state
  return { orgId, connectionId, error, outcome: held ? word : 'lost' }
}

/** What is to be done after a discovery: what was asked for since, and looks that the registry held back. */
function followers(ended: DiscoverResult | AppError, outcome: RunOutcome, next: Wish | null, now: number) {
  const wishes: { wish: Wish; notBefore: Date | null }[] = []
  if (outcome.state !== 'completed' || ended instanceof AppError) return wishes
  if (next !== null) wishes.push({ wish: next, notBefore: null })
  if (ended.limited !== null) {
    const notBefore = new Date(ended.limited.retryAt ?? now + LOOKS_WAIT)
    wishes.push({ wish: ONLY_LOOKS, notBefore })
  }
  return wishes
}

function outcomeOf(
  run: RunRow,
  ended: DiscoverResult | AppError,
  progressed: boolean,
  now: number,
): RunOutcome {
  const none = { reason: null, incompleteBecause: null, notBefore: null, finishedAt: null }
  if (!(ended instanceof AppError)) {
    const { incompleteBecause, complete, found } = ended
    return { ...none, state: 'completed', incompleteBecause, complete, ...found, finishedAt: new Date(now) }
  }
  const reason = reasonOf(ended)
  if (ended.kind === 'cancelled') return { ...none, state: 'pending', uncounted: true }
  // A large registry with a small quota takes as many turns as it takes.
  const uncounted = ended.kind === 'rate-limited' && progressed
  if (isRetryable(ended) && (uncounted || run.attempt < MAX_ATTEMPTS)) {
    const notBefore = Math.max(now + FIRST_WAIT * 2 ** (run.attempt - 1), ended.retryAt ?? 0)
    return { ...none, state: 'pending', reason, notBefore: new Date(notBefore), uncounted }
  }
  return { ...none, state: 'failed', reason, finishedAt: new Date(now) }
}

function settled(
  ended: DiscoverResult | AppError,
  outcome: RunOutcome,
  now: number,
): Parameters<typeof settle>[3] {
  const checkedAt = new Date(now)
  if (ended instanceof AppError) {
    // A registry that only asks to wait is still connected.
    const waits = outcome.state === 'pending'
    return { status: waits ? 'Connected' : 'Error', reason: outcome.reason, checkedAt }
  }
  const { found, incompleteBecause } = ended
  const discovery =
    found === null ? { incompleteBecause } : { at: checkedAt.toISOString(), ...found, incompleteBecause }
  return { status: 'Connected', reason: null, checkedAt, discovery }
}

function discoveryAbandoned(): AppError {
  return new AppError({
    code: 'discovery-abandoned',
    kind: 'temporary',
    publicMessage: 'The server stopped without a word each time it discovered images here.',
    remedy: 'Look into the server log for what happens to it (memory?), then discover images again.',
  })
}

function claimLost(): AppError {
  return new AppError({
    code: 'discovery-taken-over',
    kind: 'conflict',
    publicMessage: 'Another worker has taken over this discovery.',
  })
}
