/**
 * Writes to the database of a data folder until it is killed: transactions of 20 rows, each number on standard output as
 * soon as its transaction is confirmed. Arguments: the data folder, the first number.
 */
import { writeSync } from 'node:fs'
import { sql } from 'kysely'
import { isAppError } from '../../src/core/index.ts'
import { inTransaction, openDatabase, recordset } from '../../src/platform/db/index.ts'

export const ROWS_IN_TRANSACTION = 20

async function write(dataDir: string, first: number): Promise<void> {
  const database = await openDatabase({ dataDir })
  await database.execute(
    'create table if not exists written (batch int, place int, body text, primary key (batch, place))',
  )
  writeSync(1, 'open\n')
  for (let batch = first; ; batch += 1) {
    const lane = batch % 2 ? 'page' : 'bulk'
    const rows = Array.from({ length: ROWS_IN_TRANSACTION }, (_, place) => ({
      batch,
      place,
      body: 'x'.repeat(batch % 500),
    }))
    await inTransaction(database, lane, async (transaction) => {
      for (const half of [rows.slice(0, 10), rows.slice(10)]) {
        const source = recordset({ batch: 'int', place: 'int', body: 'text' }, half)
        await sql`insert into written select * from ${source} as r`.execute(transaction)
      }
    })
    writeSync(1, `${batch}\n`)
    if (batch % 100 === 0) await database.maintain()
  }
}

if (import.meta.main) {
  const [dataDir = '', first = '0'] = process.argv.slice(2)
  write(dataDir, Number(first)).catch((error: unknown) => {
    writeSync(2, `${isAppError(error) ? error.code : ''} ${String(error)}\n`)
    process.exit(1)
  })
}
