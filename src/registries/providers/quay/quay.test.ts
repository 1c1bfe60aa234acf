import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../core/index.ts'
import { buildImage, buildIndex } from '../../../test-support/image-builder/index.ts'
import {
  quayTokens,
  type QuayWorld,
  type QuayWorldOptions,
  startQuayWorld,
} from '../../../test-support/platforms/quay/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import type { CheckStep, RegistryConnector, RequestBudget } from '../../index.ts'
import { quayProvider } from './index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: '1' } }] })
const day = (number: number) => Date.UTC(2026, 0, number)

const start = async (options: QuayWorldOptions = {}): Promise<QuayWorld> =>
  cleanup.keep(await startQuayWorld(options))

const open = (
  world: QuayWorld,
  token: string = quayTokens.reader.token,
  budget?: RequestBudget,
): RegistryConnector =>
  cleanup.keep(
    quayProvider.open(world.settingsOf(token), {
      http: world.internet.http,
      clock: systemClock,
      ...(budget === undefined ? {} : { budget }),
    }),
  )

const repositoriesOf = async (connector: RegistryConnector) =>
  (await everything(connector.repositories())).flatMap(({ repositories }) => repositories)

const step = (steps: readonly CheckStep[], id: CheckStep['id']) => steps.find((one) => one.id === id)

describe('a token that is not accepted', () => {
  it.each<[string, string]>([
    ['wrong', 'q0nosuchtokennosuchtoken'],
    ['expired', quayTokens.expired.token],
  ])('is never taken for nobody, though Quay answers with what is public: %s', async (_, token) => {
    const world = await start()
    world.addRepository('mycompany/open', { isPublic: true })
    world.push('mycompany/open', '1', image, day(1))
    const connector = open(world, token)
    expect(await failureOf(repositoriesOf(connector))).toMatchObject({ code: 'credentials-refused' })
    const sent = world.internet.requests.length
    expect(await failureOf(repositoriesOf(connector))).toMatchObject({ code: 'credentials-refused' })
    expect(await failureOf(connector.resolve('mycompany/open', '1'))).toMatchObject({
      code: 'credentials-refused',
    })
    expect(world.internet.requests).toHaveLength(sent)
  })

  it('is noticed in an empty namespace, and where Quay answers nobody at all', async () => {
    for (const options of [{}, { anonymousAccess: false }]) {
      const connector = open(await start(options), 'q0nosuchtokennosuchtoken')
      expect(await failureOf(repositoriesOf(connector))).toMatchObject({ code: 'credentials-refused' })
    }
  })

  it('is noticed when it ends between two pages', async () => {
    const world = await start({ pageSize: 1 })
    for (const name of ['a', 'b', 'c']) world.addRepository(`mycompany/${name}`, { isPublic: true })
    const seen: string[] = []
    const listing = async () => {
      for await (const { repositories } of open(world).repositories()) {
        seen.push(...repositories.map(({ name }) => name))
        world.internet.intercept = ({ url }) =>
          url.searchParams.has('next_page')
            ? {
                status: 200,
                headers: { 'content-type': 'application/json' },
                body: '{"repositories":[{"namespace":"mycompany","name":"b","is_public":true,"kind":"image","state":"NORMAL"}]}',
              }
            : undefined
      }
    }
    expect(await failureOf(listing())).toMatchObject({ code: 'credentials-refused' })
    expect(seen).toEqual(['mycompany/a'])
  })

  it('says that it has expired, in the words of the registry', async () => {
    const world = await start()
    const refused = step(await open(world, quayTokens.expired.token).check(), 'sign-in')
    expect(refused).toMatchObject({ state: 'failed', code: 'credentials-refused' })
    expect(refused?.message).toMatch(/the token has expired \(it says: OAuth access token has expired\)/)
    expect(refused?.remedy).toContain('repo:read')
  })
})

