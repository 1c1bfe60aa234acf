import { beforeEach, expect, it } from 'vitest'
import { type Database, inTransaction } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { addConnection, emptyDatabase, ManualClock, rowsOf } from '../test-support/domain/index.ts'
import { createDiscoveryWorker } from './index.ts'
import { endRun, requestRun } from './runs/store.ts'
import { EVERYTHING, wishFor } from './wish.ts'

const running = '00000000-0000-4000-8000-000000000001'
const asked = '00000000-0000-4000-8000-000000000002'
const claim = { id: running, worker: 'worker', attempt: 1 }
const handedBack = {
  state: 'pending',
  reason: null,
  incompleteBecause: null,
  notBefore: null,
  finishedAt: null,
} as const

eachDatabase((name, open) => {
  let opened: Promise<Database> | undefined
  let db: Database
  let connection: string

  beforeEach(async () => {
    opened ??= open()
    db = await opened
    await emptyDatabase(db)
    connection = await addConnection(db, 'one')
    await db.execute(
      `insert into discovery_run (id, org_id, connection_id, state, worker, attempt, lease_until) values ($1, 'one', $2, 'running', 'worker', 1, now())`,
      [running, connection],
    )
  })

  /** Something is asked for, and before that is written for good the other begins, and comes to wait for it. */
  async function duringRequest(other: () => Promise<unknown>): Promise<void> {
    let doing: Promise<unknown> = Promise.resolve()
    await inTransaction(db, 'page', async (tx) => {
      const wish = wishFor(['acme/api'])
      const run = {
        id: asked,
        orgId: 'one',
        connectionId: connection,
        now: new Date(),
        wish,
        notBefore: null,
      }
      expect(await requestRun(tx, run, true)).toBe(true)
      doing = other()
      // The embedded database lets no other transaction begin.
      if (name === 'postgresql') await someoneWaits(db)
    })
    await doing
  }

  it.each([
    ['handed back', () => inTransaction(db, 'bulk', (tx) => endRun(tx, claim, handedBack))],
    ['taken from the dead', () => worker().expireLeases('everyone')],
  ])('a discovery that is %s takes in what is asked for in this moment', async (_, giveBack) => {
    await duringRequest(giveBack)
    expect(await rowsOf(db, 'select id, state, wish from discovery_run')).toEqual([
      { id: running, state: 'pending', wish: { ...EVERYTHING, names: ['acme/api'] } },
    ])
  })

  const worker = () =>
    createDiscoveryWorker({
      db,
      clock: new ManualClock(),
      connectors: { openConnector: () => Promise.reject(new Error('not opened')) },
    })
})

/** Resolves when some transaction of this database waits for another. */
async function someoneWaits(db: Database): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  while ((await rowsOf(db, waiting)).length === 0);
}
