import { afterEach, describe, expect, it } from 'vitest'
import { type Secret, systemClock } from '../../../core/index.ts'
import { buildImage } from '../../../test-support/image-builder/index.ts'
import type { InterceptedAnswer } from '../../../test-support/intercepted.ts'
import {
  type GhcrWorld,
  type GhcrWorldOptions,
  startGhcrWorld,
} from '../../../test-support/platforms/ghcr/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import type { AnswerMemory, RegistryConnector, RequestBudget } from '../../index.ts'
import { ghcrProvider } from './index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })
const start = async (options?: GhcrWorldOptions): Promise<GhcrWorld> =>
  cleanup.keep(await startGhcrWorld(options))

function open(
  world: GhcrWorld,
  change: Record<string, unknown> = {},
  budget?: RequestBudget,
): RegistryConnector {
  const environment = { http: world.internet.http, clock: systemClock, ...(budget ? { budget } : {}) }
  return cleanup.keep(ghcrProvider.open({ ...world.settings, ...change }, environment))
}

const namesOf = async (connector: RegistryConnector): Promise<string[]> =>
  (await everything(connector.repositories())).flatMap((page) => page.repositories.map(({ name }) => name))

const always =
  (part: string, answer: InterceptedAnswer) =>
  ({ url }: { readonly url: URL }) =>
    url.href.includes(part) ? answer : undefined

describe('packages', () => {
  it('asks one request for 100 packages and one for 100 versions, after two that find the owner', async () => {
    const world = await start()
    for (let number = 0; number < 150; number += 1) world.addPackage(`p${number}`, 'private')
    world.push('acme/p7', '1', image, 0)
    const connector = open(world)
    expect(await namesOf(connector)).toHaveLength(150)
    await everything(connector.tags('acme/p7'))
    await everything(connector.tags('acme/p8'))
    expect(world.internet.requests).toEqual([
      'GET https://api.github.com/users/Acme',
      'GET https://api.github.com/orgs/Acme/packages?package_type=container&per_page=100&page=1',
      'GET https://api.github.com/orgs/Acme/packages?package_type=container&per_page=100&page=2',
      'GET https://api.github.com/orgs/Acme/packages/container/p7/versions?per_page=100&state=active&page=1',
      'GET https://api.github.com/orgs/Acme/packages/container/p8/versions?per_page=100&state=active&page=1',
    ])
  })

  it('lists private packages of the user whose token it is, only public ones of another', async () => {
    for (const [owner, wanted] of [
      ['octocat', ['octocat/hidden', 'octocat/open']],
      ['Hubot', ['hubot/open']],
    ] as const) {
      const world = await start({ type: 'User', owner })
      world.addPackage('hidden', 'private')
      world.addPackage('open', 'public')
      expect(await namesOf(open(world, { owner }))).toEqual(wanted)
    }
  })

  it('escapes the name of a package once', async () => {
    const world = await start()
    world.push('acme/team/api', '1', image, 0)
    await everything(open(world).tags('acme/team/api'))
    expect(world.internet.requests.at(-1)).toContain('/packages/container/team%2Fapi/versions')
  })

  it('says that there is no such user or organization', async () => {
    const world = await start()
    expect(await failureOf(namesOf(open(world, { owner: 'nobody-here' })))).toMatchObject({
      code: 'platform-not-found',
      publicMessage: expect.stringContaining('nobody-here'),
    })
  })

  it('says that more than 10,000 packages are not listed', async () => {
    const world = await start()
    for (let number = 0; number < 10_001; number += 1) world.addPackage(`p${number}`, 'private')
    const seen: string[] = []
    const failure = await failureOf(
      (async () => {
        for await (const page of open(world).repositories())
          seen.push(...page.repositories.map(({ name }) => name))
      })(),
    )
    expect(seen).toHaveLength(10_000)
    expect(failure).toMatchObject({ code: 'listing-capped', kind: 'unsupported' })
  })

  it('takes the date of the last change as revision once it has settled', async () => {
    const world = await start()
    world.push('acme/old', '1', image, Date.UTC(2026, 0, 1))
    world.push('acme/young', '1', image, Date.now())
    const [page] = await everything(open(world).repositories())
    expect(page?.repositories).toEqual([
      { name: 'acme/old', revision: '2026-01-01T00:00:01.000Z' },
      { name: 'acme/young', revision: null },
    ])
  })

  it('dates a tag by the push of its digest, though its row changed when another tag left', async () => {
    const world = await start()
    const next = buildImage({ layers: [{ files: { b: 'b' } }] })
    world.push('acme/api', '1.0', image, Date.UTC(2026, 0, 1))
    world.push('acme/api', 'latest', image, Date.UTC(2026, 0, 1))
    world.push('acme/api', 'latest', next, Date.UTC(2026, 0, 5))
    const tags = (await everything(open(world).tags('acme/api'))).flatMap((page) => page.tags)
    expect(tags.map(({ name, pushedAt }) => [name, pushedAt])).toEqual([
      ['latest', Date.UTC(2026, 0, 5)],
      ['1.0', Date.UTC(2026, 0, 1)],
    ])
  })
})

