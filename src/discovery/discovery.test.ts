import { expect, it } from 'vitest'
import { AppError } from '../core/index.ts'
import type { ConnectorSource } from '../connections/index.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import {
  addConnection,
  emptyDatabase,
  FakeRegistry,
  ManualClock,
  rowsOf,
} from '../test-support/domain/index.ts'
import { type BuiltImage, buildImage, buildIndex } from '../test-support/image-builder/index.ts'
import { createDiscoveryService, createDiscoveryWorker, type DiscoveryEnd } from './index.ts'

const image = (content: string, created = '2024-01-01T00:00:00Z', architecture = 'amd64'): BuiltImage =>
  buildImage({
    layers: [{ files: { name: content } }],
    config: { created },
    platform: { os: 'linux', architecture },
  })

interface World {
  readonly db: Database
  readonly clock: ManualClock
  readonly registry: FakeRegistry
  readonly connection: string
  discover(): Promise<DiscoveryEnd | undefined>
}

async function world(
  db: Database,
  orgId = 'one',
  settings: Parameters<typeof addConnection>[2] = {},
): Promise<World> {
  const clock = new ManualClock()
  const registry = new FakeRegistry()
  const connection = await addConnection(db, orgId, settings)
  const connectors: ConnectorSource = { openConnector: async () => registry.connector() }
  const worker = createDiscoveryWorker({ db, clock, connectors })
  const service = createDiscoveryService({ db, clock })
  const discover = async (): Promise<DiscoveryEnd | undefined> => {
    clock.advance(1_000)
    await service.request(orgId, connection)
    return worker.runNext('worker')
  }
  return { db, clock, registry, connection, discover }
}

/** Repositories that some run has listed to the end. */
const listed = 'select repository_id from connection_repository where listed_by is not null'

const images = (db: Database, orgId = 'one') =>
  createDiscoveryService({ db, clock: new ManualClock() }).listImages(orgId, { limit: 200, kind: 'all' })

