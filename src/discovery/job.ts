import type { AppError, Clock } from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import type { RegistryConnector } from '../registries/index.ts'
import type { RunCursor } from './runs/store.ts'
import type { Wish } from './wish.ts'

export interface DiscoverJob {
  readonly db: Database
  readonly clock: Clock
  readonly orgId: string
  readonly connectionId: string
  /** What this run has listed is not listed again when it goes on in another process. */
  readonly runId: string
  readonly connector: RegistryConnector
  readonly wish: Wish
  /** Where an earlier process stopped; null: from the beginning. */
  readonly cursor: RunCursor | null
  /** Keeps the place reached; a throw ends the discovery (the claim was lost). */
  readonly save: (cursor: RunCursor) => Promise<void>
  readonly onProgress?: (progress: { done: number; total: number | null; detail: string }) => void
  /** These were looked at: what is selected in them can be scanned. */
  readonly onRepositories?: (ids: readonly number[]) => Promise<void>
  readonly signal?: AbortSignal
}

/** Whether going on with other images or repositories is of no use. */
export function endsDiscovery(error: AppError): boolean {
  return ['auth', 'rate-limited', 'cancelled', 'bug'].includes(error.kind)
}

/** Works on items as they come, at most `limit` at once. After a failure no further item is begun. */
export async function forEachBounded<T>(
  items: AsyncIterator<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  async function run(): Promise<void> {
    try {
      while (failures.length === 0) {
        const next = await items.next()
        if (next.done === true) return
        await work(next.value)
      }
    } catch (error) {
      failures.push(error)
    }
  }
  await Promise.all(Array.from({ length: limit }, run))
  if (failures.length > 0) throw failures[0]
}

/** At most `limit` of the tasks given to it run at once; the others wait in order. */
export function createGate(limit: number): <R>(task: () => Promise<R>) => Promise<R> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      // The place is handed on as it is.
      if (next === undefined) running -= 1
      else next()
    }
  }
}
