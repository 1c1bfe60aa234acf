import type { Transaction } from 'kysely'
import type { Database } from './database.ts'
import type { Lane } from './engine.ts'
import { isTransactionConflict } from './sql-error.ts'

/** On the embedded database a transaction has the only connection: longer than this, and every page feels it. */
const LONG_TRANSACTION_MS = 200
const ATTEMPTS = 5

/**
 * Runs a function in one transaction: all of it is kept, or none. It may run more than once, when the database breaks a
 * deadlock by undoing it, so it must do nothing but ask the database: no HTTP, no files, no waiting for others.
 * Transactions over 200 ms are logged; one that leaves the database idle for 10 s is undone.
 *
 * @param lane `page` when a person waits for it
 * @example await inTransaction(database, 'page', (tx) => connectionStore(tx).insert(row))
 */
export async function inTransaction<T>(
  database: Database,
  lane: Lane,
  run: (transaction: Transaction<unknown>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    let began = 0
    try {
      const value = await database
        .lane(lane)
        .transaction()
        .execute((transaction) => {
          began = performance.now()
          return run(transaction)
        })
      const took = Math.round(performance.now() - began)
      if (took > LONG_TRANSACTION_MS) database.log.warn('long transaction', { lane, milliseconds: took })
      return value
    } catch (error) {
      if (attempt >= ATTEMPTS || !isTransactionConflict(error)) throw error
    }
  }
}
