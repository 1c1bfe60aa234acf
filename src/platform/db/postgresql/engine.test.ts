import { describe, expect, it } from 'vitest'
import { postgresMissing, postgresUrl } from '../../../test-support/databases/index.ts'
import { type Database, type DatabaseOptions, openDatabase } from '../index.ts'

const title = `PostgreSQL${postgresMissing ? ' (skipped: not installed)' : ''}`

describe.skipIf(postgresMissing)(title, () => {
  const using = async (
    options: DatabaseOptions,
    run: (database: Database) => Promise<void>,
  ): Promise<void> => {
    const database = await openDatabase(options)
    try {
      await run(database)
    } finally {
      await database.close()
    }
  }
  const sleep = (database: Database, lane: 'page' | 'bulk') =>
    database.lane(lane).executeQuery({ sql: 'select pg_sleep(0.3)', parameters: [] } as never)

  it('ends a question of a page that takes too long, and none of bulk', async () => {
    await using({ url: await postgresUrl(), pageTimeoutMs: 100 }, async (database) => {
      await expect(sleep(database, 'page')).rejects.toMatchObject({
        code: 'query-too-slow',
        remedy: 'Narrow the filter.',
      })
      await sleep(database, 'bulk')
      expect(await database.execute('select 1 as one')).toEqual([{ one: 1 }])
    })
  })

  it('says when the server has cut the connection, and makes a new one', async () => {
    await using({ url: await postgresUrl() }, async (database) => {
      const cut = database.execute('select pg_terminate_backend(pg_backend_pid())')
      await expect(cut).rejects.toMatchObject({ code: 'database-unreachable', kind: 'temporary' })
      expect(await database.execute('select 1 as one')).toEqual([{ one: 1 }])
    })
  })

  it('migrates once when several servers start together', async () => {
    const url = await postgresUrl('template template0')
    const databases = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url })))
    try {
      const rows = (await databases[0]?.execute('select name from schema_migration')) ?? []
      expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
      expect(rows.length).toBeGreaterThan(0)
    } finally {
      await Promise.all(databases.map((database) => database.close()))
    }
  })

  it('refuses a database that a newer version has changed', async () => {
    const url = await postgresUrl()
    await using({ url }, async (database) => {
      await database.execute(
        `insert into schema_migration (name, timestamp) values ('9999-future', now()::text)`,
      )
    })
    await expect(openDatabase({ url })).rejects.toMatchObject({ code: 'database-migration-failed' })
  })

  it('refuses a database that cannot hold all text', async () => {
    const url = await postgresUrl(`template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'`)
    await expect(openDatabase({ url })).rejects.toMatchObject({
      code: 'database-encoding',
      kind: 'unsupported',
    })
  })
})
