import { AppError } from '../../core/index.ts'
import type { ClaimedScan, ScanQueue } from '../../scans/index.ts'

/** Keeps a claim alive while its work goes on. @returns a signal that says when the claim was lost */
export function holdLease(
  queue: ScanQueue,
  scan: ClaimedScan,
  leaseMs: number,
): { signal: AbortSignal; end: () => void } {
  const lost = new AbortController()
  const beat = async (): Promise<void> => {
    if (await queue.heartbeat(scan)) return
    lost.abort(
      new AppError({
        code: 'scan-taken-over',
        kind: 'conflict',
        publicMessage: 'Another worker has taken over this scan.',
      }),
    )
  }
  // A database that does not answer now may answer the next beat; the lease is three beats long.
  const timer = setInterval(() => void beat().catch(() => undefined), leaseMs / 3)
  return { signal: lost.signal, end: () => clearInterval(timer) }
}
