import { expect, it } from 'vitest'
import { AppError } from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { addConnection, rowsOf } from '../test-support/domain/index.ts'
import { DiscoveryWorld } from '../test-support/discovery-world.ts'
import { type BuiltImage, buildImage } from '../test-support/image-builder/index.ts'
import { EVERYTHING, merged, wishFor } from './wish.ts'

const image = (content: string): BuiltImage => buildImage({ layers: [{ files: { name: content } }] })
const day = (number: number): number => Date.UTC(2025, 0, number)

it('names are bounded: many of them are a discovery of everything, and what is no name is none', () => {
  const many = Array.from({ length: 51 }, (_, index) => `acme/r${index}`)
  expect(wishFor(many)).toEqual({ all: true, complete: false, names: [] })
  expect(wishFor(['a', 'a', '', 'x'.repeat(513), 'a b', 'a\nb', '\0'])).toEqual({
    all: false,
    complete: false,
    names: ['a'],
  })
  expect(merged(wishFor(many.slice(0, 30)), wishFor(many.slice(30)))).toMatchObject({ all: true, names: [] })
  expect(merged({ ...EVERYTHING, complete: true }, wishFor(['a']))).toEqual({
    all: true,
    complete: true,
    names: ['a'],
  })
})

eachDatabase((_name, open) => {
  let opened: Promise<Database> | undefined
  const world = async (): Promise<DiscoveryWorld> => {
    opened ??= open()
    const begun = await DiscoveryWorld.begin(opened)
    begun.registry.hasRevisions = true
    begun.registry.isNewestFirst = true
    for (const name of ['acme/a', 'acme/b']) {
      for (let number = 1; number <= 3; number += 1) {
        begun.registry.put(name, `v${number}`, image(`${name} ${number}`), day(number))
      }
    }
    await begun.discover()
    return begun
  }

  it('looks at the named repositories only, whole, and scans what is new', async () => {
    const it = await world()
    it.registry.put('acme/a', 'new', image('new'), day(9))
    it.registry.repositories.get('acme/a')?.delete('v1')
    it.told.length = 0
    expect(await it.hint('acme/a', 'acme/a')).toEqual(['tags acme/a', 'tags acme/a'])
    expect(await it.tags('acme/a')).toEqual(['acme/a:new', 'acme/a:v2', 'acme/a:v3'])
    expect(it.told).toHaveLength(1)
    const [connection] = await rowsOf<{ at: string; status: string }>(
      it.db,
      `select last_discovery ->> 'at' as at, status from registry_connection`,
    )
    expect(connection).toEqual({ at: new Date(it.clock.now() - 1_000).toISOString(), status: 'Connected' })
  })

  it('adds a repository that the listing of the registry names', async () => {
    const it = await world()
    it.registry.put('acme/c', '1', image('c'), day(4))
    expect(await it.hint('acme/c')).toEqual(['catalog', 'catalog', 'tags acme/c', 'tags acme/c'])
    expect(await it.tags('acme/c')).toEqual(['acme/c:1'])
  })

  it('a made-up repository leaves nothing behind', async () => {
    const it = await world()
    expect(await it.hint('made/up', '../../etc/passwd', 'acme/a:v1')).toEqual([
      'tags ../../etc/passwd',
      'tags acme/a:v1',
      'tags made/up',
    ])
    expect(await rowsOf(it.db, 'select path from repository order by path')).toEqual([
      { path: 'acme/a' },
      { path: 'acme/b' },
    ])
    expect(await it.incomplete()).toBeNull()
  })

  it('one that is outside of what the connection lists is not added', async () => {
    const it = await world()
    it.registry.put('other/secret', '1', image('other'), day(4))
    it.registry.unlisted.add('other/secret')
    await it.hint('other/secret')
    expect(await it.tags('other/secret')).toEqual([])
  })

  it('one that has left goes, after the listing was asked', async () => {
    const it = await world()
    it.registry.repositories.delete('acme/a')
    expect(await it.hint('acme/a')).toEqual(['catalog', 'tags acme/a'])
    expect(await it.tags()).toEqual(['acme/b:v1', 'acme/b:v2', 'acme/b:v3'])
    const history = await rowsOf(it.db, 'select name from tag_history order by name')
    expect(history).toEqual([{ name: 'v1' }, { name: 'v2' }, { name: 'v3' }])
  })

  it('one that is only hidden for a moment stays', async () => {
    const it = await world()
    it.registry.before = (request) => {
      if (request !== 'tags acme/a') return
      throw new AppError({ code: 'repository-not-found', kind: 'not-found', publicMessage: 'Not found.' })
    }
    await it.hint('acme/a')
    expect(await it.tags('acme/a')).toHaveLength(3)
  })

  it('a flood is one discovery; events while it runs are one more', async () => {
    const it = await world()
    for (let number = 0; number < 200; number += 1) {
      await it.service.requestRepositories('one', it.connection, [`acme/r${number}`, 'acme/a'])
    }
    expect(await rowsOf(it.db, `select wish from discovery_run where state = 'pending'`)).toEqual([
      { wish: { all: true, complete: false, names: expect.any(Array) } },
    ])
    expect(await it.run()).toMatchObject({ outcome: 'completed' })
    expect(await it.run()).toBeUndefined()
  })

  it('a deletion that is told of while a discovery of everything waits is seen by it', async () => {
    const it = await world()
    it.registry.repositories.get('acme/a')?.delete('v1')
    await it.service.request('one', it.connection)
    await it.service.requestRepositories('one', it.connection, ['acme/a'])
    it.clock.advance(1_000)
    await it.run()
    expect(await it.tags('acme/a')).toEqual(['acme/a:v2', 'acme/a:v3'])
  })

  it('of another organisation it is refused', async () => {
    const it = await world()
    await expect(it.service.requestRepositories('two', it.connection, ['acme/a'])).rejects.toThrow(
      'no such connection',
    )
  })

  it('several connections that see a repository keep it until the last one does not', async () => {
    const it = await world()
    const other = await addConnection(it.db, 'one')
    await it.service.request('one', other)
    await it.run()
    it.registry.repositories.delete('acme/a')
    await it.discover()
    expect(await it.tags('acme/a')).toHaveLength(3)
    await it.service.request('one', other)
    await it.run()
    expect(await it.tags('acme/a')).toEqual([])
  })
})
