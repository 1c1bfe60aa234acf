import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../core/index.ts'
import { type BuiltImage, buildImage, buildIndex } from '../../../test-support/image-builder/index.ts'
import { type JfrogWorld, startJfrogWorld } from '../../../test-support/platforms/jfrog/index.ts'
import { Cleanup, everything, failureOf } from '../../../test-support/registry-client.ts'
import type { CheckStep, ContentPage, ListedTag, ListingOptions, RegistryConnector } from '../../index.ts'
import { jfrogProvider } from './index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const numbered = (number: number): BuiltImage => buildImage({ layers: [{ files: { a: String(number) } }] })
const at = (day: number): number => Date.UTC(2026, 0, day)

async function start(options: Parameters<typeof startJfrogWorld>[0] = {}): Promise<JfrogWorld> {
  return cleanup.keep(await startJfrogWorld(options))
}

const open = (
  world: JfrogWorld,
  settings: Readonly<Record<string, unknown>> = world.settings,
): RegistryConnector =>
  cleanup.keep(jfrogProvider.open(settings, { http: world.internet.http, clock: systemClock }))

function contentsOf(connector: RegistryConnector, options: ListingOptions = {}): AsyncIterable<ContentPage> {
  if (!connector.contents) throw new Error('no contents')
  return connector.contents(options)
}

async function contentOf(
  connector: RegistryConnector,
  options: ListingOptions = {},
): Promise<Map<string, ListedTag[]>> {
  const found = new Map<string, ListedTag[]>()
  for (const page of await everything(contentsOf(connector, options))) {
    for (const { name, tags } of page.repositories) found.set(name, [...(found.get(name) ?? []), ...tags])
  }
  return found
}

const failed = (steps: readonly CheckStep[]): CheckStep | undefined =>
  steps.find(({ state }) => state === 'failed')
const asked = (world: JfrogWorld, part: string): number =>
  world.internet.requests.filter((request) => request.includes(part)).length

