import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../core/index.ts'
import { buildImage, buildIndex } from '../../../../test-support/image-builder/index.ts'
import {
  type HarborWorld,
  type HarborWorldOptions,
  startHarborWorld,
} from '../../../../test-support/platforms/harbor/index.ts'
import { Cleanup, everything, failureOf } from '../../../../test-support/registry-client.ts'
import type { RegistryConnector } from '../../../index.ts'
import { ociProvider } from '../index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const DAY = 86_400_000
const day = (number: number): number => Date.UTC(2026, 0, 1) + number * DAY
const numbered = (number: number) => buildImage({ layers: [{ files: { number: String(number) } }] })

async function start(options: HarborWorldOptions = {}): Promise<HarborWorld> {
  const world = cleanup.keep(await startHarborWorld(options))
  const [first, second, deep] = world.repositories
  world.push(first, '1', numbered(1), day(1))
  world.push(second, '2', numbered(2), day(2))
  world.push(deep, '3', numbered(3), day(3))
  return world
}

function open(world: HarborWorld, settings: Readonly<Record<string, unknown>> = {}): RegistryConnector {
  const environment = { http: world.internet.http, clock: systemClock }
  return cleanup.keep(ociProvider.open({ ...world.settings, ...settings }, environment))
}

const as = (world: HarborWorld, account: string | null, settings: Record<string, unknown> = {}) => {
  const environment = { http: world.internet.http, clock: systemClock }
  return cleanup.keep(ociProvider.open({ ...world.settingsOf(account), ...settings }, environment))
}

async function repositoriesOf(connector: RegistryConnector) {
  return (await everything(connector.repositories())).flatMap(({ repositories }) => repositories)
}

async function tagsOf(connector: RegistryConnector, repository: string) {
  return (await everything(connector.tags(repository))).flatMap(({ tags }) => tags)
}

const asked = (world: HarborWorld, pattern: RegExp): number =>
  world.internet.requests.filter((request) => pattern.test(request)).length