eachDatabase((_name, open) => {
  let opened: Promise<Database> | undefined
  const fresh = async (): Promise<Database> => {
    opened ??= open()
    await emptyDatabase(await opened)
    return opened
  }

  it('records repositories, tags and images, each digest once, and looks into each once', async () => {
    const { db, registry, discover } = await world(await fresh())
    const shared = image('shared')
    for (const tag of ['1.0', '1.1', 'stable']) registry.put('acme/api', tag, shared)
    registry.put('acme/api', '2.0', image('two', '2024-06-01T00:00:00Z'))
    registry.put('acme/web', 'latest', buildIndex([image('a'), image('b', '2024-01-01T00:00:00Z', 'arm64')]))
    expect(await discover()).toMatchObject({ outcome: 'completed', error: null })

    const { items, total } = await images(db)
    expect(total).toBe('3')
    const shown = items.map((each) => [
      each.repository.path,
      each.tags.join(),
      each.lifecycle,
      each.platforms.join(),
    ])
    expect(shown.sort()).toEqual([
      ['acme/api', '2.0', 'Latest', 'linux/amd64'],
      ['acme/api', 'stable,1.1,1.0', 'Outdated', 'linux/amd64'],
      ['acme/web', 'latest', 'Latest', 'linux/amd64,linux/arm64'],
    ])
    const asked = registry.requests.length
    await discover()
    const again = registry.requests.slice(asked).filter((request) => /^(manifest|blob)/.test(request))
    expect(again).toEqual([])
  })

  it('resolves tags whose digest the listing does not say', async () => {
    const { db, registry, discover } = await world(await fresh())
    registry.listsDigests = false
    registry.put('acme/api', '1.0', image('one'))
    await discover()
    expect((await images(db)).items[0]?.digest).toBe(image('one').manifest.digest)
  })

  it('keeps a history of moved and deleted tags, and lets images without a tag go', async () => {
    const { db, registry, discover } = await world(await fresh())
    const [first, second] = [image('first'), image('second')]
    registry.put('acme/api', 'latest', first)
    registry.put('acme/api', 'old', image('old'))
    await discover()
    registry.put('acme/api', 'latest', second)
    registry.repositories.get('acme/api')?.delete('old')
    await discover()
    expect((await images(db)).items.map((each) => each.tags)).toEqual([['latest']])
    const history = await rowsOf(
      db,
      `select name, encode(digest, 'hex') as hex from tag_history order by name`,
    )
    expect(history).toEqual([
      { name: 'latest', hex: first.manifest.digest.slice(7) },
      { name: 'old', hex: image('old').manifest.digest.slice(7) },
    ])
  })

  it('deletes nothing when a listing breaks off, and says what is not whole', async () => {
    const { db, registry, discover } = await world(await fresh())
    for (const tag of ['a', 'b', 'c', 'd']) registry.put('acme/api', tag, image(tag))
    registry.put('acme/web', 'latest', image('web'))
    await discover()
    registry.repositories.get('acme/api')?.delete('a')
    let pages = 0
    registry.before = (request) => {
      if (request === 'tags acme/api' && ++pages === 2) {
        throw new AppError({ code: 'denied', kind: 'denied', publicMessage: 'Permission missing.' })
      }
    }
    expect(await discover()).toMatchObject({ outcome: 'completed' })
    expect((await images(db)).items).toHaveLength(5)
    const [connection] = await rowsOf<{ last_discovery: { incompleteBecause: string } }>(
      db,
      'select last_discovery from registry_connection',
    )
    expect(connection?.last_discovery.incompleteBecause).toBe(
      '1 of 2 repositories could not be read whole. The first: acme/api: Permission missing.',
    )
  })

  it('notes repositories that it may not pull, however many in a row, and reads the others', async () => {
    const { db, registry, discover } = await world(await fresh())
    for (let index = 0; index < 9; index += 1) {
      registry.put(`alpha/p${index}`, '1', image(`alpha ${index}`))
      registry.put(`mine/p${index}`, '1', image(`mine ${index}`))
    }
    const failures = [
      { code: 'permission-missing', kind: 'denied', publicMessage: 'Not allowed to pull.' },
      { code: 'repository-not-found', kind: 'not-found', publicMessage: 'Not there.' },
    ] as const
    await discover()
    for (const failure of failures) {
      registry.before = (request) => {
        if (request.startsWith('tags alpha/')) throw new AppError(failure)
      }
      registry.put('mine/p8', failure.code, image(failure.code))
      expect(await discover()).toMatchObject({ outcome: 'completed' })
      const incomplete = `select last_discovery ->> 'incompleteBecause' as because from registry_connection`
      expect(await rowsOf(db, incomplete)).toEqual([
        {
          because: `9 of 18 repositories could not be read whole. The first: alpha/p0: ${failure.publicMessage}`,
        },
      ])
    }
    expect(await rowsOf(db, 'select from tag')).toHaveLength(20)
  })

  it.each([
    { code: 'connection-refused', kind: 'temporary', outcome: 'retry' },
    { code: 'registry-firewall', kind: 'denied', outcome: 'failed' },
    { code: 'certificate-expired', kind: 'invalid', outcome: 'failed' },
  ] as const)('ends where the registry cannot be reached: $code', async ({ code, kind, outcome }) => {
    const { db, registry, discover } = await world(await fresh())
    for (let index = 0; index < 30; index += 1) registry.put(`acme/p${index}`, '1', image(`${index}`))
    registry.before = (request) => {
      if (request.startsWith('tags')) throw new AppError({ code, kind, publicMessage: 'No way.' })
    }
    expect(await discover()).toMatchObject({ outcome, error: { code } })
    expect(registry.requests.filter((request) => request.startsWith('tags')).length).toBeLessThan(20)
    expect(await rowsOf(db, listed)).toEqual([])
  })

  it('lets repositories go that no complete listing names, and finds them again as they were', async () => {
    const { db, registry, discover } = await world(await fresh())
    registry.put('acme/api', '1', image('one'))
    registry.put('acme/web', '1', image('two'))
    await discover()
    const [before] = await rowsOf(db, `select id from repository where path = 'acme/web'`)
    const web = registry.repositories.get('acme/web')
    registry.repositories.delete('acme/web')
    await discover()
    expect((await images(db)).items).toHaveLength(1)
    if (web !== undefined) registry.repositories.set('acme/web', web)
    await discover()
    expect((await images(db)).items).toHaveLength(2)
    expect(await rowsOf(db, `select id from repository where path = 'acme/web'`)).toEqual([before])
  })

  it('selects the newest ten tags of repositories that the patterns let through', async () => {
    const selection = { latestTags: 3, include: ['acme/*'], exclude: ['*/old'] }
    const { db, registry, discover } = await world(await fresh(), 'one', { selection })
    for (let day = 1; day <= 5; day += 1)
      registry.put('acme/api', `v${day}`, image(`v${day}`), Date.UTC(2025, 0, day))
    registry.put('acme/old', '1', image('x'))
    registry.put('other/api', '1', image('y'))
    await discover()
    const selected = await rowsOf(
      db,
      `select t.name from image i join tag t on t.image_id = i.id where i.selected order by t.name`,
    )
    expect(selected).toEqual([{ name: 'v3' }, { name: 'v4' }, { name: 'v5' }])
  })

  it('says of what is not selected which rule leaves it out, and that it does not wait', async () => {
    const selection = { latestTags: 1, exclude: ['*/old'] }
    const { db, registry, connection, discover } = await world(await fresh(), 'one', { selection })
    for (let day = 1; day <= 2; day += 1)
      registry.put('acme/api', `v${day}`, image(`v${day}`), Date.UTC(2025, 0, day))
    registry.put('acme/old', '1', image('x'))
    await discover()
    const service = createDiscoveryService({ db, clock: new ManualClock() })
    const shown = async (status?: 'Pending') => {
      const { items, total } = await service.listImages('one', {
        limit: 10,
        kind: 'image',
        ...(status === undefined ? {} : { status: [status] }),
      })
      expect(total).toBe(String(items.length))
      return items
        .map((each) => [each.tags[0], each.selected, each.scanStatus, each.unselectedBecause])
        .sort()
    }
    const waiting = ['v2', true, 'Pending', null]
    expect(await shown()).toEqual([
      ['1', false, null, 'the patterns of its connection leave out its repository'],
      ['v1', false, null, 'only the latest tag of its repository is scanned'],
      waiting,
    ])
    expect(await shown('Pending')).toEqual([waiting])
    // A person wants one of them scanned: it waits as any other.
    const [left] = (await service.listImages('one', { limit: 10, kind: 'image', q: 'v1' })).items
    const { platformDetails } = await service.getImage('one', left?.id ?? 0)
    expect(platformDetails.map((each) => each.scanStatus)).not.toContain('Pending')
    await db.execute(
      `insert into image_platform (image_id, manifest_digest, platform)
       select id, digest, 'linux/amd64' from image where id = $1 on conflict do nothing`,
      [left?.id],
    )
    await db.execute(
      `insert into scan (org_id, manifest_digest, image_id, connection_id) select org_id, digest, id, $2 from image where id = $1`,
      [left?.id, connection],
    )
    await db.execute(`update image set scan_status = 'Pending' where id = $1`, [left?.id])
    expect(await shown('Pending')).toEqual([['v1', false, 'Pending', null], waiting])
    await db.execute(`update scan set state = 'cancelled'`, [])
    expect(await shown('Pending')).toEqual([waiting])
  })

  it('keeps an image that is broken for good as an image, so that its scan can say why', async () => {
    const { db, registry, discover } = await world(await fresh())
    const broken = buildImage({ layers: [], manifest: { manifests: [] } })
    registry.put('acme/api', 'broken', broken)
    registry.put('acme/api', 'good', image('good'))
    await discover()
    expect((await images(db)).items.map((each) => [each.tags[0], each.kind, each.scanStatus])).toEqual(
      expect.arrayContaining([
        ['broken', 'image', 'Pending'],
        ['good', 'image', 'Pending'],
      ]),
    )
  })

  it('takes no tag and no repository for gone because its token server is', async () => {
    const { db, registry, discover } = await world(await fresh())
    registry.put('acme/api', '1', image('one'))
    registry.listsDigests = false
    await discover()
    registry.put('acme/new', '1', image('two'))
    registry.before = (request) => {
      if (/^(head|tags)/.test(request))
        throw new AppError({ code: 'token-server-missing', kind: 'not-found', publicMessage: 'None.' })
    }
    await discover()
    const incomplete = `select last_discovery ->> 'incompleteBecause' as because from registry_connection`
    expect(await rowsOf(db, incomplete)).toEqual([{ because: expect.stringContaining('2 of 2') }])
    registry.before = (request) => {
      if (request.startsWith('head'))
        throw new AppError({ code: 'token-server-missing', kind: 'not-found', publicMessage: 'None.' })
    }
    await discover()
    expect(await rowsOf(db, 'select name from tag')).toEqual([{ name: '1' }])
    registry.before = () => undefined
    await discover()
    expect(
      await rowsOf(
        db,
        'select r.path, t.name from tag t join repository r on r.id = t.repository_id order by 1',
      ),
    ).toEqual([
      { path: 'acme/api', name: '1' },
      { path: 'acme/new', name: '1' },
    ])
  })

  it('takes no image for broken because of the way to it', async () => {
    const { db, registry, discover } = await world(await fresh())
    const platforms = ['amd64', 'arm64'].map((architecture) =>
      buildImage({ layers: [{ files: { architecture } }], platform: { os: 'linux', architecture } }),
    )
    registry.put('acme/api', '1', buildIndex(platforms))
    for (const code of ['certificate-expired', 'not-a-registry']) {
      for (const ofEntries of [false, true]) {
        registry.before = (request) => {
          const isEntry = platforms.some(({ manifest }) => request === `manifest ${manifest.digest}`)
          if (request.startsWith('manifest') && isEntry === ofEntries)
            throw new AppError({ code, kind: 'invalid', publicMessage: 'In between.' })
        }
        await discover()
        expect(await rowsOf(db, 'select kind from image')).toEqual([{ kind: 'unknown' }])
      }
    }
    registry.before = () => undefined
    await discover()
    expect((await images(db)).items).toMatchObject([{ platforms: ['linux/amd64', 'linux/arm64'] }])
  })

  it('stops at refused credentials and says so at the connection', async () => {
    const { db, registry, discover } = await world(await fresh())
    registry.put('acme/api', '1', image('one'))
    registry.before = () => {
      throw new AppError({
        code: 'registry-credentials-refused',
        kind: 'auth',
        publicMessage: 'Credentials refused.',
        remedy: 'Enter them again.',
      })
    }
    expect(await discover()).toMatchObject({ outcome: 'failed' })
    expect(registry.requests).toHaveLength(1)
    expect(
      await rowsOf(db, `select status, status_detail ->> 'message' as message from registry_connection`),
    ).toEqual([{ status: 'Error', message: 'Credentials refused.' }])
  })

  it('waits as long as the registry asks, and stays connected', async () => {
    const { db, clock, registry, discover } = await world(await fresh())
    registry.put('acme/api', '1', image('one'))
    registry.before = () => {
      const retryAt = clock.now() + 600_000
      throw new AppError({ code: 'rate-limited', kind: 'rate-limited', publicMessage: 'Wait.', retryAt })
    }
    expect(await discover()).toMatchObject({ outcome: 'retry' })
    registry.before = () => undefined
    const worker = createDiscoveryWorker({
      db,
      clock,
      connectors: { openConnector: async () => registry.connector() },
    })
    expect(await worker.runNext('worker')).toBeUndefined()
    expect(await rowsOf(db, 'select status from registry_connection')).toEqual([{ status: 'Connected' }])
    clock.advance(600_001)
    expect(await worker.runNext('worker')).toMatchObject({ outcome: 'completed' })
  })

  it('two organisations see only their own', async () => {
    const db = await fresh()
    const [one, two] = [await world(db, 'one'), await world(db, 'two')]
    one.registry.put('acme/secret', '1', image('one'))
    two.registry.put('acme/public', '1', image('one'))
    await one.discover()
    await two.discover()
    const service = createDiscoveryService({ db, clock: one.clock })
    const seen = await service.listImages('two', { limit: 200, kind: 'all' })
    expect(seen.items.map((each) => each.repository.path)).toEqual(['acme/public'])
    expect(seen.total).toBe('1')
    const mine = (await service.listImages('one', { limit: 1, kind: 'all' })).items[0]
    await expect(service.getImage('two', mine?.id ?? 0)).rejects.toThrow('no such image')
    for (const query of [
      { connection: one.connection },
      { repository: mine?.repository.id ?? 0 },
      { q: 'secret' },
    ]) {
      expect(await service.listImages('two', { limit: 5, kind: 'all', ...query })).toMatchObject({
        items: [],
        total: '0',
      })
    }
    expect(await service.listRepositories('two', { limit: 5, connection: one.connection })).toMatchObject({
      items: [],
    })
    await expect(service.request('two', one.connection)).rejects.toThrow('no such connection')
    expect((await service.listRepositories('two', { limit: 5 })).items.map((each) => each.path)).toEqual([
      'acme/public',
    ])
  })

  it('pages by key through images and repositories', async () => {
    const { db, clock, registry, discover } = await world(await fresh())
    for (let index = 0; index < 7; index += 1) registry.put(`acme/r${index}`, '1', image(`r${index}`))
    await discover()
    const service = createDiscoveryService({ db, clock })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await service.listImages('one', { limit: 3, kind: 'image', cursor })
      seen.push(...page.items.map((each) => each.repository.path))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(7)
    expect(seen).toHaveLength(7)
    const first = await service.listRepositories('one', { limit: 4 })
    const second = await service.listRepositories('one', { limit: 4, cursor: first.nextCursor ?? undefined })
    expect([...first.items, ...second.items].map((each) => each.path)).toEqual(
      Array.from({ length: 7 }, (_, index) => `acme/r${index}`),
    )
    expect(first.items[0]).toMatchObject({ images: 1, tags: 1, connections: [{ name: expect.any(String) }] })
  })
})
