import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../core/index.ts'
import { buildImage } from '../../../../test-support/image-builder/index.ts'
import {
  startZotWorld,
  type ZotWorld,
  type ZotWorldOptions,
} from '../../../../test-support/platforms/zot/index.ts'
import { Cleanup, everything, failureOf } from '../../../../test-support/registry-client.ts'
import type { RegistryConnector } from '../../../index.ts'
import { ociProvider } from '../index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const day = (number: number): number => Date.UTC(2026, 0, 1) + number * 86_400_000
const numbered = (number: number) => buildImage({ layers: [{ files: { number: String(number) } }] })

async function start(options: ZotWorldOptions = {}): Promise<ZotWorld> {
  const world = cleanup.keep(await startZotWorld(options))
  for (let number = 10; number < 20; number += 1)
    world.push('api', `t${number}`, numbered(number), day(number))
  return world
}

const open = (world: ZotWorld): RegistryConnector =>
  cleanup.keep(ociProvider.open(world.settings, { http: world.internet.http, clock: systemClock }))

const namesOf = (pages: readonly { readonly tags: readonly { readonly name: string }[] }[]) =>
  pages.flatMap(({ tags }) => tags.map(({ name }) => name))

const asked = (world: ZotWorld, pattern: RegExp): number =>
  world.internet.requests.filter((request) => pattern.test(request)).length

