import { afterEach, describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../../core/index.ts'
import { buildImage } from '../../../test-support/image-builder/index.ts'
import type { InterceptedAnswer } from '../../../test-support/intercepted.ts'
import {
  type GitlabWorld,
  type GitlabWorldOptions,
  startGitlabWorld,
} from '../../../test-support/platforms/gitlab/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import type { ListedTag, RegistryConnector } from '../../index.ts'
import { gitlabProvider } from './index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })
const newYear = Date.UTC(2026, 0, 1)

const start = async (options?: GitlabWorldOptions): Promise<GitlabWorld> =>
  cleanup.keep(await startGitlabWorld(options))

const open = (world: GitlabWorld, change: Record<string, unknown> = {}): RegistryConnector =>
  cleanup.keep(
    gitlabProvider.open({ ...world.settings, ...change }, { http: world.internet.http, clock: systemClock }),
  )

const listed = async (connector: RegistryConnector) =>
  (await everything(connector.repositories())).flatMap(({ repositories }) => repositories)

const namesOf = async (connector: RegistryConnector): Promise<string[]> =>
  (await listed(connector)).map(({ name }) => name)

const tagsOf = async (connector: RegistryConnector, name: string): Promise<ListedTag[]> =>
  (await everything(connector.tags(name))).flatMap(({ tags }) => tags)

const tokenText = (world: GitlabWorld): string => (world.settings['token'] as Secret<string>).reveal()

const always =
  (part: string, answer: InterceptedAnswer) =>
  ({ url }: { readonly url: URL }) =>
    url.href.includes(part) ? answer : undefined

/** What was asked after signing in. */
const asked = (world: GitlabWorld): string[] =>
  world.internet.requests.filter((request) => !/\/jwt\/auth|\/v2\/$/.test(request))

describe('repositories', () => {
  it('asks two requests for 100 repositories, one of them for when they changed', async () => {
    const world = await start()
    for (let number = 0; number < 150; number += 1) world.push(`acme/api/p${number}`, '1', image, newYear)
    const found = await listed(open(world))
    expect(found).toHaveLength(150)
    expect(found[0]).toEqual({ name: 'acme/api/p0', revision: '2026-01-01T00:00:00.000Z' })
    expect(asked(world)).toEqual([
      'GET https://gitlab.com/api/v4/groups/acme/registry/repositories?per_page=100&page=1',
      'GET https://registry.gitlab.com/gitlab/v1/',
      'POST https://gitlab.com/api/graphql',
      'GET https://gitlab.com/api/v4/groups/acme/registry/repositories?per_page=100&page=2',
      'POST https://gitlab.com/api/graphql',
    ])
  })

  it('finds a subgroup, a project, a user, and everything that the account is a member of', async () => {
    const group = await start()
    const user = await start({ namespaceIs: 'user' })
    for (const world of [group, user])
      for (const name of group.repositories) world.push(name, '1', image, newYear)
    const [api, tools, deep] = group.repositories
    expect(await namesOf(open(group, { namespace: '/acme/team/' }))).toEqual([deep])
    expect(await namesOf(open(group, { namespace: 'Acme/tools' }))).toEqual([tools])
    expect(await namesOf(open(user))).toEqual([api, tools, deep])
    expect(await namesOf(open(group, { namespace: '' }))).toEqual([api, tools, deep])
    expect(await failureOf(namesOf(open(group, { namespace: 'nobody' })))).toMatchObject({
      code: 'platform-not-found',
      publicMessage: expect.stringContaining('nobody'),
    })
  })

  it('lists a project of a user with more than 100 repositories', async () => {
    const world = await start({ namespaceIs: 'user' })
    for (let number = 0; number < 130; number += 1) world.push(`acme/api/p${number}`, '1', image, newYear)
    expect(await namesOf(open(world))).toHaveLength(130)
  })

  it('does not take a token without the scope for an empty GitLab', async () => {
    const world = await start({ namespaceIs: 'user' })
    world.push('acme/api', '1', image, newYear)
    for (const namespace of ['', 'acme']) {
      const failure = await failureOf(namesOf(open(world, { ...world.deniedSettings, namespace })))
      expect(failure).toMatchObject({
        code: 'permission-missing',
        publicMessage: expect.stringContaining('read_api'),
      })
    }
  })

  it('goes without revisions where GitLab does not know the field', async () => {
    const world = await start()
    world.push('acme/api', '1', image, newYear)
    const body = JSON.stringify({ errors: [{ message: "Field 'lastPublishedAt' doesn't exist" }] })
    world.internet.intercept = always('/api/graphql', { status: 200, body })
    expect(await listed(open(world))).toEqual([{ name: 'acme/api', revision: null }])
  })

  it('knows repositories that nobody pushed to for years from those that it cannot say anything of', async () => {
    const world = await start()
    world.holdings.add('acme/api', 0)
    expect(await listed(open(world))).toEqual([{ name: 'acme/api', revision: 'before 16.11' }])
    const body = JSON.stringify({
      data: { r0: { lastPublishedAt: null } },
      errors: [{ message: "Can't connect" }],
    })
    world.internet.intercept = always('/api/graphql', { status: 200, body })
    expect(await listed(open(world))).toEqual([{ name: 'acme/api', revision: null }])
  })
})

describe('tags', () => {
  it('come from the registry itself with everything, 1,000 a request', async () => {
    const world = await start()
    for (let number = 0; number < 1500; number += 1)
      world.push('acme/api', `t${number}`, image, newYear + number)
    const connector = open(world)
    const tags = await tagsOf(connector, 'acme/api')
    expect(tags).toHaveLength(1500)
    expect(tags[0]).toEqual({
      name: 't1499',
      digest: image.manifest.digest,
      pushedAt: newYear + 1499,
      mediaType: image.manifest.mediaType,
      size: expect.any(Number),
    })
    // Two pages, and the first again for what was pushed meanwhile.
    expect(asked(world).filter((request) => request.includes('/tags/list/'))).toHaveLength(3)
  })

  it('of neighbours are listed by one token, and of one that is closed to us by none', async () => {
    const world = await start()
    for (let number = 0; number < 40; number += 1) world.push(`acme/api/p${number}`, '1', image, newYear)
    world.push('acme/tools/x', '1', image, newYear)
    const connector = open(world)
    const names = await namesOf(connector)
    world.hidden.add('acme/tools')
    for (const name of names.filter((each) => each !== 'acme/tools/x')) {
      expect(await tagsOf(connector, name)).toHaveLength(1)
    }
    expect(await failureOf(tagsOf(connector, 'acme/tools/x'))).toMatchObject({
      code: 'permission-missing',
      publicMessage: expect.stringContaining('pull from acme/tools/x ('),
    })
    const tokens = world.internet.requests.filter((request) => request.includes('scope='))
    expect(tokens.length).toBeLessThanOrEqual(4)
    expect(tokens.every((request) => request.length < 4000)).toBe(true)
  })

  it('that are pushed while older pages are read are found at the end', async () => {
    const world = await start({ pageSize: 2 })
    for (let number = 0; number < 7; number += 1)
      world.push('acme/api', `t${number}`, image, newYear + number * 1000)
    const other = buildImage({ layers: [{ files: { b: 'b' } }] })
    const seen: ListedTag[] = []
    for await (const { tags } of open(world).tags('acme/api')) {
      if (seen.length === 0) {
        for (const tag of ['t0', 'new1', 'new2']) world.push('acme/api', tag, other, newYear + 60_000)
      }
      seen.push(...tags)
    }
    const latest = new Map(seen.map((tag) => [tag.name, tag.digest]))
    expect(latest.size).toBe(9)
    for (const tag of ['t0', 'new1', 'new2']) expect(latest.get(tag)).toBe(other.manifest.digest)
  })

  it('come by GraphQL from older registries, 20 a request, without a build date as push date', async () => {
    const world = await start({ hasDatabase: false })
    for (let number = 0; number < 50; number += 1)
      world.push('acme/api/img/debug', `t${number}`, image, newYear)
    const tags = await tagsOf(open(world), 'acme/api/img/debug')
    expect(tags).toHaveLength(50)
    expect(tags.every(({ pushedAt, digest }) => pushedAt === null && digest !== null)).toBe(true)
    expect(asked(world).filter((request) => request.startsWith('POST'))).toHaveLength(3)
  })

  it('go on by the way that they began by', async () => {
    const world = await start({ hasDatabase: false, pageSize: 2 })
    for (const tag of ['1', '2', '3']) world.push('acme/api', tag, image, newYear)
    const [page] = await everything(open(world).tags('acme/api'))
    expect(page?.nextCursor).toMatch(/^graphql /)
    const rest = await everything(open(world).tags('acme/api', { cursor: page?.nextCursor ?? '' }))
    expect(rest.flatMap(({ tags }) => tags.map(({ name }) => name))).toEqual(['3'])
  })
})

describe('a deploy token', () => {
  const settings = {
    username: 'deployer',
    token: new Secret('gldt-portolanDeploys00000000'),
    namespace: '',
    repositories: 'acme/api\nacme/tools/build.tools',
  }

  it('lists the repositories that are named, and never asks the API', async () => {
    for (const hasDatabase of [true, false]) {
      const world = await start({ hasDatabase })
      world.push('acme/api', '1', image, newYear)
      const connector = open(world, settings)
      expect(await namesOf(connector)).toEqual(['acme/api', 'acme/tools/build.tools'])
      expect(await tagsOf(connector, 'acme/api')).toMatchObject([
        { name: '1', digest: image.manifest.digest, pushedAt: hasDatabase ? newYear : null },
      ])
      const steps = await connector.check()
      expect(steps.filter(({ state }) => state !== 'passed')).toEqual([])
      expect(world.internet.requests.join()).not.toContain('gitlab.com/api/')
      expect(world.failures()).toBe(0)
    }
  })
})

describe('the check', () => {
  const step = async (connector: RegistryConnector, id: string) =>
    (await connector.check()).find((each) => each.id === id)

  it('names each missing scope', async () => {
    const world = await start()
    world.push('acme/api', '1', image, newYear)
    expect(await step(open(world, world.deniedSettings), 'list')).toMatchObject({
      code: 'permission-missing',
      message: expect.stringContaining('read_api'),
      remedy: expect.stringContaining('read_registry alone lists nothing'),
    })
    world.tokens[tokenText(world)] = { kind: 'personal', scopes: ['read_api'] }
    const steps = await open(world).check()
    expect(steps.map(({ id, state }) => [id, state])).toEqual([
      ['network', 'passed'],
      ['tls', 'passed'],
      ['sign-in', 'passed'],
      ['list', 'passed'],
      ['pull', 'failed'],
    ])
    expect(steps.at(-1)).toMatchObject({
      code: 'permission-missing',
      message: expect.stringContaining('read_registry'),
    })
    expect(world.failures()).toBe(0)
  })

  it('points out rights that nobody needs', async () => {
    const world = await start()
    world.push('acme/api', '1', image, newYear)
    world.tokens[tokenText(world)] = { kind: 'personal', scopes: ['api', 'write_registry', 'read_user'] }
    const found = await step(open(world), 'sign-in')
    expect(found).toMatchObject({ state: 'warning', message: expect.stringContaining('api, write_registry') })
    expect(found?.message).not.toContain('read_user')
  })

  it('sends the token to no other GitLab than that of the form', async () => {
    const world = await start()
    const challenge = 'Bearer realm="https://evil.example/jwt/auth",service="container_registry"'
    world.internet.intercept = always('registry.gitlab.com/v2/', {
      status: 401,
      headers: { 'www-authenticate': challenge },
    })
    const found = await step(open(world), 'sign-in')
    expect(found).toMatchObject({ code: 'realm-untrusted', remedy: expect.stringContaining('GitLab URL') })
    expect(world.internet.requests.join()).not.toContain('GET https://evil.example')
  })
})

describe('refused sign-ins', () => {
  it('happen once, whatever is asked afterwards', async () => {
    const world = await start()
    const connector = open(world, world.wrongSettings)
    await connector.check()
    for (const work of [
      () => connector.check().then(() => namesOf(connector)),
      () => tagsOf(connector, 'acme/api'),
      () => connector.resolve('acme/api', '1'),
    ]) {
      expect(await failureOf(work())).toMatchObject({ code: 'credentials-refused' })
    }
    expect(world.failures()).toBe(1)
  })

  it('happen once at the token server, too', async () => {
    const world = await start()
    const connector = open(world, { ...world.wrongSettings, repositories: 'acme/api' })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await failureOf(tagsOf(connector, 'acme/api'))).toMatchObject({ code: 'credentials-refused' })
    }
    expect(world.failures()).toBe(1)
  })

  it('say which scope is missing where the API took the token', async () => {
    const world = await start()
    world.push('acme/api', '1', image, newYear)
    world.tokens[tokenText(world)] = { kind: 'personal', scopes: ['read_api'] }
    const connector = open(world)
    const missing = { code: 'permission-missing', publicMessage: expect.stringContaining('read_registry') }
    expect(await failureOf(namesOf(connector))).toMatchObject(missing)
    expect(await failureOf(connector.resolve('acme/api', '1'))).toMatchObject(missing)
    expect(world.failures()).toBe(1)
  })

  it('are told from an address that is shut out', async () => {
    const world = await start()
    const before = Date.now()
    world.internet.intercept = always('gitlab.com/', {
      status: 403,
      headers: { 'content-type': 'text/plain' },
      body: 'Forbidden\n',
    })
    const connector = open(world)
    const failure = await failureOf(namesOf(connector))
    expect(failure).toMatchObject({ code: 'sign-in-blocked', kind: 'rate-limited' })
    expect(failure.retryAt).toBeGreaterThanOrEqual(before + 15 * 60_000)
    const sent = world.internet.requests.length
    await failureOf(namesOf(connector))
    expect(world.internet.requests).toHaveLength(sent)
  })
})