describe('listing', () => {
  it('asks one request for 100 repositories and one for 100 tags, and signs in no more', async () => {
    const world = await start()
    for (let number = 0; number < 20; number += 1) {
      for (let tag = 0; tag < 100; tag += 1)
        world.push(`mycompany/r${number}`, `t${tag}`, image, day(1) + tag * 1000)
    }
    const connector = open(world)
    for (const { name } of await repositoriesOf(connector)) await everything(connector.tags(name))
    expect(world.internet.requests).toHaveLength(1 + 20)
  })

  it('takes the youngest living tag for the revision, and has one for no tags', async () => {
    const world = await start()
    world.push('mycompany/api', '1', image, day(1))
    world.push('mycompany/api', '2', image, day(2))
    world.untag('mycompany/api', '2')
    world.addRepository('mycompany/empty')
    world.addRepository('mycompany/chart', { kind: 'application' })
    world.push('mycompany/new', '1', image, Date.now() - 1000)
    expect(await repositoriesOf(open(world))).toEqual([
      { name: 'mycompany/api', revision: '2026-01-01T00:00:00.000Z' },
      { name: 'mycompany/empty', revision: 'no tags' },
      { name: 'mycompany/new', revision: null },
    ])
  })

  it('leaves out what tags pointed to before, and says size and day where Quay does', async () => {
    const world = await start()
    const index = buildIndex([image])
    world.push('mycompany/api', 'latest', index, day(1))
    world.push('mycompany/api', 'latest', image, day(2))
    world.push('mycompany/api', 'multi', index, day(1))
    const [page] = await everything(open(world).tags('mycompany/api'))
    const size = image.layers.reduce((sum, layer) => sum + layer.bytes.length, 0)
    expect(page?.tags).toEqual([
      { name: 'latest', digest: image.manifest.digest, pushedAt: day(2), mediaType: null, size },
      { name: 'multi', digest: index.manifest.digest, pushedAt: day(1), mediaType: null, size: null },
    ])
  })

  it('reads dates of RFC 2822 where there is no other', async () => {
    const world = await start()
    world.internet.intercept = ({ url }) =>
      url.pathname.endsWith('/tag/')
        ? {
            status: 200,
            body: JSON.stringify({
              tags: [
                { name: 'a', manifest_digest: 'none', last_modified: 'Fri, 02 Jan 2026 00:00:00 -0000' },
                { name: 'b', manifest_digest: null, last_modified: 'some day' },
                { name: 'not a tag', manifest_digest: null },
              ],
              page: 1,
              has_additional: false,
            }),
          }
        : undefined
    const [page] = await everything(open(world).tags('mycompany/api'))
    expect(page?.tags.map(({ name, pushedAt, digest }) => [name, pushedAt, digest])).toEqual([
      ['a', day(2), null],
      ['b', null, null],
    ])
  })

  it('tells a repository that is gone from one that may not be read', async () => {
    const world = await start()
    world.push('mycompany/api', '1', image, day(1))
    expect(await failureOf(everything(open(world).tags('mycompany/gone')))).toMatchObject({
      code: 'repository-not-found',
    })
    const outsider = open(world, quayTokens.outsider.token)
    const denied = await failureOf(everything(outsider.tags('mycompany/api')))
    expect(denied).toMatchObject({ code: 'permission-missing', kind: 'denied' })
    expect(denied.remedy).toContain('repo:read')
  })

  it('tries 520 again', async () => {
    const world = await start()
    world.push('mycompany/api', '1', image, day(1))
    let left = 2
    world.internet.intercept = () => (left-- > 0 ? { status: 520, body: '{}' } : undefined)
    expect(await repositoriesOf(open(world))).toHaveLength(1)
  })
})