describe('listing by the search extension of zot', () => {
  it('takes one request for 1,000 tags, and none of the protocol', async () => {
    const world = await start()
    for (let number = 0; number < 1500; number += 1) world.push('many', `n${number}`, numbered(1), day(1))
    const connector = open(world)
    await everything(connector.repositories())
    expect(namesOf(await everything(connector.tags('many')))).toHaveLength(1500)
    expect(asked(world, /ext\/search/)).toBe(2)
    expect(asked(world, /\/manifests\/|\/tags\/list/)).toBe(0)
  })

  it('gives digest, type, size, and the later of the dates of tag and image', async () => {
    const world = await start()
    world.push('api', 't10', numbered(30), day(30))
    world.push('api', 't30', numbered(10), day(31))
    const tags = (await everything(open(world).tags('api'))).flatMap((page) => page.tags)
    const moved = tags.find(({ name }) => name === 't10')
    const image = numbered(30)
    const size =
      image.manifest.bytes.length + [...image.blobs.values()].reduce((sum, { length }) => sum + length, 0)
    const { digest, mediaType } = image.manifest
    expect(moved).toEqual({ name: 't10', digest, mediaType, size, pushedAt: day(30) })
    expect(tags.find(({ name }) => name === 't30')?.pushedAt).toBe(day(31))
  })

  it('misses no tag when others are deleted between two pages', async () => {
    const world = await start({ pageSize: 3 })
    const seen: string[] = []
    let deleted = false
    for await (const { tags } of open(world).tags('api')) {
      seen.push(...tags.map(({ name }) => name))
      if (!deleted) for (const tag of ['t10', 't11']) world.untag('api', tag)
      deleted = true
    }
    expect(seen).toEqual(['t10', 't11', 't12', 't13', 't14', 't15', 't16', 't17', 't18', 't19'])
  })

  it('gives no tag twice when others are pushed between two pages', async () => {
    const world = await start({ pageSize: 3 })
    const seen: string[] = []
    for await (const { tags } of open(world).tags('api')) {
      seen.push(...tags.map(({ name }) => name))
      world.push('api', `a${seen.length}`, numbered(40), day(40))
    }
    expect(seen).toEqual(['t10', 't11', 't12', 't13', 't14', 't15', 't16', 't17', 't18', 't19'])
  })

  it('says of a repository that left that it is not there', async () => {
    expect(await failureOf(everything(open(await start()).tags('gone')))).toMatchObject({
      code: 'repository-not-found',
    })
  })

  it.each<[string, ZotWorldOptions, string | undefined]>([
    ['is off', { hasSearch: false }, undefined],
    ['fails in its own words', {}, '{"errors":[{"message":"internal"}],"data":null}'],
    ['answers something else', {}, '{"data":{"ImageList":{"Results":"none"}}}'],
    ['is cut', {}, '{"data":{"ImageList"'],
  ])('uses the protocol where the extension %s, and asks it no more', async (_, options, body) => {
    const world = await start(options)
    if (body !== undefined)
      world.internet.intercept = ({ url }) =>
        url.pathname.endsWith('/search') ? { status: 200, body } : undefined
    const connector = open(world)
    for (const _time of [1, 2]) expect(namesOf(await everything(connector.tags('api')))).toHaveLength(10)
    expect(asked(world, /ext\/search/)).toBe(1)
    expect(asked(world, /\/manifests\//)).toBe(20)
  })

  describe('of several repositories at once', () => {
    async function startMany(repositories: number, tags: number): Promise<ZotWorld> {
      const world = cleanup.keep(await startZotWorld())
      for (let number = 100; number < 100 + repositories; number += 1) {
        // Of the registry one tag is enough: its catalog has the name then.
        world.push(`r${number}`, 'a0', numbered(1), day(1))
        for (let tag = 1; tag < tags; tag += 1)
          world.content.push(`r${number}`, `a${tag}`, numbered(1), day(1))
      }
      return world
    }

    async function discover(connector: RegistryConnector): Promise<Map<string, string[]>> {
      const pages = await everything(connector.repositories())
      const names = pages.flatMap(({ repositories }) => repositories.map(({ name }) => name))
      const found = new Map<string, string[]>()
      const worker = async () => {
        for (let name = names.shift(); name !== undefined; name = names.shift()) {
          found.set(name, namesOf(await everything(connector.tags(name))))
        }
      }
      await Promise.all([1, 2, 3, 4, 5, 6].map(worker))
      return found
    }

    it('asks for twenty small repositories with one request', async () => {
      const world = await startMany(70, 3)
      const found = await discover(open(world))
      expect([...found.values()]).toEqual(Array.from({ length: 70 }, () => ['a0', 'a1', 'a2']))
      // Ten at first, then twenty.
      expect(asked(world, /ext\/search/)).toBe(1 + 3)
      expect(asked(world, /\/manifests\/|\/tags\/list/)).toBe(0)
    })

    it('costs no more than one by one where they are large, but for the first ones', async () => {
      const world = await startMany(14, 1000)
      const found = await discover(open(world))
      expect([...found.values()].map(({ length }) => length)).toEqual(Array.from({ length: 14 }, () => 1000))
      expect(asked(world, /ext\/search/)).toBe(1 + 10 + 4)
    })

    it('misses nothing of one that is larger than its part, and gives nothing twice', async () => {
      const world = await startMany(12, 3)
      for (let tag = 0; tag < 1500; tag += 1) world.content.push('r105', `b${tag}`, numbered(1), day(1))
      const found = await discover(open(world))
      expect(found.get('r105')).toHaveLength(1503)
      expect(new Set(found.get('r105')).size).toBe(1503)
      expect(found.get('r106')).toEqual(['a0', 'a1', 'a2'])
    })

    it('says of one that left that it is not there, and of the others all', async () => {
      const world = await startMany(4, 2)
      const connector = open(world)
      await everything(connector.repositories())
      world.removeRepository('r101')
      expect(namesOf(await everything(connector.tags('r100')))).toEqual(['a0', 'a1'])
      expect(await failureOf(everything(connector.tags('r101')))).toMatchObject({
        code: 'repository-not-found',
      })
      expect(namesOf(await everything(connector.tags('r102')))).toEqual(['a0', 'a1'])
      expect(asked(world, /ext\/search/)).toBe(1)
    })

    it.each([422, 200, 500])('asks one by one where several are refused by %d', async (status) => {
      const world = await startMany(12, 2)
      let refused = 0
      world.internet.intercept = ({ url }) => {
        if (!/ i1: /.test(url.searchParams.get('query') ?? '')) return undefined
        refused += 1
        return { status, body: '{"errors":[{"message":"complexity"}],"data":null}' }
      }
      const found = await discover(open(world))
      expect([...found.values()]).toEqual(Array.from({ length: 12 }, () => ['a0', 'a1']))
      expect(refused).toBeLessThanOrEqual(5)
      expect(asked(world, /\/manifests\//)).toBe(0)
    })

    it('gives what was asked for ahead once, and for a minute', async () => {
      const world = await startMany(4, 1)
      const clock = { time: Date.now(), now: () => clock.time }
      const connector = cleanup.keep(ociProvider.open(world.settings, { http: world.internet.http, clock }))
      await everything(connector.repositories())
      for (const name of ['r100', 'r102']) await everything(connector.tags(name))
      expect(asked(world, /ext\/search/)).toBe(1)
      world.content.push('r102', 'now', numbered(2), day(2))
      expect(namesOf(await everything(connector.tags('r102')))).toEqual(['a0', 'now'])
      world.content.push('r101', 'new', numbered(2), day(2))
      clock.time += 60_000
      expect(namesOf(await everything(connector.tags('r101')))).toEqual(['a0', 'new'])
      world.content.push('r101', 'newer', numbered(3), day(3))
      expect(namesOf(await everything(connector.tags('r101')))).toEqual(['a0', 'new', 'newer'])
    })

    it('keeps a query short, whatever the names', async () => {
      const world = cleanup.keep(await startZotWorld())
      const long = (number: number) => `${'long-name/'.repeat(20)}${number}`
      for (let number = 10; number < 24; number += 1) world.push(long(number), '1', numbered(1), day(1))
      expect((await discover(open(world))).size).toBe(14)
      const longest = Math.max(...world.internet.requests.map(({ length }) => length))
      expect(longest).toBeLessThan(6000)
      expect(asked(world, /ext\/search/)).toBeLessThanOrEqual(3)
    })
  })

  it('begins anew with a cursor of nobody', async () => {
    const world = await start()
    for (const cursor of ['zot:99999999999999999999:x', 'zot:', 'harbor:5', 'zot:-1:t19', 'zot:400:t19'])
      expect(namesOf(await everything(open(world).tags('api', { cursor }))).length).toBeLessThanOrEqual(10)
  })
})