describe('contents', () => {
  it('are one search, after one look at what the key names', async () => {
    const world = await start()
    for (let number = 0; number < 50; number += 1)
      world.push(`docker-prod/app-${number % 7}`, `v${number}`, numbered(number % 3), at(1))
    expect([...(await contentOf(open(world))).values()].flat()).toHaveLength(50)
    expect(world.internet.requests.map((request) => request.replace(/https:..[^/]+/, ''))).toEqual([
      'GET /artifactory/api/repositories/docker-prod',
      'POST /artifactory/api/search/aql',
    ])
  })

  it('take an index for the tag, and folders of digests for none', async () => {
    const world = await start()
    const index = buildIndex([numbered(1), numbered(2)])
    world.push('docker-prod/api', 'multi', index, at(1))
    expect([...(await contentOf(open(world)))]).toEqual([
      [
        'docker-prod/api',
        [{ name: 'multi', digest: index.manifest.digest, pushedAt: at(1), mediaType: null, size: null }],
      ],
    ])
  })

  it('are of a federated repository what was pushed to it, as of a local one', async () => {
    const world = await start({ kind: 'federated' })
    const [first] = world.repositories
    world.push(first, '1', numbered(1), at(1))
    const connector = open(world)
    expect(failed(await connector.check())).toBeUndefined()
    expect([...(await contentOf(connector))]).toMatchObject([[first, [{ name: '1', pushedAt: at(1) }]]])
    const { digest } = numbered(1).manifest
    expect((await connector.source(first).manifest(digest)).digest).toBe(digest)
  })

  it('find nothing older than since, and say so', async () => {
    const world = await start()
    world.push('docker-prod/api', 'old', numbered(1), at(1))
    world.push('docker-prod/api', 'new', numbered(2), at(9))
    const pages = await everything(contentsOf(open(world), { since: at(5) }))
    expect(pages).toMatchObject([{ repositories: [{ tags: [{ name: 'new' }] }], partial: true }])
    const [tags] = await everything(open(world).tags('docker-prod/api', { since: at(10) }))
    expect(tags).toMatchObject({ tags: [], partial: true })
  })

  it('go on after the last whole folder where the server cuts its searches', async () => {
    const world = await start({ pageSize: 3 })
    const index = buildIndex([numbered(1)])
    for (let number = 10; number < 20; number += 1) world.push('docker-prod/api', `v${number}`, index, at(1))
    const listed = (await contentOf(open(world))).get('docker-prod/api') ?? []
    expect(listed.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, index) => `v${index + 10}`))
    expect(new Set(listed.map(({ digest }) => digest))).toEqual(new Set([index.manifest.digest]))
  })

  it('come in pages, each of which can be gone on from', async () => {
    const world = await start()
    const image = numbered(1)
    for (let number = 0; number < 2100; number += 1)
      world.files.push('docker-prod', `app-${number % 3}`, `v${number}`, image, at(1))
    const pages = await everything(contentsOf(open(world)))
    expect(pages.map(({ repositories }) => repositories.flatMap(({ tags }) => tags).length)).toEqual([
      1000, 1000, 100,
    ])
    const rest = await contentOf(open(world), { cursor: pages[1]?.nextCursor ?? '' })
    expect([...rest.values()].flat()).toHaveLength(100)
  })

  it('are of the repository beside a remote one that keeps what it fetched', async () => {
    const world = await start({ kind: 'remote', showsConfiguration: false })
    world.push('docker-prod/library/nginx', '1', numbered(1), at(1))
    expect([...(await contentOf(open(world))).keys()]).toEqual(['docker-prod/library/nginx'])
    expect(world.files.all()[0]?.repo).toBe('docker-prod-cache')
  })

  it('are of a virtual repository what its first member with the tag gives, local ones before caches', async () => {
    const world = await start({ kind: 'virtual' })
    world.pushTo('docker-remote-cache', 'docker-prod/api', '1', numbered(1), at(1))
    world.pushTo('docker-local', 'docker-prod/api', '1', numbered(2), at(2))
    world.pushTo('docker-remote-cache', 'docker-prod/api', '2', numbered(3), at(3))
    const tags = (await contentOf(open(world))).get('docker-prod/api')
    expect(tags?.map(({ name, digest }) => [name, digest])).toEqual([
      ['1', numbered(2).manifest.digest],
      ['2', numbered(3).manifest.digest],
    ])
  })

  it('leave open what a tag is that members of unknown order do not agree on', async () => {
    const world = await start({ kind: 'virtual', showsConfiguration: false })
    world.pushTo('docker-remote-cache', 'docker-prod/api', '1', numbered(1), at(1))
    world.pushTo('docker-local', 'docker-prod/api', '1', numbered(2), at(2))
    expect((await contentOf(open(world))).get('docker-prod/api')).toMatchObject([{ name: '1', digest: null }])
  })

  it('are found by the registry protocol where searches are refused, and gone on from after each image', async () => {
    const world = await start({ maySearch: false, pageSize: 2 })
    for (const name of ['a', 'b', 'c']) {
      for (const tag of ['1', '2', '3']) world.push(`docker-prod/${name}`, tag, numbered(1), at(1))
    }
    const pages = await everything(contentsOf(open(world)))
    const whole = pages.flatMap(({ repositories }) =>
      repositories.flatMap(({ name, tags }) => tags.map((tag) => `${name}:${tag.name}`)),
    )
    expect(new Set(whole).size).toBe(9)
    for (const [index, { nextCursor }] of pages.entries()) {
      if (nextCursor === null) continue
      const rest = await contentOf(open(world), { cursor: nextCursor })
      const seen = pages
        .slice(0, index + 1)
        .flatMap(({ repositories }) =>
          repositories.flatMap(({ name, tags }) => tags.map((tag) => `${name}:${tag.name}`)),
        )
      const later = [...rest].flatMap(([name, tags]) => tags.map((tag) => `${name}:${tag.name}`))
      expect(new Set([...seen, ...later])).toEqual(new Set(whole))
    }
  })

  it('never take an answer without results for an empty repository', async () => {
    const world = await start()
    for (const body of [
      '{}',
      '{"results":[]}',
      '{"errors":[{"status":200,"message":"x"}]}',
      '{"results":[{"repo":"x"}],"range":{}}',
    ]) {
      world.internet.intercept = ({ url }) =>
        url.pathname.endsWith('/aql') ? { status: 200, body } : undefined
      expect(await failureOf(contentOf(open(world)))).toMatchObject({ code: 'registry-answer-invalid' })
    }
  })

  it('end, where a server gives the same over and over', async () => {
    const world = await start()
    const item = { repo: 'docker-prod', path: 'api/1', name: 'manifest.json' }
    const range = {
      start_pos: 0,
      end_pos: 1,
      total: 1,
      notification: 'AQL query reached the search hard limit, results are trimmed.',
    }
    world.internet.intercept = ({ url }) =>
      url.pathname.endsWith('/aql')
        ? { status: 200, body: JSON.stringify({ results: [item], range }) }
        : undefined
    expect(await failureOf(contentOf(open(world)))).toMatchObject({ code: 'paging-endless' })
    world.internet.intercept = ({ url }) =>
      url.pathname.endsWith('/aql')
        ? { status: 200, body: JSON.stringify({ results: [], range }) }
        : undefined
    expect(await failureOf(contentOf(open(world)))).toMatchObject({ code: 'search-trimmed' })
  })
})