describe('what is remembered', () => {
  const openWith = (world: GhcrWorld, answers: AnswerMemory, change: Record<string, unknown> = {}) => {
    const environment = { http: world.internet.http, clock: systemClock, answers }
    return cleanup.keep(ghcrProvider.open({ ...world.settings, ...change }, environment))
  }

  it('takes none of the hourly limit when nothing has changed', async () => {
    for (const [options, spent] of [
      [{ pageSize: 2 }, 1 + 3],
      [{ pageSize: 2, type: 'User', owner: 'octocat' }, 2 + 3],
    ] as const) {
      const world = await start(options)
      for (const name of ['a', 'b', 'c', 'd', 'e']) world.addPackage(name, 'private')
      const answers = new Map()
      const before = world.quota.remaining
      const names = await namesOf(openWith(world, answers))
      expect(names).toHaveLength(5)
      expect(world.quota.remaining).toBe(before - spent)
      expect(await namesOf(openWith(world, answers))).toEqual(names)
      expect(world.quota.remaining).toBe(before - spent)
      expect(world.internet.requests).toHaveLength(2 * spent)
      world.push(`${world.repositories[0].split('/')[0]}/b`, '1', image, Date.UTC(2026, 0, 2))
      const [page] = await everything(openWith(world, answers).repositories())
      expect(page?.repositories[1]?.revision).toBe('2026-01-02T00:00:00.000Z')
      expect(world.quota.remaining).toBe(before - spent - 1)
    }
  })

  it('hides no package that begins a new page, though the full one before is as it was', async () => {
    const world = await start()
    for (let number = 0; number < 100; number += 1) world.addPackage(`p${number}`, 'private')
    const answers = new Map()
    expect(await namesOf(openWith(world, answers))).toHaveLength(100)
    world.addPackage('one-more', 'private')
    expect(await namesOf(openWith(world, answers))).toContain('acme/one-more')
  })

  it('belongs to the token, and versions are not', async () => {
    const world = await start()
    world.push('acme/api', '1', image, 0)
    const answers = new Map()
    await namesOf(openWith(world, answers))
    await everything(openWith(world, answers).tags('acme/api'))
    expect(answers.size).toBe(2)
    const refused = openWith(world, answers, world.wrongSettings)
    expect(await failureOf(namesOf(refused))).toMatchObject({ code: 'credentials-refused' })
  })
})

