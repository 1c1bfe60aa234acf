import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { eachDatabase } from '../../test-support/databases/index.ts'
import { chunks, type Database, recordset, sortedByKey } from './index.ts'

eachDatabase((_name, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })

  it('carries every kind of cell', async () => {
    const columns = {
      n: 'int',
      long: 'int8',
      yes: 'boolean',
      word: 'text',
      hash: 'bytea',
      ids: 'int[]',
      json: 'jsonb',
      at: 'timestamptz',
    } as const
    const at = new Date('2024-02-29T07:04:56.789Z')
    const rows = [
      {
        n: 1,
        long: 2n ** 60n,
        yes: true,
        word: `'"\\ü\n`,
        hash: Buffer.from([0, 255]),
        ids: [3, 4],
        json: { a: [] },
        at,
      },
      {
        n: 2,
        long: 5,
        yes: null,
        word: '\u0000\\u0000',
        hash: null,
        ids: [],
        json: ['\u0000', '\\\u0000'],
        at: null,
      },
    ]
    const result = await sql`select * from ${recordset(columns, rows)} as r order by n`.execute(
      database.kysely,
    )
    expect(result.rows).toEqual([
      rows[0],
      { ...rows[1], word: '\uFFFD\\u0000', json: ['\uFFFD', '\\\uFFFD'] },
    ])
  })

  it('carries no rows, and many', async () => {
    const count = async (rows: readonly { a: number }[]) => {
      const { rows: counted } =
        await sql`select count(*)::int as n from ${recordset({ a: 'int' }, rows)} as r`.execute(
          database.kysely,
        )
      return counted
    }
    expect(await count([])).toEqual([{ n: 0 }])
    expect(await count(Array.from({ length: 20_000 }, (_, a) => ({ a })))).toEqual([{ n: 20_000 }])
  })
})

describe('rows for bulk statements', () => {
  it('are cut into pieces, none empty', () => {
    expect([...chunks([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]])
    expect([...chunks([])]).toEqual([])
  })

  it('are put in the order of their keys, each key once', () => {
    const rows = [{ k: 'b' }, { k: 'a' }, { k: 'b' }]
    expect(sortedByKey(rows, ({ k }) => k)).toEqual([{ k: 'a' }, { k: 'b' }])
    expect(sortedByKey([10, 9, 10], (n) => n)).toEqual([9, 10])
    const hashes = [Buffer.from('ff', 'hex'), Buffer.from('00', 'hex'), Buffer.from('ff', 'hex')]
    expect(sortedByKey(hashes, (hash) => hash).map((hash) => hash.toString('hex'))).toEqual(['00', 'ff'])
    expect(sortedByKey([''], (k) => k)).toEqual([''])
  })
})
