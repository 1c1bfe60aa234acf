import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../core/index.ts'
import type { RequestBudget, RequestLimit } from '../../registries/index.ts'
import { Bucket } from './bucket.ts'
import type { BudgetStore } from './store.ts'

export interface BudgetsOptions {
  readonly store: BudgetStore
  readonly clock: Clock
  /** Tests give one that moves their clock. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export interface Budgets {
  /** @param patience the longest wait in milliseconds: what would take longer fails with `registry-rate-limited` and the time */
  of(connectionId: string, limits: readonly RequestLimit[], patience: number): RequestBudget
  /** The connection is gone. */
  forget(connectionId: string): void
}

/** The request budgets of all connections in this server; servers that share a store share the budgets. */
export function createBudgets({ store, clock, wait = pause }: BudgetsOptions): Budgets {
  const connections = new Map<string, Map<string, Bucket>>()

  function bucketOf(connectionId: string, bucket: string, all: readonly RequestLimit[]): Bucket {
    const buckets = connections.get(connectionId) ?? new Map<string, Bucket>()
    connections.set(connectionId, buckets)
    const known = buckets.get(bucket)
    if (known !== undefined) return known
    const limits = all.filter((limit) => limit.bucket === bucket)
    const made = new Bucket({ key: { connectionId, bucket }, limits, store, clock, wait })
    buckets.set(bucket, made)
    return made
  }

  return {
    of: (connectionId, limits, patience) => ({
      take: async (bucket, signal) => bucketOf(connectionId, bucket, limits).take(patience, signal),
      report: (bucket, { remaining, resetAt }) =>
        bucketOf(connectionId, bucket, limits).report({ remaining, until: resetAt }),
    }),
    forget: (connectionId) => void connections.delete(connectionId),
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return sleep(milliseconds, undefined, { signal, ref: false })
}
