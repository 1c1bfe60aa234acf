import { type Generated, sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { eachDatabase } from '../../test-support/databases/index.ts'
import { type Database, inTransaction, isUniqueViolation, SqlError } from './index.ts'

type Tables = { item: { id: Generated<number>; name: string; note: string | null } }

eachDatabase((_name, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
    await database.execute(
      'create table item (id int generated always as identity primary key, name text unique, note text)',
    )
  })

  it('gives every type the same value on both databases', async () => {
    const { rows } = await sql`select
      9007199254740991::int8 as safe, 9007199254740992::int8 as large, array[1, 2]::int8[] as longs,
      1.50::numeric as price, true as yes, null as nothing, 'ü'::text as word, '\\x00ff'::bytea as bytes,
      '{"a": [1, null]}'::jsonb as json, '{1,2}'::int[] as numbers, array['a,"b', null] as words,
      timestamptz '2024-02-29 12:34:56.789+05:30' as instant, date '2024-02-29' as day,
      '018f6b1e-0000-7000-8000-000000000000'::uuid as id`.execute(database.kysely)
    expect(rows).toEqual([
      {
        safe: 9007199254740991,
        large: 9007199254740992n,
        longs: [1, 2],
        price: '1.50',
        yes: true,
        nothing: null,
        word: 'ü',
        bytes: Buffer.from([0, 255]),
        json: { a: [1, null] },
        numbers: [1, 2],
        words: ['a,"b', null],
        instant: new Date('2024-02-29T07:04:56.789Z'),
        day: '2024-02-29',
        id: '018f6b1e-0000-7000-8000-000000000000',
      },
    ])
  })

  it('takes every parameter the same on both databases', async () => {
    const bytes = new Uint8Array([0, 1, 255])
    const instant = new Date('2024-02-29T07:04:56.789Z')
    const words = ['a,b', '"quoted"', 'back\\slash', '', 'NULL', null]
    const { rows } =
      await sql`select ${bytes}::bytea as bytes, ${instant}::timestamptz as instant, ${words}::text[] as words,
      ${[Buffer.from([9])]}::bytea[] as blobs, ${{ a: ['\u0000', '\\u0000'] }}::jsonb as json, ${10n ** 15n}::int8 as big,
      ${'nul \u0000, half \uD800'}::text as text, ${false}::boolean as no`.execute(database.kysely)
    expect(rows).toEqual([
      {
        bytes: Buffer.from(bytes),
        instant,
        words,
        blobs: [Buffer.from([9])],
        json: { a: ['\uFFFD', '\\u0000'] },
        big: 10 ** 15,
        text: 'nul \uFFFD, half \uFFFD',
        no: false,
      },
    ])
  })

  it('counts written rows and says which constraint was broken', async () => {
    const items = database.kysely.withTables<Tables>()
    const inserted = await items
      .insertInto('item')
      .values([{ name: 'a' }, { name: 'b' }])
      .executeTakeFirstOrThrow()
    expect(inserted.numInsertedOrUpdatedRows).toBe(2n)
    const error = await items
      .insertInto('item')
      .values({ name: 'a' })
      .execute()
      .catch((thrown: unknown) => thrown)
    expect(isUniqueViolation(error, 'item_name_key')).toBe(true)
    expect(isUniqueViolation(error, 'other')).toBe(false)
    const syntax = await database.execute('selec 1').catch((thrown: unknown) => thrown)
    expect(syntax).toBeInstanceOf(SqlError)
    expect((syntax as SqlError).code).toBe('42601')
  })

  it('refuses more parameters than the protocol can count', async () => {
    const many = sql.join(Array.from({ length: 70_000 }, (_, n) => n))
    await expect(sql`select ${many}`.execute(database.kysely)).rejects.toThrow('too many parameters')
    expect(await database.execute('select 1 as one')).toEqual([{ one: 1 }])
  })

  it('keeps all of a transaction or nothing', async () => {
    const failing = inTransaction(database, 'page', async (transaction) => {
      await transaction.withTables<Tables>().insertInto('item').values({ name: 'gone' }).execute()
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    const swallowed = inTransaction(database, 'page', async (transaction) => {
      await transaction.withTables<Tables>().insertInto('item').values({ name: 'gone too' }).execute()
      await sql`select 1 / 0`.execute(transaction).catch(() => {})
    })
    await expect(swallowed).rejects.toThrow('rolled back')
    const rows = await database.execute(`select 1 from item where name like 'gone%'`)
    expect(rows).toEqual([])
  })

  it('leaves the connection usable after a script that fails inside its own transaction', async () => {
    await expect(database.execute('begin; select 1 / 0; commit')).rejects.toMatchObject({ code: '22012' })
    expect(await database.execute('select 1 as one; select 2 as two')).toEqual([{ one: 1 }, { two: 2 }])
  })

  it('isolates transactions that run side by side', async () => {
    await database.execute(`insert into item (name, note) values ('counter', '0')`)
    const bump = () =>
      inTransaction(database, 'bulk', async (transaction) => {
        const items = transaction.withTables<Tables>()
        const row = await items
          .selectFrom('item')
          .selectAll()
          .where('name', '=', 'counter')
          .forUpdate()
          .executeTakeFirstOrThrow()
        await items
          .updateTable('item')
          .set({ note: String(Number(row.note) + 1) })
          .where('id', '=', row.id)
          .execute()
      })
    await Promise.all(Array.from({ length: 20 }, bump))
    expect(await database.execute(`select note from item where name = 'counter'`)).toEqual([{ note: '20' }])
  })

  it('runs a transaction again that lost a deadlock', async () => {
    await database.execute(`insert into item (name, note) values ('left', '0'), ('right', '0')`)
    const both = (order: readonly string[]) =>
      inTransaction(database, 'bulk', async (transaction) => {
        for (const name of order) {
          await sql`update item set note = (note::int + 1)::text where name = ${name}`.execute(transaction)
        }
      })
    const attempts = Array.from({ length: 4 }, (_, index) =>
      both(index % 2 ? ['left', 'right'] : ['right', 'left']),
    )
    await Promise.all(attempts)
    expect(await database.execute(`select note from item where name in ('left', 'right')`)).toEqual([
      { note: '4' },
      { note: '4' },
    ])
  })

  it('logs a transaction that takes too long', async () => {
    const warnings: unknown[] = []
    const watched = await open({
      log: { info: () => {}, warn: (message, fields) => warnings.push([message, fields?.['lane']]) },
    })
    await inTransaction(watched, 'page', (transaction) => sql`select pg_sleep(0.25)`.execute(transaction))
    expect(warnings).toContainEqual(['long transaction', 'page'])
  })

  it('can be maintained', async () => {
    await database.execute(`insert into item (name) select 'many ' || n from generate_series(1, 3000) n`)
    await database.maintain()
    const [row] = await database.execute(`select count(*)::int as n from item where name like 'many %'`)
    expect(row).toEqual({ n: 3000 })
  })
})

describe('openDatabase', () => {
  it('says that a PostgreSQL cannot be reached, without its password', async () => {
    const { openDatabase } = await import('./index.ts')
    const error = await openDatabase({ url: 'postgresql://u:hunter2@127.0.0.1:1/none' }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code: 'database-unreachable', kind: 'temporary' })
    expect(String(error)).not.toContain('hunter2')
  })
})
