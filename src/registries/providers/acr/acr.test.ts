import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../core/index.ts'
import { buildImage } from '../../../test-support/image-builder/index.ts'
import { acrIds, type AcrWorld, startAcrWorld } from '../../../test-support/platforms/acr/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import type { CheckStep, RegistryConnector, RegistryEnvironment } from '../../index.ts'
import { acrProvider } from './index.ts'

const cleanup = new Cleanup()
afterEach(async () => {
  vi.unstubAllEnvs()
  await cleanup.close()
})

const image = buildImage({ layers: [{ files: { a: 'a' } }] })
const at = (day: number): number => Date.UTC(2026, 0, day)

async function start(options: Parameters<typeof startAcrWorld>[0] = {}): Promise<AcrWorld> {
  return cleanup.keep(await startAcrWorld(options))
}

function open(
  world: Pick<AcrWorld, 'internet' | 'settings'>,
  settings = world.settings,
  environment: Partial<RegistryEnvironment> = {},
): RegistryConnector {
  return cleanup.keep(
    acrProvider.open(settings, { http: world.internet.http, clock: systemClock, ...environment }),
  )
}

const step = (steps: readonly CheckStep[], id: string): CheckStep | undefined =>
  steps.find((one) => one.id === id)

const asked = (world: AcrWorld, part: string): number =>
  world.internet.requests.filter((request) => request.includes(part)).length

describe('clouds', () => {
  it.each(['public', 'usgov', 'china'] as const)('signs in and lists in the cloud %s', async (cloud) => {
    const world = await start({ cloud })
    world.push('api', '1', image, at(1))
    const connector = open(world)
    const [page] = await everything(connector.tags('api'))
    expect(page?.tags).toEqual([
      { name: '1', digest: image.manifest.digest, pushedAt: at(1), mediaType: null, size: null },
    ])
    expect(connector.host).toBe(world.host)
  })

  it('takes a token for Resource Manager where Entra knows none for registries, and remembers it', async () => {
    const world = await start({ cloud: 'china', knowsRegistryAudience: false })
    world.push('api', '1', image, at(1))
    const connector = open(world)
    expect((await everything(connector.repositories()))[0]?.repositories).toHaveLength(1)
    expect(asked(world, 'login.chinacloudapi.cn')).toBe(2)
    world.expireTokens()
    await everything(connector.tags('api'))
    expect(asked(world, 'login.chinacloudapi.cn')).toBe(3)
  })
})

describe('signing in', () => {
  it.each([
    ['a wrong secret', { secret: 'nope~value' }, 'AADSTS7000215', /value of a client secret/],
    ['an expired secret', { secret: 'expired~secret~value' }, 'AADSTS7000222', /new client secret/],
    [
      'an unknown application',
      { app: '99999999-aaaa-4aaa-8aaa-999999999999', secret: 'some~value' },
      'AADSTS700016',
      /Client ID/,
    ],
    ['an unknown tenant', { tenantId: 'nowhere.example' }, 'AADSTS90002', /Tenant ID.*Cloud/],
  ])('says what is wrong with %s, after one try', async (_, wrong: Record<string, string>, code, remedy) => {
    const world = await start()
    const { app = acrIds.reader, secret, ...fields } = wrong
    const connector = open(world, { ...world.settingsOf(app, secret), ...fields })
    const found = step(await connector.check(), 'sign-in')
    expect(found).toMatchObject({ state: 'failed', code: 'credentials-refused' })
    expect(found?.message).toContain(code)
    expect(found?.remedy).toMatch(remedy)
    expect(found?.message).not.toMatch(/Trace ID|~/)
    expect(world.internet.requests).toHaveLength(1)
    await failureOf(connector.resolve('api', '1'))
    await failureOf(connector.source('api').manifest('1'))
    await failureOf(everything(connector.tags('api')))
    expect(asked(world, 'login.microsoftonline.com')).toBe(2)
  })

  it('tells an application without a role from a wrong secret', async () => {
    const world = await start()
    const found = step(await open(world, world.settingsOf(acrIds.stranger)).check(), 'sign-in')
    expect(found).toMatchObject({ state: 'failed', code: 'permission-missing' })
    expect(found?.remedy).toMatch(/AcrPull.*Tenant ID/)
  })

  it('names the role that lets list, where a token is granted with less than asked', async () => {
    const world = await start()
    world.push('api', '1', image, at(1))
    const found = step(await open(world, world.settingsOf(acrIds.unlisting)).check(), 'list')
    expect(found).toMatchObject({ state: 'failed', code: 'permission-missing' })
    expect(found?.message).toContain('registry:catalog:*')
    expect(found?.remedy).toContain('Container Registry Repository Catalog Lister')
    expect(asked(world, '_catalog')).toBe(0)
  })

  it('points out rights that nobody needs', async () => {
    const world = await start()
    world.push('api', '1', image, at(1))
    const steps = await open(world, world.settingsOf(acrIds.owner)).check()
    expect(step(steps, 'sign-in')).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/push or delete/),
    })
    expect(step(steps, 'pull')).toMatchObject({ state: 'passed' })
  })

  it('knows the network rules of a registry from a missing right', async () => {
    const world = await start()
    const message =
      "client with IP '203.0.113.9' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."
    world.internet.intercept = ({ url }) =>
      url.hostname === world.host
        ? { status: 403, body: JSON.stringify({ errors: [{ code: 'DENIED', message }] }) }
        : undefined
    const found = (await open(world).check()).find(({ state }) => state === 'failed')
    expect(found).toMatchObject({ code: 'registry-firewall' })
    expect(found?.message).toContain('203.0.113.9')
    expect(found?.remedy).toContain('PORTOLAN_EGRESS_ADDRESSES')
  })
})

