import { diffSignatures, type Signature } from '../advisories/index.ts'
import type { Digest } from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import {
  changeDatabase,
  type ChangesSince,
  currentGeneration,
  type DatabaseChange,
} from './generations/store.ts'
import type { OpenMatcher } from './rematch.ts'
import { forgetOtherSignatures, readSignature, saveSignature } from './signatures/store.ts'

/** How a database came and when it is put into use. */
export type Arrival = Pick<DatabaseChange, 'source' | 'loadedAt'>

/** How much a change touches. */
export interface DatabaseChanged {
  /** Places that verdicts depend on; null: everything. */
  readonly verdicts: number | null
  readonly details: number
}

/**
 * Puts an opened database into use: what differs from the one in use, told by their signatures, becomes stale. Whichever process
 * brought the one in use, its signature is in the SQL database; where it is not, everything is stale.
 *
 * @returns undefined when it was in use already
 */
export async function useDatabase(
  db: Database,
  open: OpenMatcher,
  arrival: Arrival,
): Promise<DatabaseChanged | undefined> {
  const { digest, updatedAt, nextUpdate } = open.database
  const before = await currentGeneration(db)
  const signature = await open.signature?.()
  const changed = signature === undefined ? 'all' : await changesSince(db, before?.digest, signature)
  if (signature !== undefined && (before?.digest !== digest || changed === 'all')) {
    await saveSignature(db, digest, signature)
  }
  const times = { updatedAt: new Date(updatedAt), nextUpdate: new Date(nextUpdate) }
  const generation = await changeDatabase(db, { digest, ...times, ...arrival, changed })
  if (generation === undefined) return undefined
  await forgetOtherSignatures(db, digest)
  return changed === 'all'
    ? { verdicts: null, details: 0 }
    : { verdicts: changed.verdicts.length, details: changed.details.length }
}

async function changesSince(
  db: Database,
  since: Digest | undefined,
  signature: Signature,
): Promise<'all' | ChangesSince> {
  const before = since && (await readSignature(db, since))
  if (since === undefined || before === undefined) return 'all'
  const changes = diffSignatures(before, signature)
  // Raising the floor costs nothing, marking half of everything does.
  return changes.verdicts.length > signature.places.length / 2 ? 'all' : { since, ...changes }
}
