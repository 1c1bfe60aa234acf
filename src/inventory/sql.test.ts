import { beforeAll, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { digestOfText, emptyDatabase, rowsOf, testInventory } from '../test-support/domain/index.ts'
import { layerStoreSuite } from '../test-support/layer-store-suite.ts'
import { createOrganisationLayerAccess, createSqlLayerStore, saveInventory } from './sql.ts'

const save = (db: Database, image: string, inventory = testInventory(['zlib@1', 'openssl@3'])) =>
  saveInventory(db, { manifest: digestOfText(image), indexerKey: 'test', inventory })

const count = async (db: Database, table: string): Promise<number> =>
  (await rowsOf<{ n: number }>(db, `select count(*) as n from ${table}`))[0]?.n ?? 0

eachDatabase((_name, open) => {
  let db: Database
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(() => emptyDatabase(db))

  layerStoreSuite('sql', async () => {
    await emptyDatabase(db)
    return { store: createSqlLayerStore(db), reopen: async () => createSqlLayerStore(db) }
  })

  it('reads a damaged result as absent', async () => {
    const store = createSqlLayerStore(db)
    const layer = digestOfText('layer')
    await store.put(layer, [{ key: { id: 'dpkg', version: 1 }, value: [1] }])
    await db.execute('update layer_result set body = $1', [Buffer.from('damage')])
    expect(await store.get(layer, [{ id: 'dpkg', version: 1 }])).toEqual(new Map())
  })

  it('keeps what images share once', async () => {
    const first = await save(
      db,
      'a',
      testInventory(['zlib@1', 'openssl@3'], ['left-pad@1:app/a', 'left-pad@1:app/b']),
    )
    const second = await save(db, 'b', testInventory(['zlib@1', 'openssl@3'], ['left-pad@2:app/a']))
    expect(second.setIds[0]).toBe(first.setIds[0])
    expect(await count(db, 'package_set')).toBe(3)
    expect(await count(db, 'package')).toBe(4)
    expect(await count(db, 'subject')).toBe(4)
    expect(
      await rowsOf(
        db,
        `select paths, cardinality(package_ids) as n from package_set where paths <> '[]' order by id limit 1`,
      ),
    ).toEqual([{ paths: ['app/a', 'app/b'], n: 2 }])
  })

  it('gives the same answer when the same is saved again', async () => {
    const [first, second] = [await save(db, 'a'), await save(db, 'a')]
    expect(second).toEqual(first)
    expect(await count(db, 'inventory')).toBe(1)
  })

  it('lets many workers save overlapping content at once', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `package-${index}@1`)
    const rotated = (by: number): string[] => [...names.slice(by), ...names.slice(0, by)].slice(0, 30)
    await Promise.all(
      Array.from({ length: 12 }, (_, index) => save(db, `image ${index}`, testInventory(rotated(index * 3)))),
    )
    expect(await count(db, 'inventory')).toBe(12)
    expect(await count(db, 'package')).toBe(40)
    expect(await rowsOf(db, 'select id from package_set where 0 = any(package_ids)')).toEqual([])
  })

  it('takes names that no index would', async () => {
    const long = 'x'.repeat(10_000)
    await save(db, 'a', testInventory([`${long}@1`, `nul\u0000name@1`, `${long}y@1`]))
    expect(await count(db, 'package')).toBe(3)
  })

  it('takes paths and notes that no PostgreSQL text holds', async () => {
    const held = testInventory([], ['left-pad@1:app/a\u0000.jar'])
    const unpaired = '\ud83d'
    const saved = await save(db, 'a', { ...held, notes: [`could not read ${unpaired}`] })
    expect(await rowsOf(db, `select paths from package_set where kind = 'language'`)).toEqual([
      { paths: ['app/a\ufffd.jar'] },
    ])
    expect(await rowsOf(db, `select notes from inventory where id = ${saved.id}`)).toEqual([
      { notes: ['could not read \ufffd'] },
    ])
  })

  it('lets an organisation reuse only what it pulled itself, unless it is alone and says so', async () => {
    const [pulled, foreign] = [digestOfText('pulled'), digestOfText('foreign')]
    const one = createOrganisationLayerAccess(db, systemClock, 'one')
    const two = createOrganisationLayerAccess(db, systemClock, 'two')
    await one.pulled(pulled)
    await two.pulled(foreign)
    expect(await one.reusable([pulled, foreign])).toEqual(new Set([pulled]))
    await db.execute(`insert into org_settings (org_id, one_trust_domain) values ('one', true)`)
    expect(await one.reusable([pulled, foreign])).toEqual(new Set([pulled, foreign]))
    await db.execute(`insert into org_settings (org_id, one_trust_domain) values ('two', true)`)
    expect(await one.reusable([pulled, foreign])).toEqual(new Set([pulled]))
    await db.execute(`delete from org_settings where org_id = 'two'`)
    await db.execute(`update org_settings set one_trust_domain = false`)
    expect(await one.reusable([pulled, foreign])).toEqual(new Set([pulled]))
    expect(await one.reusable([])).toEqual(new Set())
  })
})
