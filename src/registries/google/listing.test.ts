import { afterEach, describe, expect, it } from 'vitest'
import { buildImage, buildIndex } from '../../test-support/image-builder/index.ts'
import { connect } from '../../test-support/platforms/google/connect.ts'
import {
  type GoogleWorld,
  type GoogleWorldOptions,
  startGarWorld,
  startGcrWorld,
  StoredRepository,
} from '../../test-support/platforms/google/index.ts'
import { Cleanup, everything, failureOf } from '../../test-support/registry-client.ts'
import type { ContentPage, ListingOptions, RegistryConnector } from '../index.ts'
import { garProvider } from '../providers/gar/index.ts'
import { gcrProvider } from '../providers/gcr/index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

async function startGar(options: GoogleWorldOptions = {}): Promise<GoogleWorld> {
  return cleanup.keep(await startGarWorld(options))
}

const project = 'acme-prod-1234'
const image = (text: string) => buildImage({ layers: [{ files: { text } }] })
const day = (number: number): number => Date.UTC(2026, 0, number)

const open = (world: GoogleWorld, provider = garProvider) => connect(cleanup, provider, world)

async function pagesOf(connector: RegistryConnector, options: ListingOptions = {}): Promise<ContentPage[]> {
  if (connector.contents === undefined) throw new Error('no contents')
  return everything(connector.contents(options))
}

const tagsIn = (pages: readonly ContentPage[]): string[] =>
  pages.flatMap(({ repositories }) =>
    repositories.flatMap(({ name, tags }) => tags.map((tag) => `${name}:${tag.name}`)),
  )

