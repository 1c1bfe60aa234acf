import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { type Clock, type Digest, digestBytes, newId } from '../../core/index.ts'
import type { Database } from '../../platform/db/index.ts'
import type { LayerLease } from '../ports.ts'

export interface LeaseOptions {
  /** How long a lease lives unless it is renewed, which its holder does three times in it. Default 60,000 ms. */
  readonly leaseMs?: number
  /** Between two looks whether another's lease has ended. Default 500 ms. */
  readonly lookMs?: number
}

/**
 * One worker a layer, over all processes: a row of `layer_lease` is the claim. It lives by the database's clock, so that machines
 * need not agree on theirs; a worker that dies loses it.
 */
export function createLayerLeases(
  database: Database,
  clock: Clock,
  orgId: string,
  { leaseMs = 60_000, lookMs = 500 }: LeaseOptions = {},
): (blob: Digest, signal: AbortSignal) => Promise<LayerLease> {
  const db = database.lane('bulk')
  const seconds = leaseMs / 1000

  /** Takes the row when nobody has it, or whoever had it is late. */
  async function claim(blob: Digest, worker: string): Promise<boolean> {
    const { rows } = await sql`
      insert into layer_lease as l (org_id, blob_digest, worker, until)
      values (${orgId}, ${digestBytes(blob)}, ${worker}, now() + make_interval(secs => ${seconds}))
      on conflict (org_id, blob_digest) do update set worker = excluded.worker, until = excluded.until where l.until < now()
      returning 1`.execute(db)
    return rows.length > 0
  }

  async function renew(blob: Digest, worker: string): Promise<void> {
    await sql`
      update layer_lease set until = now() + make_interval(secs => ${seconds})
      where org_id = ${orgId} and blob_digest = ${digestBytes(blob)} and worker = ${worker}`.execute(db)
  }

  async function release(blob: Digest, worker: string): Promise<void> {
    await sql`
      delete from layer_lease where org_id = ${orgId} and blob_digest = ${digestBytes(blob)} and worker = ${worker}`.execute(
      db,
    )
  }

  return async (blob, signal) => {
    const worker = newId(clock.now())
    let waited = false
    while (!(await claim(blob, worker))) {
      waited = true
      await sleep(lookMs, undefined, { signal })
    }
    // A renewal that fails is made up for by the next one.
    const timer = setInterval(() => void renew(blob, worker).catch(() => undefined), leaseMs / 3)
    return {
      waited,
      release: async () => {
        clearInterval(timer)
        await release(blob, worker)
      },
    }
  }
}