describe('check', () => {
  it('takes few requests', async () => {
    const world = await start()
    world.push('mycompany/api', '1', image, day(1))
    const steps = await open(world).check()
    expect(steps.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed', 'passed', 'passed'])
    expect(world.internet.requests.length).toBeLessThanOrEqual(8)
  })

  it('points out a token that may push', async () => {
    const world = await start()
    world.push('mycompany/api', '1', image, day(1))
    const found = step(await open(world, quayTokens.writer.token).check(), 'sign-in')
    expect(found).toMatchObject({ state: 'warning', message: expect.stringMatching(/may also push/) })
  })

  it('warns when only public repositories are visible', async () => {
    const world = await start()
    world.push('mycompany/hidden', '1', image, day(1))
    world.addRepository('mycompany/open', { isPublic: true })
    world.push('mycompany/open', '1', image, day(1))
    const steps = await open(world, quayTokens.outsider.token).check()
    expect(step(steps, 'list')).toMatchObject({
      state: 'warning',
      message: 'Only public repositories of mycompany are visible.',
      remedy: expect.stringContaining('Read'),
    })
    expect(step(steps, 'pull')?.state).toBe('passed')
  })

  it('names the scope that is missing', async () => {
    const world = await start()
    world.push('mycompany/api', '1', image, day(1))
    const steps = await open(world, quayTokens.unscoped.token).check()
    expect(step(steps, 'list')?.state).toBe('passed')
    expect(step(steps, 'pull')).toMatchObject({ state: 'failed', code: 'permission-missing' })
    expect(step(steps, 'pull')?.remedy).toContain('repo:read')
  })
})

describe('the registry', () => {
  it('says what may not be pulled, though Quay gives no reason, and goes on with the rest', async () => {
    const world = await start()
    world.push('mycompany/hidden', '1', image, day(1))
    world.addRepository('mycompany/open', { isPublic: true })
    world.push('mycompany/open', '1', image, day(1))
    const connector = open(world, quayTokens.outsider.token)
    expect(await failureOf(connector.resolve('mycompany/hidden', '1'))).toMatchObject({
      code: 'permission-missing',
      kind: 'denied',
    })
    expect((await connector.resolve('mycompany/open', '1')).digest).toBe(image.manifest.digest)
  })

  it('is signed in to at the address of the form, whatever Quay takes for its own name', async () => {
    const world = await start({ host: 'quay.example.com', serverHostname: 'quay.internal.example' })
    world.push('mycompany/api', '1', image, day(1))
    const connector = open(world)
    expect(connector.host).toBe('quay.example.com')
    expect((await connector.check()).map(({ state }) => state)).not.toContain('failed')
    expect((await connector.resolve('mycompany/api', '1')).digest).toBe(image.manifest.digest)
    expect(world.internet.requests.join('\n')).not.toContain('https://quay.internal.example')
  })

  it('takes no credentials along to where layers are kept', async () => {
    const world = await start()
    world.push('mycompany/api', '1', image, day(1))
    const { digest, bytes } = image.config
    const stream = await open(world).source('mycompany/api').blob({ digest, size: bytes.length })
    expect(Buffer.concat(await stream.toArray()).equals(Buffer.from(bytes))).toBe(true)
    expect(world.internet.requests.at(-1)).toContain('https://cdn01.quay.io/')
    const asked = world.registry.storageRequests.all.map(({ authorization, status }) => [
      authorization,
      status,
    ])
    expect(asked).toEqual([[undefined, 200]])
  })

  it('is paced apart from the API', async () => {
    const world = await start()
    world.push('mycompany/api', '1', image, day(1))
    const taken: string[] = []
    const budget: RequestBudget = {
      take: async (bucket) => {
        taken.push(bucket)
        return () => undefined
      },
      report: () => undefined,
    }
    const connector = open(world, quayTokens.reader.token, budget)
    await everything(connector.tags('mycompany/api'))
    await connector.resolve('mycompany/api', '1')
    expect(taken).toEqual(['api', 'registry'])
    expect(quayProvider.description.limits.map(({ bucket }) => bucket)).toEqual(['api', 'registry'])
  })
})