describe('check', () => {
  it('names the way to pull that works', async () => {
    const world = await start({ access: 'subdomain' })
    world.push('api', '1', numbered(1), at(1))
    const found = failed(await open(world, { ...world.settings, dockerAccess: 'path' }).check())
    expect(found).toMatchObject({ id: 'pull', code: 'docker-access-wrong' })
    expect(found?.message).toContain('docker-prod.artifactory.acme.example/api')
    expect(found?.remedy).toContain('Subdomain')
    const byPath = await start()
    byPath.push('docker-prod/api', '1', numbered(1), at(1))
    const other = failed(await open(byPath, { ...byPath.settings, dockerAccess: 'subdomain' }).check())
    expect(other).toMatchObject({
      id: 'pull',
      code: 'docker-access-wrong',
      remedy: expect.stringMatching(/Repository path/),
    })
  })

  it('shows which repositories there are when the key is not one of them', async () => {
    const world = await start()
    const found = failed(await open(world, { ...world.settings, repository: 'dockr-prod' }).check())
    expect(found).toMatchObject({ id: 'list', code: 'platform-not-found' })
    expect(found?.remedy).toMatch(/docker-prod, docker-local/)
    expect(found?.remedy).not.toContain('npm')
  })

  it('says that a repository holds no images', async () => {
    const world = await start()
    const found = failed(await open(world, { ...world.settings, repository: 'npm-local' }).check())
    expect(found).toMatchObject({
      id: 'list',
      code: 'platform-not-found',
      message: expect.stringMatching(/npm packages/),
    })
  })

  it('knows a page to sign in at from Artifactory', async () => {
    const world = await start()
    const redirect = { status: 302, headers: { location: `https://artifactory.acme.example/ui/login` } }
    world.internet.intercept = ({ url }) => (url.pathname.startsWith('/artifactory/') ? redirect : undefined)
    expect(failed(await open(world).check())).toMatchObject({ id: 'network', code: 'not-a-registry' })
  })

  it('tells what Artifactory says of refused credentials, after one try at all its doors', async () => {
    const world = await start()
    world.push('docker-prod/api', '1', numbered(1), at(1))
    const connector = open(world, world.wrongSettings)
    expect((await failureOf(connector.resolve('docker-prod/api', '1'))).code).toBe('credentials-refused')
    const sent = world.internet.requests.length
    const failure = await failureOf(everything(contentsOf(connector)))
    expect(failure.code).toBe('credentials-refused')
    expect(world.internet.requests.length).toBe(sent)
    expect(asked(world, 'api/docker')).toBe(1)
    const found = failed(await open(world, world.wrongSettings).check())
    expect(found?.message).toContain('Bad credentials')
  })

  it('takes a token alone, as an access token without a user', async () => {
    const world = await start()
    world.push('docker-prod/api', '1', numbered(1), at(1))
    const { username: _, ...settings } = world.settings
    expect((await contentOf(open(world, settings))).size).toBe(1)
  })
})