describe('contents of Artifact Registry', () => {
  it('tells apart what has the same path at two hosts, and pulls each from its own', async () => {
    const world = await startGar()
    const names = ['us', 'europe'].map((where) => `${where}-docker.pkg.dev/${project}/web/api`)
    const images = [image('us'), image('europe')]
    for (const [index, name] of names.entries()) {
      const built = images[index]
      if (built) world.push(name, '1', built, day(1))
    }
    const connector = open(world)
    expect(connector).toMatchObject({ host: 'pkg.dev', spansHosts: true })
    expect(tagsIn(await pagesOf(connector)).toSorted()).toEqual(names.map((name) => `${name}:1`).toSorted())
    for (const [index, name] of names.entries()) {
      const digest = images[index]?.manifest.digest
      expect(await connector.resolve(name, '1')).toMatchObject({ digest })
      expect(connector.source(name).name).toBe(name)
      const [page] = await everything(connector.tags(name))
      expect(page?.tags).toMatchObject([{ name: '1', digest, pushedAt: day(1) }])
    }
  })

  it('keeps to repositories of images, and passes a virtual one over', async () => {
    const world = await startGar({ region: 'us' })
    world.push(`${project}/web/api`, '1', image('a'), day(1))
    world.push(`${project}/mirror/api`, '2', image('b'), day(1))
    for (const [id, format, mode] of [
      ['java', 'MAVEN', 'STANDARD_REPOSITORY'],
      ['all', 'DOCKER', 'VIRTUAL_REPOSITORY'],
      ['zzz', 'DOCKER', 'REMOTE_REPOSITORY'],
    ] as const)
      world.project.add(new StoredRepository('us', id, format, mode))
    const pages = await pagesOf(open(world))
    expect(tagsIn(pages)).toEqual([`${project}/mirror/api:2`, `${project}/web/api:1`])
    expect(pages.at(-1)).toMatchObject({ nextCursor: null })
    expect(world.internet.requests.join('\n')).not.toContain('java')
  })

  it('gives sizes and media types of images, and no size of an index', async () => {
    const world = await startGar({ region: 'us' })
    const built = image('a')
    const index = buildIndex([image('b'), image('c')])
    world.push(`${project}/web/api`, '1', built, day(1))
    world.push(`${project}/web/api`, 'multi', index, day(2))
    const pages = await pagesOf(open(world))
    const size = [...built.blobs.values()].reduce((sum, bytes) => sum + bytes.length, 0)
    const found = pages.flatMap(({ repositories }) => repositories.flatMap(({ tags }) => tags))
    const byName = Object.fromEntries(found.map((tag) => [tag.name, tag]))
    expect(Object.keys(byName).toSorted()).toEqual(['1', 'multi'])
    expect(byName['1']).toMatchObject({ size, mediaType: built.manifest.mediaType, pushedAt: day(1) })
    expect(byName['multi']).toMatchObject({ size: null, mediaType: index.manifest.mediaType })
    const [page] = await everything(open(world).tags(`${project}/web/api`))
    expect(page?.tags.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual(
      Object.values(byName),
    )
  })

  it('takes the fewest requests: 1 for the regions, 1 for each, 1 for 1000 digests', async () => {
    const world = await startGar({ pageSize: 10 })
    for (let number = 0; number < 25; number += 1)
      world.push(`us-docker.pkg.dev/${project}/web/api${number}`, '1', image(`${number}`), day(1) + number)
    const connector = open(world)
    expect(tagsIn(await pagesOf(connector))).toHaveLength(25)
    const locations = world.api.locations.length
    const asked = Math.ceil(locations / 10) + locations
    expect(world.listingRequests()).toBe(asked + Math.ceil(25 / 10))
    const before = world.listingRequests()
    const [page, ...more] = await pagesOf(connector, { since: day(1) + 24 })
    expect(page?.partial).toBe(true)
    expect(more).toEqual([])
    expect(tagsIn(page ? [page] : [])).toContain(`us-docker.pkg.dev/${project}/web/api24:1`)
    expect(world.listingRequests() - before).toBe(asked + 1)
  })

  it('sees a tag that moved to an old digest, for it was updated', async () => {
    const world = await startGar({ region: 'us', pageSize: 2 })
    const name = `${project}/web/api`
    const built = [1, 2, 3, 4, 5].map((number) => image(`${number}`))
    for (const [index, each] of built.entries()) world.push(name, `v${index}`, each, day(index + 1))
    const [oldest] = built
    if (oldest) world.push(name, 'stable', oldest, day(9))
    const [page] = await pagesOf(open(world), { since: day(8) })
    expect(tagsIn(page ? [page] : [])).toContain(`${name}:stable`)
  })

  it.each(['ignored', 'refused'] as const)('lists everything where the order is %s', async (orderBy) => {
    const world = await startGar({ region: 'us', pageSize: 2 })
    world.api.orderBy = orderBy
    for (let number = 0; number < 9; number += 1)
      world.push(`${project}/web/api`, `${number}`, image(`${number}`), day(number + 1))
    for (const since of [undefined, day(9)]) {
      const pages = await pagesOf(open(world), { since })
      expect(tagsIn(pages)).toHaveLength(9)
      expect(pages.at(-1)?.partial).toBeUndefined()
    }
  })

  it('goes on from any page of any repository in another process, and stays partial', async () => {
    const world = await startGar({ region: 'us', pageSize: 10 })
    for (const id of ['a-repo', 'b-repo', 'c-repo'])
      for (let number = 0; number < (id === 'c-repo' ? 3 : 15); number += 1)
        world.push(`${project}/${id}/api`, `${number}`, image(`${id}${number}`), day(number + 1))
    for (const since of [undefined, day(14)]) {
      const pages = await pagesOf(open(world), { since })
      expect(pages.at(-1)?.partial).toBe(since === undefined ? undefined : true)
      expect(pages.slice(0, -1).every(({ partial }) => partial === undefined)).toBe(true)
      for (const [index, { nextCursor }] of pages.entries()) {
        if (nextCursor === null) continue
        const rest = await pagesOf(open(world), { since, cursor: nextCursor })
        expect(tagsIn(rest)).toEqual(tagsIn(pages.slice(index + 1)))
        expect(rest.at(-1)?.partial).toBe(pages.at(-1)?.partial)
      }
    }
  })

  it('goes on with the next repository when the one of the cursor has left', async () => {
    const world = await startGar({ region: 'us', pageSize: 1 })
    for (const id of ['a-repo', 'b-repo'])
      for (const tag of ['1', '2']) world.push(`${project}/${id}/api`, tag, image(id + tag), day(1))
    const [first] = await pagesOf(open(world))
    const cursor = first?.nextCursor?.replace('a-repo', 'aa-repo') ?? ''
    expect(tagsIn(await pagesOf(open(world), { cursor }))).toEqual([
      `${project}/b-repo/api:1`,
      `${project}/b-repo/api:2`,
    ])
  })

  it('refuses names that are none', async () => {
    const world = await startGar({ region: 'us' })
    world.push(`${project}/web/api`, '1', image('a'), day(1))
    const answers = [
      { dockerImages: [{ name: 'projects/p/dockerImages/../../x@sha256:1', tags: ['1'] }] },
      { dockerImages: [{ name: `x/dockerImages/%E0%A4%A@sha256:${'a'.repeat(64)}`, tags: ['1'] }] },
      { dockerImages: [{ name: `x/dockerImages/api@sha256:${'a'.repeat(64)}`, tags: ['../x'] }] },
      { dockerImages: [{ name: `x/dockerImages/api@sha256:${'a'.repeat(64)}`, uploadTime: 'yesterday' }] },
      { dockerImages: [{ name: `x/dockerImages/api@sha256:${'a'.repeat(64)}`, imageSizeBytes: '-1' }] },
      { dockerImages: Array.from({ length: 1001 }, () => ({})) },
      { dockerImages: [], nextPageToken: 'x'.repeat(5000) },
    ]
    for (const body of answers) {
      world.internet.intercept = ({ url }) =>
        url.pathname.endsWith('/dockerImages') ? { status: 200, body: JSON.stringify(body) } : undefined
      expect(await failureOf(pagesOf(open(world)))).toMatchObject({ code: 'registry-answer-invalid' })
    }
    const name = `x/dockerImages/${encodeURIComponent('../../etc')}@sha256:${'a'.repeat(64)}`
    world.internet.intercept = ({ url }) =>
      url.pathname.endsWith('/dockerImages')
        ? { status: 200, body: JSON.stringify({ dockerImages: [{ name, tags: ['1'] }] }) }
        : undefined
    expect(tagsIn(await pagesOf(open(world)))).toEqual([])
  })

  it('ends a listing that goes in a circle', async () => {
    const world = await startGar({ region: 'us' })
    world.push(`${project}/web/api`, '1', image('a'), day(1))
    const dockerImages = [{ name: `x/dockerImages/api@sha256:${'a'.repeat(64)}`, tags: ['1'] }]
    world.internet.intercept = ({ url }) =>
      url.pathname.endsWith('/dockerImages')
        ? { status: 200, body: JSON.stringify({ dockerImages, nextPageToken: 'again' }) }
        : undefined
    expect(await failureOf(pagesOf(open(world)))).toMatchObject({ code: 'paging-endless' })
  })
})

describe('tags of one image', () => {
  it('are complete where a digest has more than 100', async () => {
    const world = await startGar({ region: 'us' })
    const name = `${project}/web/api`
    const built = image('a')
    for (let number = 0; number < 250; number += 1) world.push(name, `t${number}`, built, day(1))
    const pages = await everything(open(world).tags(name))
    expect(new Set(pages.flatMap(({ tags }) => tags.map((tag) => tag.name))).size).toBe(250)
  })

  it('are none of an image elsewhere', async () => {
    const world = await startGar()
    for (const name of [
      'us-docker.pkg.dev/other-project/web/api',
      `evil.example/${project}/web/api`,
      `us-docker.pkg.dev/${project}/web`,
      `us-docker.pkg.dev/${project}/web/api`,
    ])
      expect(await failureOf(everything(open(world).tags(name)))).toMatchObject({
        code: 'repository-not-found',
      })
    expect(() => open(world).source(`evil.example/${project}/web/api`)).toThrow(/no registry host/)
    expect(world.internet.requests.join('\n')).not.toContain('evil.example')
  })
})

describe('the four hosts of Container Registry', () => {
  it('cost four requests, and one that is not in use is no error', async () => {
    const world = cleanup.keep(await startGcrWorld())
    world.push(`eu.gcr.io/${project}/api`, '1', image('a'), day(1))
    const connector = open(world, gcrProvider)
    const pages = await pagesOf(connector)
    expect(tagsIn(pages)).toEqual([`eu.gcr.io/${project}/api:1`])
    expect(pages.at(-1)?.partial).toBeUndefined()
    expect(world.listingRequests()).toBe(4)
  })

  it('do not lose their images when a right is missing', async () => {
    const world = cleanup.keep(await startGcrWorld())
    world.push(`eu.gcr.io/${project}/api`, '1', image('a'), day(1))
    const connector = connect(cleanup, gcrProvider, world, {
      settings: world.settingsOf('stranger'),
    })
    expect(await failureOf(pagesOf(connector))).toMatchObject({ code: 'permission-missing', kind: 'denied' })
  })
})
