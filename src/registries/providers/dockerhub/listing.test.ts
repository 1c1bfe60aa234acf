import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../core/index.ts'
import { buildImage, buildIndex } from '../../../test-support/image-builder/index.ts'
import {
  hubAccounts,
  type HubWorld,
  type HubWorldOptions,
  startDockerhubWorld,
} from '../../../test-support/platforms/dockerhub/index.ts'
import { Cleanup, everything } from '../../../test-support/registry-client.ts'
import type { RegistryConnector } from '../../index.ts'
import { dockerhubProvider } from './index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: '1' } }] })
const day = (number: number) => Date.UTC(2026, 0, number)

const start = async (options: HubWorldOptions = {}): Promise<HubWorld> =>
  cleanup.keep(await startDockerhubWorld(options))

const open = (
  world: HubWorld,
  settings: Readonly<Record<string, unknown>> = world.settings,
): RegistryConnector =>
  cleanup.keep(dockerhubProvider.open(settings, { http: world.internet.http, clock: systemClock }))

const namesOf = async (connector: RegistryConnector): Promise<string[]> =>
  (await everything(connector.repositories())).flatMap(({ repositories }) =>
    repositories.map(({ name }) => name),
  )

describe('namespaces', () => {
  it('are all of the account when none is named, and go on from any page', async () => {
    const world = await start({ pageSize: 1 })
    for (const name of ['acme/api', 'acme/web', 'acme-reader/own', 'stranger/other'])
      world.push(name, '1', image, day(1))
    const connector = open(world, world.settingsOf(hubAccounts.reader))
    const pages = await everything(connector.repositories())
    const names = pages.map(({ repositories }) => repositories.map(({ name }) => name).join())
    expect(names).toEqual(['acme/api', 'acme/web', 'acme-reader/own'])
    for (const [index, { nextCursor }] of pages.entries()) {
      if (nextCursor === null) continue
      const rest = await everything(connector.repositories({ cursor: nextCursor }))
      const after = rest.flatMap((page) => page.repositories.map(({ name }) => name))
      expect(after).toEqual(names.slice(index + 1))
    }
  })

  it('are one for an organization access token, which may not ask', async () => {
    const world = await start()
    world.push('acme/api', '1', image, day(1))
    expect(await namesOf(open(world, world.settingsOf(hubAccounts.organization)))).toEqual(['acme/api'])
    expect(world.internet.requests.join()).not.toContain('/v2/repositories/namespaces')
  })

  it('of others show what is public', async () => {
    const world = await start()
    world.addRepository('library/debian', { isPrivate: false })
    world.push('library/debian', '12', image, day(1))
    const settings = world.settingsOf(hubAccounts.reader, { namespace: 'library' })
    expect(await namesOf(open(world, settings))).toEqual(['library/debian'])
    expect((await open(world, settings).resolve('library/debian', '12')).digest).toBe(image.manifest.digest)
  })
})

describe('listing', () => {
  it('leaves out plugins, and takes the last push for the revision', async () => {
    const world = await start()
    world.push('acme/api', '1', image, day(3))
    world.addRepository('acme/plugin', { isPlugin: true })
    world.addRepository('acme/never-pushed')
    const [page] = await everything(open(world).repositories())
    expect(page?.repositories).toEqual([
      { name: 'acme/api', revision: '2026-01-03T00:00:00.000Z' },
      { name: 'acme/never-pushed', revision: null },
    ])
  })

  it('has no revision for a push that has just been: another one may follow in its shadow', async () => {
    const world = await start()
    world.push('acme/api', '1', image, Date.now())
    const [page] = await everything(open(world).repositories())
    expect(page?.repositories).toEqual([{ name: 'acme/api', revision: null }])
  })

  it('misses no repository when one is deleted between two pages', async () => {
    const world = await start({ pageSize: 2 })
    for (const name of ['a', 'b', 'c', 'd']) world.push(`acme/${name}`, '1', image, day(1))
    const seen = new Set<string>()
    for await (const { repositories } of open(world).repositories()) {
      for (const { name } of repositories) seen.add(name)
      world.removeRepository('acme/a')
    }
    expect([...seen].toSorted()).toEqual(['acme/a', 'acme/b', 'acme/c', 'acme/d'])
  })

  it('asks for a digest that the listing leaves out, by a HEAD that is no pull', async () => {
    const world = await start()
    const index = buildIndex([image])
    world.push('acme/api', 'old', index, day(1))
    world.push('acme/api', 'gone', image, day(1))
    world.push('acme/api', 'new', image, day(2))
    world.hideDigest('acme/api', 'old')
    world.hideDigest('acme/api', 'gone')
    world.registry.deleteTag('acme/api', 'gone')
    const [page] = await everything(open(world).tags('acme/api'))
    expect(page?.tags.map(({ name, digest }) => [name, digest])).toEqual([
      ['new', image.manifest.digest],
      ['old', index.manifest.digest],
    ])
    expect(world.registry.requests.of('manifest').every(({ method }) => method === 'HEAD')).toBe(true)
  })

  it('says media type, size and day of the push', async () => {
    const world = await start()
    world.push('acme/api', '1', image, day(5))
    const [page] = await everything(open(world).tags('acme/api'))
    const size = image.layers.reduce((sum, layer) => sum + layer.bytes.length, 0)
    const { digest, mediaType } = image.manifest
    expect(page?.tags).toEqual([{ name: '1', digest, mediaType, pushedAt: day(5), size }])
  })

  it('asks for no list where the repositories are named', async () => {
    const world = await start()
    const repositories = 'acme/api\ndocker.io/acme/web\ndebian'
    const connector = open(world, world.settingsOf(hubAccounts.pullOnly, { repositories }))
    expect(await namesOf(connector)).toEqual(['acme/api', 'acme/web', 'library/debian'])
    expect(world.internet.requests).toEqual([])
  })

  it('asks once for 100 repositories and once for 100 tags, after one sign-in', async () => {
    const world = await start()
    for (let number = 0; number < 30; number += 1) {
      for (let tag = 0; tag < 100; tag += 1) world.push(`acme/r${number}`, `t${tag}`, image, day(1) + tag)
    }
    const connector = open(world)
    for (const name of await namesOf(connector)) await everything(connector.tags(name))
    expect(world.internet.requests).toHaveLength(1 + 1 + 30)
  })
})