describe('rate limits', () => {
  it('waits for the hour to end when the quota is used up, and refuses no credentials for it', async () => {
    const world = await start()
    world.addPackage('api', 'private')
    world.quota.remaining = 1
    const failure = await failureOf(namesOf(open(world)))
    expect(failure).toMatchObject({
      code: 'registry-rate-limited',
      kind: 'rate-limited',
      retryAt: world.quota.resetAt,
    })
  })

  it('takes a secondary limit for what it is, with the time it names or a minute', async () => {
    const said = JSON.stringify({
      message: 'You have exceeded a secondary rate limit. Please wait a few minutes.',
    })
    const before = Date.now()
    for (const [headers, wait] of [
      [{ 'retry-after': '120' }, 120_000],
      [{}, 60_000],
    ] as const) {
      const world = await start()
      world.internet.intercept = always('/packages', { status: 403, headers, body: said })
      const failure = await failureOf(namesOf(open(world)))
      expect(failure).toMatchObject({ kind: 'rate-limited' })
      expect(failure.retryAt).toBeGreaterThanOrEqual(before + wait)
      expect(failure.retryAt).toBeLessThanOrEqual(Date.now() + wait)
    }
  })

  it('takes API requests from the budget, and tells it what GitHub says is left', async () => {
    const world = await start()
    world.addPackage('api', 'private')
    world.quota.remaining = 4000
    const taken: string[] = []
    const told: { remaining: number; resetAt: number }[] = []
    const budget: RequestBudget = {
      take: async (bucket) => {
        taken.push(bucket)
        return () => undefined
      },
      report: (_, limit) => void told.push(limit),
    }
    await namesOf(open(world, {}, budget))
    expect(taken).toEqual(['api', 'api'])
    expect(told.at(-1)).toEqual({ remaining: 3998, resetAt: world.quota.resetAt })
  })
})

describe('the check', () => {
  const step = async (connector: RegistryConnector, id: string) =>
    (await connector.check()).find((each) => each.id === id)

  it('names the missing scope', async () => {
    const world = await start()
    const { deniedSettings = {} } = world
    expect(await step(open(world, deniedSettings), 'list')).toMatchObject({
      state: 'failed',
      code: 'permission-missing',
      message: expect.stringContaining('read:packages'),
      remedy: expect.stringContaining('classic'),
    })
  })

  it('points out rights that nobody needs', async () => {
    const world = await start()
    const token = world.settings['token'] as Secret<string>
    world.tokens[token.reveal()] = { login: 'octocat', scopes: ['repo', 'write:packages', 'read:org'] }
    world.push('acme/api', '1', image, 0)
    const found = await step(open(world), 'sign-in')
    expect(found).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('repo, write:packages'),
    })
    expect(found?.message).not.toContain('read:org')
  })

  it('explains tokens of another kind', async () => {
    const world = await start()
    const token = world.settings['token'] as Secret<string>
    world.tokens[token.reveal()] = { login: 'octocat', scopes: null }
    expect(await step(open(world), 'list')).toMatchObject({
      code: 'token-kind-unsupported',
      message: expect.stringContaining('Invalid argument'),
      remedy: expect.stringContaining('fine-grained'),
    })
    const body = JSON.stringify({ message: 'Resource not accessible by personal access token' })
    world.internet.intercept = always('/packages', { status: 403, body })
    expect(await step(open(world), 'list')).toMatchObject({ code: 'token-kind-unsupported' })
  })

  it('explains single sign-on', async () => {
    const world = await start()
    const token = world.settings['token'] as Secret<string>
    world.tokens[token.reveal()] = { login: 'octocat', scopes: ['read:packages'], ssoAuthorized: false }
    const found = await step(open(world), 'list')
    expect(found).toMatchObject({
      code: 'permission-missing',
      remedy: expect.stringContaining('Configure SSO'),
    })
    expect(JSON.stringify(found)).not.toContain('authorization_request')
  })

  it('tells a package that is not open from refused credentials', async () => {
    const world = await start()
    world.push('acme/api', '1', image, 0)
    world.push('acme/web', '1', image, 0)
    const connector = open(world)
    await connector.resolve('acme/web', '1')
    world.internet.intercept = always('acme%2Fapi', { status: 403, body: '{"errors":[{"code":"DENIED"}]}' })
    expect(await failureOf(connector.resolve('acme/api', '1'))).toMatchObject({ code: 'permission-missing' })
    expect((await connector.resolve('acme/web', '1')).digest).toBe(image.manifest.digest)
  })

  it('tries refused credentials at one host only', async () => {
    const world = await start()
    const connector = open(world, world.wrongSettings)
    await connector.check()
    expect(await failureOf(connector.resolve('acme/api', '1'))).toMatchObject({ code: 'credentials-refused' })
    expect(world.internet.requests.filter((request) => request.includes('/token'))).toEqual([])
  })
})
