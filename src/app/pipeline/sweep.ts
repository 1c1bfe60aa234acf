import { SWEPT, type Swept, sweepSome } from '../../inventory/sql.ts'
import { forgetVerdicts } from '../../matching/sql.ts'
import type { Database } from '../../platform/db/index.ts'

/** How many rows went, of each kind. */
export type SweptRows = Readonly<Record<Swept, number>>

/**
 * Removes content that nothing names any more: inventories that others have taken the place of, then their sets, packages and subjects with
 * their matches. In small transactions, from the first row to the last; killed at any moment it has done a part.
 */
export async function sweep(db: Database, signal: AbortSignal): Promise<SweptRows> {
  const removed = { inventory: 0, package_set: 0, package: 0, subject: 0 }
  for (const kind of SWEPT) {
    for (let after: number | null = 0; after !== null; ) {
      signal.throwIfAborted()
      const step = await sweepSome(db, { kind, after, forget: forgetVerdicts })
      removed[kind] += step.removed
      after = step.next
    }
  }
  return removed
}
