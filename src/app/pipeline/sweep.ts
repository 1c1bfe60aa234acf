import { sweepPostings } from '../../findings/index.ts'
import { SWEPT, type Swept, sweepSome } from '../../inventory/sql.ts'
import { forgetVerdicts } from '../../matching/sql.ts'
import type { Database } from '../../platform/db/index.ts'
import { letGoOfGone, sweepScans, type WalkStep } from '../../scans/index.ts'

/** How many rows went, of each kind. */
export type SweptRows = Readonly<Record<Swept | 'scan' | 'posting', number>>

/**
 * Removes content that nothing names any more: inventories that others have taken the place of or whose images are long gone, then their
 * sets, packages and subjects with their matches; old scans that others have followed, and postings that tell nothing. In small
 * transactions, from the first row to the last; killed at any moment it has done a part.
 */
export async function sweep(db: Database, signal: AbortSignal): Promise<SweptRows> {
  await walk(signal, (after) => letGoOfGone(db, after))
  const scan = await walk(signal, (after) => sweepScans(db, after))
  const posting = await walk(signal, (after) => sweepPostings(db, after))
  const removed = { scan, posting, inventory: 0, package_set: 0, package: 0, subject: 0 }
  for (const kind of SWEPT)
    removed[kind] = await walk(signal, (after) => sweepSome(db, { kind, after, forget: forgetVerdicts }))
  return removed
}

/** @returns how many rows all steps changed */
async function walk(signal: AbortSignal, step: (after: number) => Promise<WalkStep>): Promise<number> {
  let rows = 0
  for (let after: number | null = 0; after !== null; ) {
    signal.throwIfAborted()
    const taken: WalkStep = await step(after)
    rows += taken.rows
    after = taken.next
  }
  return rows
}