describe('listing by the API of Harbor', () => {
  it('takes one request for 100 repositories, and one for 100 images of each', async () => {
    const world = await start()
    for (let number = 0; number < 250; number += 1) world.addRepository(`many/r${number}`)
    const [, , deep] = world.repositories
    for (let number = 0; number < 120; number += 1) world.push(deep, `t${number}`, numbered(number), day(4))
    const connector = open(world)
    const repositories = await repositoriesOf(connector)
    expect(repositories).toHaveLength(253)
    expect(asked(world, /\/api\/v2\.0\/repositories/)).toBe(3)
    expect(await tagsOf(connector, deep)).toHaveLength(121)
    expect(asked(world, /\/artifacts\?/)).toBe(2)
    expect(asked(world, /\/api\/v2\.0\/systeminfo/)).toBe(1)
    expect(asked(world, /\/v2\/[^/]/)).toBe(0)
  })

  it('gives digest, date, type and size; an index has no size of its own', async () => {
    const world = await start()
    const [first] = world.repositories
    const index = buildIndex([numbered(7), numbered(8)])
    world.push(first, 'multi', index, day(9))
    const image = numbered(1)
    const size =
      image.manifest.bytes.length + [...image.blobs.values()].reduce((sum, { length }) => sum + length, 0)
    expect(await tagsOf(open(world), first)).toEqual([
      {
        name: '1',
        digest: image.manifest.digest,
        mediaType: image.manifest.mediaType,
        size,
        pushedAt: day(1),
      },
      {
        name: 'multi',
        digest: index.manifest.digest,
        mediaType: index.manifest.mediaType,
        size: null,
        pushedAt: day(9),
      },
    ])
  })

  it('sees a tag that moves to an image that was pushed long ago', async () => {
    const world = await start()
    const [first] = world.repositories
    world.push(first, 'stable', numbered(50), day(50))
    const before = await repositoriesOf(open(world))
    world.push(first, 'stable', numbered(1), day(51))
    const after = await repositoriesOf(open(world))
    expect(after[0]?.revision).not.toBe(before[0]?.revision)
    const pages = await everything(open(world).tags(first, { since: day(51) }))
    const moved = pages.flatMap(({ tags }) => tags).find(({ name }) => name === 'stable')
    expect(moved).toMatchObject({ digest: numbered(1).manifest.digest, pushedAt: day(51) })
  })

  it.each([
    ['v2.15.2-ab12cd34', true],
    ['v2.16.0', true],
    ['v3.0.0-rc1', true],
    ['v2.15.1-ab12cd34', false],
    ['v2.9.12', false],
    ['dev', false],
  ])('trusts the dates of repositories of %s: %s', async (version, isTrusted) => {
    const [repository] = await repositoriesOf(open(await start({ version })))
    expect(repository?.revision !== null).toBe(isTrusted)
  })

  it('asks for one project where the prefix is in one', async () => {
    const world = await start()
    const names = (await repositoriesOf(open(world, { prefix: 'team/group' }))).map(({ name }) => name)
    expect(names).toEqual(['team/group/sub/service-a'])
    expect(asked(world, /\/projects\/team\/repositories\?/)).toBe(1)
    expect(asked(world, /\/api\/v2\.0\/repositories/)).toBe(0)
  })

  it('asks project by project for a person with single sign-on, and goes on from any page', async () => {
    const world = await start({ authMode: 'oidc_auth', pageSize: 1 })
    const pages = await everything(as(world, 'person').repositories())
    const names = (list: typeof pages) =>
      list.flatMap(({ repositories }) => repositories.map(({ name }) => name))
    expect(names(pages)).toEqual(['library/api', 'library/web.front_end', 'team/group/sub/service-a'])
    expect(pages.at(-1)?.nextCursor).toBeNull()
    for (const [index, { nextCursor }] of pages.slice(0, -1).entries()) {
      const rest = await everything(as(world, 'person').repositories({ cursor: nextCursor ?? '' }))
      expect([...names(pages.slice(0, index + 1)), ...names(rest)]).toEqual(names(pages))
    }
    expect(asked(world, /\/api\/v2\.0\/repositories/)).toBe(0)
  })

  it.each<[string, Record<string, string>]>([
    ['is missing', {}],
    ['is no number', { 'x-total-count': 'many' }],
  ])('asks until a page is empty where the total %s', async (_, headers) => {
    const world = await start()
    world.internet.intercept = ({ url }) => {
      if (!url.pathname.endsWith('/repositories')) return undefined
      const after = Number(/\[(\d+)~/.exec(url.searchParams.get('q') ?? '')?.[1])
      const items = [1, 2, 3].filter((id) => id >= after).slice(0, 1)
      const body = JSON.stringify(items.map((id) => ({ id, name: `library/r${id}` })))
      return { status: 200, headers, body }
    }
    expect((await repositoriesOf(open(world))).map(({ name }) => name)).toEqual([
      'library/r1',
      'library/r2',
      'library/r3',
    ])
  })

  it('ends a list that goes round in a circle', async () => {
    const world = await start()
    const body = JSON.stringify([{ id: 1, name: 'library/api' }])
    world.internet.intercept = ({ url }) =>
      url.pathname.endsWith('/repositories')
        ? { status: 200, headers: { 'x-total-count': '9' }, body }
        : undefined
    expect(await failureOf(repositoriesOf(open(world)))).toMatchObject({ code: 'registry-answer-invalid' })
  })
})

describe('where the API of Harbor refuses', () => {
  it('lists tags by the protocol, for a robot that may only pull', async () => {
    const world = await start()
    const [first] = world.repositories
    const [tag] = await tagsOf(as(world, 'blind'), first)
    expect(tag).toMatchObject({ name: '1', digest: numbered(1).manifest.digest, pushedAt: null })
  })

  it('names the rights of a robot that may do neither', async () => {
    const world = await start()
    const [first] = world.repositories
    world.internet.intercept = ({ url }) =>
      url.pathname.startsWith('/v2/library/') ? { status: 403, body: '{}' } : undefined
    const failure = await failureOf(tagsOf(as(world, 'blind'), first))
    expect(failure).toMatchObject({ code: 'permission-missing', kind: 'denied' })
    expect(failure.publicMessage).toContain('list-artifact')
    expect(failure.remedy).toContain('"Pull Repository"')
  })

  it.each<[string, HarborWorldOptions, number]>([
    ['is hidden by a proxy', { hidesApi: true }, 0],
    ['does not know the credentials', {}, 401],
    ['forbids', {}, 403],
  ])('uses the protocol where it %s', async (_, options, status) => {
    const world = await start(options)
    world.internet.intercept = ({ url }) =>
      status > 0 && /^\/api\/v2\.0\/(repositories|projects)/.test(url.pathname)
        ? { status, body: '{}' }
        : undefined
    const connector = open(world)
    const names = (await repositoriesOf(connector)).map(({ name }) => name)
    expect(names.toSorted()).toEqual(world.repositories.toSorted())
    expect(await tagsOf(connector, world.repositories[0])).toMatchObject([{ name: '1', pushedAt: null }])
    expect(asked(world, /\/artifacts\?/)).toBe(status === 403 ? 1 : 0)
  })

  it('takes nothing from an API that sees nobody in the credentials: it would be the public part only', async () => {
    const world = await start()
    const body = JSON.stringify({ auth_mode: 'db_auth' })
    world.internet.intercept = ({ url }) =>
      url.pathname.endsWith('/systeminfo') ? { status: 200, body } : undefined
    expect(await repositoriesOf(open(world))).toHaveLength(3)
    expect(asked(world, /\/api\/v2\.0\/repositories/)).toBe(0)
  })

  it('begins anew with a cursor of the other way', async () => {
    const world = await start({ hidesApi: true })
    const pages = await everything(open(world).repositories({ cursor: 'harbor:0:9999' }))
    expect(pages.flatMap(({ repositories }) => repositories)).toHaveLength(3)
  })

  it('does not take a short trouble for a refusal', async () => {
    const world = await start()
    world.internet.intercept = ({ url }) =>
      url.pathname.startsWith('/api/') ? { status: 500, body: '{}' } : undefined
    const connector = open(world)
    expect(await failureOf(repositoriesOf(connector))).toMatchObject({ kind: 'temporary' })
    world.internet.intercept = () => undefined
    expect((await repositoriesOf(connector))[0]?.revision).not.toBeNull()
  })
})

describe('signing in to Harbor', () => {
  it('offers wrong credentials once, to the token service, and never to the API', async () => {
    const world = await start()
    const connector = open(world, world.wrongSettings)
    expect(await failureOf(repositoriesOf(connector))).toMatchObject({ code: 'credentials-refused' })
    expect(await failureOf(tagsOf(connector, 'library/api'))).toMatchObject({ code: 'credentials-refused' })
    expect(asked(world, /\/service\/token/)).toBe(1)
    expect(asked(world, /\/api\//)).toBe(0)
  })

  it('points out a robot that may also push, by one request more', async () => {
    const world = await start()
    const signIn = async (account: string) =>
      (await as(world, account).check()).find(({ id }) => id === 'sign-in')
    expect(await signIn('robot$portolan')).toMatchObject({ state: 'passed' })
    const before = world.internet.requests.length
    expect(await signIn('pusher')).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('push'),
    })
    const asked = world.internet.requests.slice(before)
    expect(asked.filter((request) => request.includes('/api/v2.0/'))).toHaveLength(2)
    expect(asked.filter((request) => request.includes('push'))).toHaveLength(1)
  })

  it('lists the public part without credentials, and says so', async () => {
    const world = await start()
    const connector = as(world, null)
    expect(await repositoriesOf(connector)).toEqual([])
    const steps = await connector.check()
    expect(steps.map(({ id, state }) => [id, state])).toEqual([
      ['network', 'passed'],
      ['tls', 'passed'],
      ['sign-in', 'passed'],
      ['list', 'warning'],
      ['pull', 'skipped'],
    ])
    expect(steps.find(({ id }) => id === 'sign-in')?.message).toContain('only what is public')
  })
})