describe('listing', () => {
  const names = Array.from({ length: 90 }, (_, index) => `team/app-${String(index).padStart(3, '0')}`)

  it('needs one request a repository, and one for the tokens of thirty', async () => {
    const world = await start()
    for (const name of names) world.push(name, '1', image, at(1))
    const connector = open(world)
    const [page] = await everything(connector.repositories())
    const listed = page?.repositories.map(({ name }) => name) ?? []
    await Promise.all(listed.slice(0, 6).map((name) => everything(connector.tags(name))))
    for (const name of listed.slice(6)) await everything(connector.tags(name))
    expect(world.listingRequests()).toBe(1 + names.length)
    // One for the catalog; those who ask first side by side may not share.
    expect(asked(world, '/oauth2/token')).toBeLessThanOrEqual(1 + 3 + 6)
    expect(asked(world, '/oauth2/exchange')).toBe(1)
  })

  it('asks one by one where the registry grants only the first of several', async () => {
    const world = await start({ scopesAtOnce: 1 })
    for (const name of names.slice(0, 5)) world.push(name, '1', image, at(1))
    const connector = open(world)
    for (const { repositories } of await everything(connector.repositories())) {
      for (const { name } of repositories)
        expect((await everything(connector.tags(name)))[0]?.tags).toHaveLength(1)
    }
    expect(asked(world, '/oauth2/token')).toBe(1 + 5)
  })

  it('reads what it may where others may not be read, and does not sign in anew for each', async () => {
    const world = await start()
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) world.push(name, '1', image, at(1))
    const connector = open(world, world.settingsOf(acrIds.narrow))
    const [page] = await everything(connector.repositories())
    for (const { name } of page?.repositories ?? []) {
      const tags = everything(connector.tags(name))
      if (name === 'b') expect((await tags)[0]?.tags).toHaveLength(1)
      else expect((await failureOf(tags)).publicMessage).toContain(`repository:${name}:metadata_read,pull`)
      const manifest = connector.source(name).manifest('1')
      if (name === 'b') expect((await manifest).digest).toBe(image.manifest.digest)
      else expect(await failureOf(manifest)).toMatchObject({ code: 'permission-missing', kind: 'denied' })
    }
    expect((await connector.source('b').manifest('1')).digest).toBe(image.manifest.digest)
    expect(asked(world, 'login.microsoftonline.com')).toBeLessThanOrEqual(10)
  })

  it('stops at what was known before, newest first', async () => {
    const world = await start({ pageSize: 3 })
    for (let day = 1; day <= 20; day += 1) world.push('api', `v${day}`, image, at(day))
    const connector = open(world)
    await everything(connector.repositories())
    const before = world.listingRequests()
    const pages = await everything(connector.tags('api', { since: at(18) }))
    expect(pages.flatMap(({ tags }) => tags.map(({ name }) => name))).toEqual([
      'v20',
      'v19',
      'v18',
      'v17',
      'v16',
      'v15',
    ])
    expect(pages.at(-1)).toMatchObject({ nextCursor: null, partial: true })
    expect(world.listingRequests() - before).toBe(2)
  })

  it('never stops early where the registry does not keep to the order', async () => {
    const world = await start({ pageSize: 3 })
    for (let day = 1; day <= 9; day += 1) world.push('api', `v${day}`, image, at(day))
    const tag = (name: string, day: number) => ({
      name,
      digest: image.manifest.digest,
      createdTime: new Date(at(day)).toISOString(),
      lastUpdateTime: new Date(at(day)).toISOString(),
    })
    let first = true
    world.internet.intercept = ({ url }) => {
      if (!url.pathname.endsWith('/_tags') || !first) return undefined
      first = false
      const headers = { link: `<${url.pathname}?last=v1%24${at(9)}&n=3&orderby=timedesc>; rel="next"` }
      return {
        status: 200,
        headers,
        body: JSON.stringify({ registry: 'x', imageName: 'api', tags: [tag('v1', 1), tag('v9', 9)] }),
      }
    }
    const pages = await everything(open(world).tags('api', { since: at(5) }))
    expect(new Set(pages.flatMap(({ tags }) => tags.map(({ name }) => name))).size).toBe(9)
  })

  it('does not follow a list to another place', async () => {
    const world = await start()
    world.push('api', '1', image, at(1))
    world.internet.intercept = ({ url }) =>
      url.pathname.endsWith('/_catalog')
        ? {
            status: 200,
            headers: { link: '<https://evil.example/?n=1>; rel="next"' },
            body: '{"repositories":["api"]}',
          }
        : undefined
    expect(await failureOf(everything(open(world).repositories()))).toMatchObject({ code: 'paging-refused' })
  })

  it('never takes an answer without a list for an empty registry', async () => {
    const world = await start()
    world.internet.intercept = ({ url }) =>
      url.pathname.endsWith('/_catalog') ? { status: 200, body: '{}' } : undefined
    expect(await failureOf(everything(open(world).repositories()))).toMatchObject({
      code: 'registry-answer-invalid',
    })
  })
})
