import { expect, it } from 'vitest'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { rowsOf } from '../test-support/domain/index.ts'
import { DiscoveryWorld } from '../test-support/discovery-world.ts'
import { type BuiltImage, buildImage } from '../test-support/image-builder/index.ts'
import { createDiscoveryWorker } from './index.ts'

const image = (content: string): BuiltImage => buildImage({ layers: [{ files: { name: content } }] })
const day = (number: number): number => Date.UTC(2025, 0, number)

/** A worker that is killed at a request: it never comes back from there. */
async function killedAt(world: DiscoveryWorld, wanted: string, turn: number): Promise<void> {
  const reached = Promise.withResolvers<void>()
  let turns = 0
  world.registry.before = (request) => {
    if (request !== wanted || (turns += 1) < turn) return undefined
    reached.resolve()
    return new Promise<never>(() => undefined)
  }
  const { db, clock, registry, connection } = world
  await world.service.request('one', connection)
  const connectors = { openConnector: async () => registry.connector() }
  void createDiscoveryWorker({ db, clock, connectors }).runNext('killed')
  await reached.promise
  world.registry.before = () => undefined
  world.registry.requests.length = 0
  clock.advance(120_000)
  expect(await createDiscoveryWorker({ db, clock, connectors }).expireLeases()).toBe(1)
}

eachDatabase((_name, open) => {
  let opened: Promise<Database> | undefined
  const world = async (): Promise<DiscoveryWorld> => {
    opened ??= open()
    const begun = await DiscoveryWorld.begin(opened)
    begun.registry.listsEverything = true
    for (const name of ['acme/a', 'acme/b']) {
      for (let number = 1; number <= 3; number += 1) {
        begun.registry.put(name, `v${number}`, image(`${name} ${number}`), day(number))
      }
    }
    return begun
  }
  const all = ['a', 'b'].flatMap((name) => [1, 2, 3].map((number) => `acme/${name}:v${number}`))

  it('lists everything at once, and asks for nothing else', async () => {
    const it = await world()
    expect(await it.discover()).toEqual(['contents', 'contents', 'contents'])
    expect(await it.tags()).toEqual(all)
    expect(it.looks()).toBe(6)
    expect(it.told.toSorted()).toHaveLength(2)
  })

  it('what a complete listing does not name has gone; what comes again is as it was', async () => {
    const it = await world()
    await it.discover()
    const [before] = await rowsOf(it.db, `select id from repository where path = 'acme/b'`)
    const gone = it.registry.repositories.get('acme/b')
    it.registry.repositories.delete('acme/b')
    it.registry.repositories.get('acme/a')?.delete('v1')
    await it.discover()
    expect(await it.tags()).toEqual(['acme/a:v2', 'acme/a:v3'])
    expect(await rowsOf(it.db, `select count(*)::int as n from image where gone_at is null`)).toEqual([
      { n: 2 },
    ])
    if (gone !== undefined) it.registry.repositories.set('acme/b', gone)
    await it.discover()
    expect(await it.tags('acme/b')).toHaveLength(3)
    expect(await rowsOf(it.db, `select id from repository where path = 'acme/b'`)).toEqual([before])
  })

  it('a partial listing touches only what it names', async () => {
    const it = await world()
    it.registry.isNewestFirst = true
    await it.discover()
    it.registry.repositories.get('acme/a')?.delete('v1')
    it.registry.put('acme/b', 'v1', image('moved'), it.clock.now())
    expect(await it.discover()).toEqual(['contents', 'contents'])
    expect(await it.tags()).toEqual(all)
    await it.discover({ complete: true })
    expect(await it.tags()).toEqual(all.slice(1))
  })

  it('goes on at the last page after a kill, and drops nothing that the first half had named', async () => {
    const it = await world()
    await it.discover()
    it.registry.put('acme/b', 'v4', image('new'), day(4))
    it.registry.pageSize = 3
    it.clock.advance(1_000)
    await killedAt(it, 'contents', 3)
    expect(await it.run()).toMatchObject({ outcome: 'completed' })
    expect(it.listings()).toEqual(['contents'])
    expect(await it.tags()).toEqual([...all, 'acme/b:v4'])
  })

  it('tells a listing what the last one left that went to its end, also after a kill', async () => {
    const it = await world()
    await it.discover()
    await it.discover({ complete: true })
    await killedAt(it, 'contents', 2)
    expect(await it.run()).toMatchObject({ outcome: 'completed' })
    it.registry.before = () => Promise.reject(new Error('broken'))
    await expect(it.discover()).rejects.toThrow()
    it.registry.before = () => undefined
    await it.discover()
    expect(it.registry.memos).toEqual([undefined, '1', '2', '2', '4', '4'])
  })

  it('goes on within a repository of many pages after a kill', async () => {
    const it = await world()
    it.registry.listsEverything = false
    for (let number = 4; number <= 9; number += 1)
      it.registry.put('acme/a', `v${number}`, image(`a${number}`), day(number))
    await killedAt(it, 'tags acme/a', 5)
    expect(await it.run()).toMatchObject({ outcome: 'completed' })
    expect(it.listings().filter((request) => request === 'tags acme/a')).toHaveLength(1)
    expect(await it.tags('acme/a')).toHaveLength(9)
  })

  it('goes on looking after a kill, without listing again', async () => {
    const it = await world()
    const last = image('acme/b 3').manifest.digest
    await killedAt(it, `manifest ${last}`, 1)
    expect(await it.run()).toMatchObject({ outcome: 'completed' })
    expect(it.looks()).toBeGreaterThan(0)
    expect(await rowsOf(it.db, `select distinct kind from image`)).toEqual([{ kind: 'image' }])
    expect(it.listings()).toEqual([])
  })
})
