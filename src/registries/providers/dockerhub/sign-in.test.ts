import { afterEach, describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../../../core/index.ts'
import { buildImage } from '../../../test-support/image-builder/index.ts'
import {
  hubAccounts,
  type HubWorld,
  type HubWorldOptions,
  startDockerhubWorld,
  twoFactorAccount,
} from '../../../test-support/platforms/dockerhub/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import type { CheckStep, RegistryConnector, RequestBudget } from '../../index.ts'
import { dockerhubProvider } from './index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: '1' } }] })
const day = (number: number) => Date.UTC(2026, 0, number)

const start = async (options: HubWorldOptions = {}): Promise<HubWorld> =>
  cleanup.keep(await startDockerhubWorld(options))

interface Opening {
  readonly clock?: Clock
  readonly budget?: RequestBudget
}

const open = (
  world: HubWorld,
  settings: Readonly<Record<string, unknown>> = world.settings,
  more: Opening = {},
): RegistryConnector =>
  cleanup.keep(dockerhubProvider.open(settings, { http: world.internet.http, clock: systemClock, ...more }))

const namesOf = async (connector: RegistryConnector): Promise<string[]> =>
  (await everything(connector.repositories())).flatMap(({ repositories }) =>
    repositories.map(({ name }) => name),
  )

const step = (steps: readonly CheckStep[], id: CheckStep['id']) => steps.find((one) => one.id === id)

describe('signing in', () => {
  it('renews a token before it ends, without being refused, and never by the old way', async () => {
    let now = Date.now()
    const clock = { now: () => now }
    const world = await start({ clock, pageSize: 1 })
    for (const tag of ['1', '2', '3']) world.push('acme/api', tag, image, day(Number(tag)))
    for await (const { tags } of open(world, world.settings, { clock }).tags('acme/api')) {
      expect(tags.length).toBeLessThanOrEqual(1)
      now += 570_000
    }
    expect(world.answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([])
    expect(world.signIns()).toBe(4)
    expect(world.internet.requests.join()).not.toContain('/users/login')
  })

  it('shares one sign-in among those who list at once', async () => {
    const world = await start()
    world.push('acme/api', '1', image, day(1))
    const connector = open(world)
    await Promise.all(Array.from({ length: 8 }, () => everything(connector.tags('acme/api'))))
    expect(world.signIns()).toBe(1)
  })

  it('says that two-factor accounts need a token', async () => {
    const world = await start()
    const refused = step(await open(world, world.settingsOf(twoFactorAccount)).check(), 'sign-in')
    expect(refused).toMatchObject({ state: 'failed', code: 'credentials-refused' })
    expect(refused?.message).toContain('Incorrect authentication credentials')
    expect(refused?.remedy).toMatch(/two-factor.*personal access token/)
  })

  it('tries refused credentials at no second door', async () => {
    const world = await start()
    world.push('acme/api', '1', image, day(1))
    const pulling = open(world, world.wrongSettings)
    expect(await failureOf(pulling.resolve('acme/api', '1'))).toMatchObject({ code: 'credentials-refused' })
    expect(await failureOf(namesOf(pulling))).toMatchObject({ code: 'credentials-refused' })
    expect(world.signIns()).toBe(1)
    const listing = open(world, world.wrongSettings)
    expect(await failureOf(namesOf(listing))).toMatchObject({ code: 'credentials-refused' })
    expect(await failureOf(listing.resolve('acme/api', '1'))).toMatchObject({ code: 'credentials-refused' })
    expect(world.signIns()).toBe(2)
  })
})

describe('check', () => {
  it('takes few requests and no pull', async () => {
    const world = await start()
    world.push('acme/api', '1', image, day(1))
    const steps = await open(world).check()
    expect(steps.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed', 'passed', 'passed'])
    expect(world.internet.requests.length).toBeLessThanOrEqual(8)
    expect(world.registry.requests.of('manifest').map(({ method }) => method)).toEqual(['HEAD'])
  })

  it.each<[string, keyof typeof hubAccounts, RegExp, RegExp]>([
    ['a password', 'owner', /password of an account may do everything.*Read-only/, /only read/],
    ['a token that may push', 'writer', /may also push/, /only read/],
  ])('points out excess rights: %s', async (_, account, message, remedy) => {
    const world = await start()
    world.push('acme/api', '1', image, day(1))
    const found = step(await open(world, world.settingsOf(hubAccounts[account])).check(), 'sign-in')
    expect(found?.state).toBe('warning')
    expect(found?.message).toMatch(message)
    expect(found?.remedy).toMatch(remedy)
  })

  it.each<[keyof typeof hubAccounts, RegExp]>([
    ['publicReader', /Read-only \(repo:read; not "Public/],
    ['unlisting', /scope-repository-list/],
  ])('warns when only public repositories are listed: %s', async (account, remedy) => {
    const world = await start()
    world.push('acme/hidden', '1', image, day(1))
    world.addRepository('acme/open', { isPrivate: false })
    world.push('acme/open', '1', image, day(1))
    const connector = open(world, world.settingsOf(hubAccounts[account], { namespace: 'acme' }))
    const steps = await connector.check()
    expect(step(steps, 'list')).toMatchObject({ state: 'warning', remedy: expect.stringMatching(remedy) })
    expect(step(steps, 'pull')?.state).toBe('passed')
    expect(await namesOf(connector)).toEqual(['acme/open'])
  })

  it('says what to do where nothing may be listed', async () => {
    const world = await start()
    world.push('acme/api', '1', image, day(1))
    const failed = step(await open(world, world.deniedSettings).check(), 'list')
    expect(failed).toMatchObject({ state: 'failed', code: 'repositories-not-listed' })
    expect(failed?.message).toContain('access to the resource is forbidden')
    expect(failed?.remedy).toMatch(/scope-repository-list.*field Repositories/)
  })

  it('names a namespace that does not exist', async () => {
    const world = await start()
    world.internet.intercept = ({ url }) =>
      url.pathname.includes('/acme/') ? { status: 404, body: '{"message":"object not found"}' } : undefined
    expect(step(await open(world).check(), 'list')).toMatchObject({
      code: 'platform-not-found',
      message: 'Docker Hub knows no namespace acme.',
    })
  })
})

describe('pulling', () => {
  it('takes no credentials along to where layers are kept', async () => {
    const world = await start()
    world.push('acme/api', '1', image, day(1))
    const { digest, bytes } = image.config
    const stream = await open(world).source('acme/api').blob({ digest, size: bytes.length })
    expect(Buffer.concat(await stream.toArray()).equals(Buffer.from(bytes))).toBe(true)
    expect(world.internet.requests.at(-1)).toContain('https://production.cloudflare.docker.com/')
    const asked = world.registry.storageRequests.all.map(({ authorization, status }) => [
      authorization,
      status,
    ])
    expect(asked).toEqual([[undefined, 200]])
  })
})

describe('limits', () => {
  it('counts API requests and pulls apart, and HEADs not at all', async () => {
    const world = await start()
    world.push('acme/api', '1', image, day(1))
    world.pullsLeft(76)
    const taken: string[] = []
    const told: [string, number, number][] = []
    const now = day(40)
    const budget: RequestBudget = {
      take: async (bucket) => {
        taken.push(bucket)
        return () => undefined
      },
      report: (bucket, { remaining, resetAt }) => told.push([bucket, remaining, resetAt - now]),
    }
    const connector = open(world, world.settings, { clock: { now: () => now }, budget })
    await connector.resolve('acme/api', '1')
    await connector.source('acme/api').manifest('1')
    await everything(connector.tags('acme/api'))
    expect(taken).toEqual(['pulls', 'api', 'api'])
    expect(told[0]).toEqual(['pulls', 76, 21_600_000])
    expect(told[1]?.slice(0, 2)).toEqual(['api', 599])
    const buckets = dockerhubProvider.description.limits.map(({ bucket }) => bucket)
    expect(buckets).toEqual(['api', 'pulls'])
  })

  it('says until when, by the moment that Hub names in a header of its own', async () => {
    const world = await start()
    const until = Math.floor(Date.now() / 1000) + 3600
    const headers = { 'x-retry-after': String(until) }
    world.internet.intercept = ({ url }) =>
      url.pathname.includes('/namespaces/')
        ? { status: 429, headers, body: '{"detail":"Rate limit exceeded"}' }
        : undefined
    const failure = await failureOf(namesOf(open(world)))
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAt: until * 1000 })
    expect(failure.publicMessage).toContain('Rate limit exceeded')
    expect(world.internet.requests).toHaveLength(2)
  })

  it('says that pulls are used up, in the words of the registry', async () => {
    const world = await start()
    world.push('acme/api', '1', image, day(1))
    const said = 'You have reached your pull rate limit.'
    world.internet.intercept = ({ url }) =>
      url.pathname.includes('/manifests/')
        ? {
            status: 429,
            headers: { 'retry-after': '3600' },
            body: JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message: said }] }),
          }
        : undefined
    const failure = await failureOf(open(world).source('acme/api').manifest('1'))
    expect(failure).toMatchObject({ kind: 'rate-limited' })
    expect(failure.publicMessage).toContain('You have reached your pull rate limit')
  })
})
