import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../core/index.ts'
import { buildImage } from '../../../test-support/image-builder/index.ts'
import {
  acrIds,
  type AcrWorld,
  type AcrWorldOptions,
  startAcrWorld,
} from '../../../test-support/platforms/acr/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import type { CheckStep, RegistryConnector } from '../../index.ts'
import { acrProvider } from './index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })
const both = ['content/read', 'metadata/read']

async function start(options: AcrWorldOptions = {}): Promise<AcrWorld> {
  const world = cleanup.keep(await startAcrWorld(options))
  for (const name of ['team/api', 'team/web', 'other']) world.push(name, '1', image, Date.UTC(2026, 0, 1))
  return world
}

function open(world: AcrWorld, settings: Readonly<Record<string, unknown>>): RegistryConnector {
  return cleanup.keep(acrProvider.open(settings, { http: world.internet.http, clock: systemClock }))
}

const step = (steps: readonly CheckStep[], id: CheckStep['id']): CheckStep | undefined =>
  steps.find((one) => one.id === id)

async function namesOf(connector: RegistryConnector): Promise<string[]> {
  const pages = await everything(connector.repositories())
  return pages.flatMap(({ repositories }) => repositories.map(({ name }) => name))
}

/** Both ways in which a registry may say that nothing of what was asked for is allowed. */
const ways = [{ refusesTokens: true }, { refusesTokens: false }]

describe('a repository-scoped token', () => {
  it('signs in without Microsoft Entra ID, and reads the repositories that are named', async () => {
    const world = await start()
    const named = ['team/api', 'team/web']
    const connector = open(world, world.addToken('scanner', { 'team/*': both }, named))
    expect((await connector.check()).filter(({ state }) => state !== 'passed')).toEqual([])
    expect(await namesOf(connector)).toEqual(named)
    for (const name of named) {
      expect((await everything(connector.tags(name)))[0]?.tags).toMatchObject([{ name: '1' }])
      expect((await connector.source(name).manifest('1')).digest).toBe(image.manifest.digest)
    }
    expect(world.internet.requests.filter((line) => /login\.|_catalog|exchange/.test(line))).toEqual([])
  })

  it.each(ways)('may never list repositories, which the check says with what to do: %j', async (way) => {
    const world = await start(way)
    const connector = open(world, world.addToken('scanner', { 'team/*': both }))
    const steps = await connector.check()
    expect(step(steps, 'sign-in')).toMatchObject({ state: 'passed' })
    expect(step(steps, 'list')).toMatchObject({ state: 'failed', code: 'repositories-not-listed' })
    expect(step(steps, 'list')?.remedy).toMatch(/field Repositories.*service principal/)
    const failure = await failureOf(namesOf(connector))
    expect(failure).toMatchObject({ code: 'repositories-not-listed', kind: 'denied' })
  })

  it.each(ways)('that may not read metadata lists no tags, and the action is named: %j', async (way) => {
    const world = await start(way)
    const settings = world.addToken('scanner', { 'team/api': ['content/read'] }, ['team/api'])
    const connector = open(world, settings)
    const found = step(await connector.check(), 'pull')
    expect(found).toMatchObject({ state: 'failed', code: 'permission-missing' })
    expect(found?.message).toMatch(/scope map does not give it metadata\/read on team\/api/)
    expect(found?.remedy).toContain(
      '--registry contoso --name <scope map> --add-repository team/api metadata/read',
    )
    // What is allowed is done.
    expect((await connector.source('team/api').manifest('1')).digest).toBe(image.manifest.digest)
  })

  it.each(
    ways,
  )('that may not read content lists, and cannot pull, and the action is named: %j', async (way) => {
    const world = await start(way)
    const settings = world.addToken('scanner', { 'team/api': ['metadata/read'] }, ['team/api'])
    const connector = open(world, settings)
    const found = step(await connector.check(), 'pull')
    expect(found).toMatchObject({ state: 'failed', code: 'permission-missing' })
    expect(found?.message).toMatch(/does not give it content\/read on team\/api/)
    expect((await everything(connector.tags('team/api')))[0]?.tags).toHaveLength(1)
    expect(await failureOf(connector.resolve('team/api', '1'))).toMatchObject({ kind: 'denied' })
  })

  it.each(ways)('reads what it may where others may not be read: %j', async (way) => {
    const world = await start(way)
    const named = ['other', 'team/api', 'gone']
    const connector = open(world, world.addToken('scanner', { 'team/*': both, gone: both }, named))
    expect(await namesOf(connector)).toEqual(named)
    const denied = await failureOf(everything(connector.tags('other')))
    expect(denied.publicMessage).toMatch(/metadata\/read and content\/read on other/)
    expect(await failureOf(connector.source('other').manifest('1'))).toMatchObject({ kind: 'denied' })
    expect((await everything(connector.tags('team/api')))[0]?.tags).toHaveLength(1)
    expect((await connector.source('team/api').manifest('1')).digest).toBe(image.manifest.digest)
    expect(await failureOf(everything(connector.tags('gone')))).toMatchObject({
      code: 'repository-not-found',
    })
  })

  it('with a wrong password is refused once, and nothing more is sent', async () => {
    const world = await start()
    const settings = world.addToken('scanner', { 'team/*': both }, ['team/api'])
    world.disableToken('scanner')
    const connector = open(world, settings)
    const found = step(await connector.check(), 'sign-in')
    expect(found).toMatchObject({ state: 'failed', code: 'credentials-refused' })
    expect(found?.remedy).toMatch(/one of its passwords.*disabled/)
    expect(world.internet.requests).toHaveLength(1)
    await Promise.all([
      failureOf(everything(connector.tags('team/api'))),
      failureOf(connector.resolve('team/api', '1')),
      failureOf(connector.source('team/api').manifest('1')),
    ])
    await failureOf(connector.resolve('team/api', '1'))
    expect(world.internet.requests.filter((line) => line.includes('/oauth2/token'))).toHaveLength(2)
  })

  it('whose password ends is not taken for one that lacks a right', async () => {
    const world = await start()
    const connector = open(world, world.addToken('scanner', { 'team/*': both }, ['team/api']))
    await everything(connector.tags('team/api'))
    world.disableToken('scanner')
    world.expireTokens()
    const sent = () => world.internet.requests.length
    expect(await failureOf(everything(connector.tags('team/api')))).toMatchObject({ kind: 'auth' })
    const before = sent()
    expect(await failureOf(everything(connector.tags('team/web')))).toMatchObject({ kind: 'auth' })
    expect(await failureOf(connector.resolve('team/api', '1'))).toMatchObject({ kind: 'auth' })
    expect(sent()).toBe(before)
  })

  it('that may push is pointed out', async () => {
    const world = await start()
    const settings = world.addToken('pusher', { 'team/*': [...both, 'content/write'] }, ['team/api'])
    const steps = await open(world, settings).check()
    expect(step(steps, 'sign-in')).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/push or delete/),
    })
    expect(step(steps, 'pull')).toMatchObject({ state: 'passed' })
  })
})

