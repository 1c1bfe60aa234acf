import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { embeddedDataFolder } from '../../../test-support/databases/index.ts'
import { silentLog } from '../log.ts'
import { EmbeddedEngine } from './engine.ts'
import { upkeep } from './upkeep.ts'

describe('the embedded database', () => {
  const opened: EmbeddedEngine[] = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((engine) => engine.close()))
  })
  const open = async (idleTransactionMs = 10_000): Promise<{ engine: EmbeddedEngine; dataDir: string }> => {
    const dataDir = await embeddedDataFolder()
    const engine = await EmbeddedEngine.open({ dataDir, idleTransactionMs }, silentLog)
    opened.push(engine)
    return { engine, dataDir }
  }

  it('lets a page pass the bulk statements that wait', async () => {
    const { engine } = await open()
    const order: string[] = []
    const run = (lane: 'page' | 'bulk') =>
      engine.script(lane, 'select pg_sleep(0.005)').then(() => order.push(lane))
    await Promise.all([...Array.from({ length: 20 }, () => run('bulk')), run('page')])
    expect(order).toHaveLength(21)
    // The first may have begun before the page was asked for.
    expect(order.indexOf('page')).toBeLessThanOrEqual(2)
  })

  it('keeps others out of an open transaction, and lets them in after it', async () => {
    const { engine } = await open()
    await engine.script('page', 'create table t (a int)')
    const session = await engine.session('bulk')
    await session.execute('begin', [])
    await session.execute('insert into t values ($1)', [1])
    const outside = engine.script('page', 'select count(*)::int as n from t')
    await session.execute('insert into t values ($1)', [2])
    await session.execute('commit', [])
    await session.release()
    expect((await outside)[0]?.rows).toEqual([{ n: 2 }])
  })

  it('undoes a transaction whose owner sleeps, and lets nothing of it through', async () => {
    const { engine } = await open(50)
    await engine.script('page', 'create table t (a int)')
    const session = await engine.session('bulk')
    await session.execute('begin', [])
    await session.execute('insert into t values (1)', [])
    // Waits until the sleeper is put out.
    expect((await engine.script('page', 'select count(*)::int as n from t'))[0]?.rows).toEqual([{ n: 0 }])
    const expired = { code: 'transaction-expired', kind: 'temporary' }
    await expect(session.execute('insert into t values (2)', [])).rejects.toMatchObject(expired)
    await expect(session.execute('insert into t values (3)', [])).rejects.toMatchObject(expired)
    await expect(session.execute('commit', [])).rejects.toMatchObject(expired)
    await session.release()
    expect((await engine.script('page', 'select count(*)::int as n from t'))[0]?.rows).toEqual([{ n: 0 }])
  })

  it('syncs the disk for each commit, and for no question', async () => {
    const { engine, dataDir } = await open()
    await engine.script('page', 'create table t (a int)')
    for (let n = 0; n < 50; n += 1) await engine.script('page', `insert into t values (${n})`)
    await engine.close()
    const quiet = await EmbeddedEngine.open({ dataDir }, silentLog)
    for (let n = 0; n < 50; n += 1) await quiet.script('page', 'select count(*) from t')
    await quiet.close()
    expect(engine.syncs - quiet.syncs).toBeGreaterThanOrEqual(50)
  })

  it('lets an open transaction end when it is closed, and takes nothing new', async () => {
    const { engine, dataDir } = await open()
    await engine.script('page', 'create table t (a int)')
    const session = await engine.session('page')
    await session.execute('begin', [])
    await session.execute('insert into t values (1)', [])
    const closed = engine.close()
    await expect(engine.script('page', 'select 1')).rejects.toMatchObject({ code: 'database-stopped' })
    await session.execute('commit', [])
    await closed
    const again = await EmbeddedEngine.open({ dataDir }, silentLog)
    opened.push(again)
    expect((await again.script('page', 'select a from t'))[0]?.rows).toEqual([{ a: 1 }])
  })

  it('reports that it has stopped by itself, to whoever waits too, and frees the folder', async () => {
    const { engine, dataDir } = await open()
    await engine.script('page', 'create table t (a int); insert into t values (1); checkpoint')
    // Without a folder for its log the server inside panics, as it does on a full disk.
    rmSync(join(dataDir, 'database', 'pg_wal'), { recursive: true })
    const stopped = { code: 'database-stopped', kind: 'temporary' }
    const panicking = engine.script(
      'bulk',
      'insert into t values (2); select pg_switch_wal(); insert into t values (3)',
    )
    const waiting = engine.script('bulk', 'select 1')
    await expect(panicking).rejects.toMatchObject(stopped)
    await expect(waiting).rejects.toMatchObject(stopped)
    await expect(engine.script('page', 'select 1')).rejects.toMatchObject(stopped)
    expect(await engine.failure).toMatchObject(stopped)
    expect(existsSync(join(dataDir, 'owner.json'))).toBe(false)
  })

  it('vacuums what changed much and shortens its log', async () => {
    const { engine } = await open()
    await engine.script(
      'bulk',
      `create table t as select n, repeat('x', 500) as body from generate_series(1, 60000) n`,
    )
    await engine.script('bulk', `update t set body = repeat('y', 500)`)
    // Statistics are written at most once a second unless they are asked for.
    await engine.script('bulk', 'select pg_stat_force_next_flush()')
    const logLength = `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 as bytes from pg_control_checkpoint()`
    const before = (await engine.script('bulk', logLength))[0]?.rows[0]?.['bytes']
    await upkeep(engine)
    const after = (await engine.script('bulk', logLength))[0]?.rows[0]?.['bytes']
    expect(Number(after)).toBeLessThan(Number(before) / 10)
    const [vacuumed] = await engine.script(
      'bulk',
      `select vacuum_count::int as vacuums, n_dead_tup::int as dead from pg_stat_user_tables where relname = 't'`,
    )
    expect(vacuumed?.rows).toEqual([{ vacuums: 1, dead: 0 }])
  })

  it('makes its files on first start, for its user alone, and leaves nothing of a start that was cut off', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'first-start-'))
    mkdirSync(join(dataDir, 'database.new-cut-off'))
    const engine = await EmbeddedEngine.open({ dataDir }, silentLog)
    opened.push(engine)
    expect(readdirSync(dataDir).toSorted()).toEqual(['database', 'lock', 'owner.json'])
    expect(statSync(join(dataDir, 'database')).mode & 0o777).toBe(0o700)
    await engine.close()
    rmSync(dataDir, { recursive: true })
  })
})
