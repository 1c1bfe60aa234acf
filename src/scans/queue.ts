import {
  AppError,
  type Clock,
  digestBytes,
  digestOfBytes,
  parseDigest,
  type Reason,
  reasonOf,
} from '../core/index.ts'
import { type Database, inTransaction } from '../platform/db/index.ts'
import type { ClaimedScan, ScanQueue, ScanResult } from './ports.ts'
import { retryTime } from './retry.ts'
import {
  cancelWaiting,
  type Claim,
  type ClaimedRow,
  claimScans,
  endClaim,
  expireScans,
  extendLease,
  linkInventory,
  type Outcome,
  refreshStatus,
} from './store.ts'

export interface ScanQueueOptions {
  readonly db: Database
  readonly clock: Clock
  /** Without a heartbeat for this long, a worker counts as gone. Milliseconds; 60,000 when not given. */
  readonly leaseMs?: number
}

interface Context extends ScanQueueOptions {
  readonly leaseEnd: () => Date
}

/** The claims of the scan table: each change is a compare-and-set, so that work done twice is done once. */
export function createScanQueue(options: ScanQueueOptions): ScanQueue {
  const { db, clock, leaseMs = 60_000 } = options
  const context: Context = { ...options, leaseEnd: () => new Date(clock.now() + leaseMs) }
  return {
    async claim(worker, limit) {
      const asked = await claimSome(context, worker, limit, true)
      if (asked.length >= limit) return asked
      return [...asked, ...(await claimSome(context, worker, limit - asked.length, false))]
    },
    heartbeat: (scan) => extendLease(db.lane('bulk'), claimOf(scan), context.leaseEnd()),
    complete: (scan, result) => endScan(context, scan, finished('completed', null, clock), result),
    async fail(scan, error) {
      const outcome = outcomeOf(scan, error, clock)
      if (!(await endScan(context, scan, outcome))) return 'lost'
      return outcome.state === 'failed' ? 'failed' : 'retry'
    },
    cancel: (scan) => cancelConnection(context, scan),
    release: (scan) => endScan(context, scan, released),
    expireLeases: (everyone) =>
      inTransaction(db, 'bulk', (tx) =>
        expireScans(tx, new Date(clock.now()), everyone === 'everyone', reasonOf(abandoned())),
      ),
  }
}

async function claimSome(
  { db, clock, leaseEnd }: Context,
  worker: string,
  limit: number,
  userPriority: boolean,
): Promise<ClaimedScan[]> {
  return inTransaction(db, 'bulk', async (tx) => {
    const now = new Date(clock.now())
    const rows = await claimScans(tx, { worker, limit, userPriority, now, leaseUntil: leaseEnd() })
    for (const [orgId, scans] of sortedByOrg(rows)) {
      const manifests = scans.map((scan) => scan.manifest_digest)
      await refreshStatus(tx, orgId, manifests)
    }
    return rows.map((row) => toClaimed(row, worker))
  })
}

async function endScan(
  { db }: Context,
  scan: ClaimedScan,
  outcome: Outcome,
  result?: ScanResult,
): Promise<boolean> {
  return inTransaction(db, 'bulk', async (tx) => {
    const claim = claimOf(scan)
    if (!(await endClaim(tx, claim, outcome))) return false
    if (result !== undefined)
      await linkInventory(tx, scan.orgId, claim.manifest, { ...result, engine: scan.engine })
    await refreshStatus(tx, scan.orgId, [claim.manifest])
    return true
  })
}

async function cancelConnection({ db, clock }: Context, scan: ClaimedScan): Promise<boolean> {
  const now = new Date(clock.now())
  const reason = reasonOf(
    new AppError({
      code: 'scan-connection-gone',
      kind: 'cancelled',
      publicMessage: 'The connection was deleted or disabled before the scan.',
      remedy: 'Enable it, or add another to the same registry, and discover images.',
    }),
  )
  return inTransaction(db, 'bulk', async (tx) => {
    const claim = claimOf(scan)
    if (!(await endClaim(tx, claim, { state: 'cancelled', reason, notBefore: null, finishedAt: now })))
      return false
    const waiting = await cancelWaiting(tx, scan.orgId, scan.connectionId, reason, now)
    await refreshStatus(tx, scan.orgId, [claim.manifest, ...waiting])
    return true
  })
}

const released: Outcome = {
  state: 'pending',
  reason: null,
  notBefore: null,
  finishedAt: null,
  uncounted: true,
}

function finished(state: 'completed' | 'failed', reason: Reason | null, clock: Clock): Outcome {
  return { state, reason, notBefore: null, finishedAt: new Date(clock.now()) }
}

function outcomeOf(scan: ClaimedScan, error: AppError, clock: Clock): Outcome {
  const reason = said(error)
  const again = retryTime(error, scan.attempt, clock)
  return again === undefined
    ? finished('failed', reason, clock)
    : { state: 'pending', reason, notBefore: new Date(again), finishedAt: null }
}

/** What no engine can do anything about is said in so many words: nobody need look for a fault. */
function said(error: AppError): Reason {
  const reason = reasonOf(error)
  return error.kind === 'unsupported' ? { ...reason, message: `unsupported: ${reason.message}` } : reason
}

function abandoned(): AppError {
  return new AppError({
    code: 'scan-abandoned',
    kind: 'temporary',
    publicMessage: 'The worker stopped without a word each time it scanned this image.',
    remedy: 'Look into the server log for what happens to it (memory?), then retry the scan.',
  })
}

function sortedByOrg(rows: readonly ClaimedRow[]): [string, ClaimedRow[]][] {
  return [...Map.groupBy(rows, (row) => row.org_id)].sort(([left], [right]) => (left < right ? -1 : 1))
}

function claimOf(scan: ClaimedScan): Claim {
  const manifest = digestBytes(parseDigest(scan.manifestDigest))
  return { id: scan.id, orgId: scan.orgId, manifest, worker: scan.worker, attempt: scan.attempt }
}

function toClaimed(row: ClaimedRow, worker: string): ClaimedScan {
  return {
    id: row.id,
    orgId: row.org_id,
    connectionId: row.connection_id,
    imageId: row.image_id,
    host: row.host,
    repository: row.path,
    manifestDigest: digestOfBytes(row.manifest_digest),
    platform: row.platform,
    attempt: row.attempt,
    engine: row.engine,
    userPriority: row.user_priority,
    worker,
  }
}