describe('RBAC + ABAC repository permissions', () => {
  it('without the right to list, named repositories are read', async () => {
    const world = await start()
    const reader = world.settingsOf(acrIds.unlisting)
    const found = step(await open(world, reader).check(), 'list')
    expect(found?.remedy).toMatch(/Catalog Lister.*field Repositories/)
    const connector = open(world, { ...reader, repositories: ['team/api'] })
    expect((await connector.check()).filter(({ state }) => state !== 'passed')).toEqual([])
    expect(await namesOf(connector)).toEqual(['team/api'])
    expect((await everything(connector.tags('team/api')))[0]?.tags).toHaveLength(1)
    expect(world.internet.requests.filter((line) => line.includes('_catalog'))).toEqual([])
  })

  it.each(
    ways,
  )('a condition that leaves a repository out is named, and ends nothing else: %j', async (way) => {
    const world = await start(way)
    world.push('b', '1', image, Date.UTC(2026, 0, 1))
    const connector = open(world, world.settingsOf(acrIds.narrow))
    for (const work of [
      () => everything(connector.tags('other')),
      () => connector.resolve('other', '1'),
      () => connector.source('other').manifest('1'),
    ]) {
      const failure = await failureOf(work())
      expect(failure).toMatchObject({ code: 'permission-missing', kind: 'denied' })
      expect(failure.remedy).toContain('Container Registry Repository Reader')
    }
    expect((await everything(connector.tags('b')))[0]?.tags).toHaveLength(1)
    expect((await connector.source('b').manifest('1')).digest).toBe(image.manifest.digest)
  })
})
