import { type Kysely, sql } from 'kysely'
import { type Database, inTransaction } from '../../platform/db/index.ts'
import type { RequestLimit } from '../../registries/index.ts'
import { type BucketState, draw, type Lot, lower, type Told, UNUSED } from './window.ts'

/** Where the budgets of all servers meet. */
export interface BudgetStore {
  draw(bucket: BucketKey, limits: readonly RequestLimit[], wanted: number, now: number): Promise<Lot>
  lower(bucket: BucketKey, told: Told, now: number): Promise<void>
}

export interface BucketKey {
  readonly connectionId: string
  readonly bucket: string
}

/** The bucket's row, locked; made when it is not there. */
async function lock(tx: Kysely<unknown>, { connectionId, bucket }: BucketKey): Promise<BucketState> {
  const { rows } = await sql<{ state: BucketState }>`
    insert into request_budget (connection_id, bucket, state) values (${connectionId}, ${bucket}, ${{ ...UNUSED }}::jsonb)
    on conflict (connection_id, bucket) do update set bucket = excluded.bucket returning state`.execute(tx)
  return rows[0]?.state ?? UNUSED
}

async function write(
  tx: Kysely<unknown>,
  { connectionId, bucket }: BucketKey,
  state: BucketState,
): Promise<void> {
  await sql`
    update request_budget set state = ${{ ...state }}::jsonb
    where connection_id = ${connectionId} and bucket = ${bucket}`.execute(tx)
}

export function sqlBudgetStore(db: Database): BudgetStore {
  return {
    draw: (key, limits, wanted, now) =>
      inTransaction(db, 'bulk', async (tx) => {
        const { state, ...lot } = draw(await lock(tx, key), limits, wanted, now)
        if (lot.granted > 0) await write(tx, key, state)
        return lot
      }),
    lower: (key, told, now) =>
      inTransaction(db, 'bulk', async (tx) => {
        const state = await lock(tx, key)
        const lowered = lower(state, told, now)
        if (lowered !== state) await write(tx, key, lowered)
      }),
  }
}

/** For settings that are not saved yet: they are tried by one server only. */
export function memoryBudgetStore(): BudgetStore {
  const states = new Map<string, BucketState>()
  const keyOf = ({ connectionId, bucket }: BucketKey): string => `${connectionId} ${bucket}`
  return {
    async draw(key, limits, wanted, now) {
      const { state, ...lot } = draw(states.get(keyOf(key)) ?? UNUSED, limits, wanted, now)
      states.set(keyOf(key), state)
      return lot
    },
    async lower(key, told, now) {
      states.set(keyOf(key), lower(states.get(keyOf(key)) ?? UNUSED, told, now))
    },
  }
}

export async function forgetBudgets(db: Kysely<unknown>, connectionId: string): Promise<void> {
  await sql`delete from request_budget where connection_id = ${connectionId}`.execute(db)
}
