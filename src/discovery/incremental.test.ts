import { expect, it } from 'vitest'
import { AppError } from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { type addConnection, type ManualClock, rowsOf } from '../test-support/domain/index.ts'
import { createScanService } from '../scans/index.ts'
import { DiscoveryWorld } from '../test-support/discovery-world.ts'
import { type BuiltImage, buildArtifact, buildImage } from '../test-support/image-builder/index.ts'
import { lookIntoImage, repositoriesAfter } from './index.ts'

const image = (content: string): BuiltImage => buildImage({ layers: [{ files: { name: content } }] })
const day = (number: number): number => Date.UTC(2025, 0, number)

const slowDown = (clock: ManualClock) =>
  new AppError({
    code: 'registry-rate-limited',
    kind: 'rate-limited',
    publicMessage: 'Too many requests.',
    retryAt: clock.now() + 600_000,
  })

eachDatabase((_name, open) => {
  let opened: Promise<Database> | undefined
  const world = (settings?: Parameters<typeof addConnection>[2]): Promise<DiscoveryWorld> => {
    opened ??= open()
    return DiscoveryWorld.begin(opened, settings)
  }

  it('does not ask for repositories that have not changed by their revision', async () => {
    const it = await world()
    it.registry.hasRevisions = true
    for (const name of ['acme/a', 'acme/b', 'acme/c']) it.registry.put(name, '1', image(name), day(1))
    expect(await it.discover()).toEqual(['catalog', 'catalog', 'tags acme/a', 'tags acme/b', 'tags acme/c'])
    expect(await it.discover()).toEqual(['catalog', 'catalog'])
    it.registry.put('acme/b', '2', image('new'), day(2))
    expect(await it.discover()).toEqual(['catalog', 'catalog', 'tags acme/b'])
    expect(await it.tags()).toEqual(['acme/a:1', 'acme/b:1', 'acme/b:2', 'acme/c:1'])
  })

  it('lists everything anew after the settings were edited: they may lead elsewhere', async () => {
    const it = await world()
    it.registry.hasRevisions = true
    it.registry.put('acme/a', '1', image('a'), day(1))
    await it.discover()
    it.clock.advance(1_000)
    await it.db.execute('update registry_connection set settings_at = $1', [new Date(it.clock.now())])
    expect(await it.discover()).toEqual(['catalog', 'tags acme/a'])
    expect(await it.discover()).toEqual(['catalog'])
  })

  it('keeps the revision only of what was listed and recorded without a failure', async () => {
    const it = await world()
    it.registry.hasRevisions = true
    it.registry.put('acme/a', '1', image('a'), day(1))
    it.registry.put('acme/b', '1', image('b'), day(1))
    it.registry.before = (request) => {
      if (request !== 'tags acme/b') return
      throw new AppError({ code: 'denied', kind: 'denied', publicMessage: 'Permission missing.' })
    }
    await it.discover()
    expect(await it.incomplete()).toContain('1 of 2 repositories could not be read whole')
    it.registry.before = () => undefined
    expect(await it.discover()).toEqual(['catalog', 'tags acme/b'])
    expect(await it.incomplete()).toBeNull()
  })

  it('sees a push between the listing of repositories and that of tags', async () => {
    const it = await world()
    it.registry.hasRevisions = true
    it.registry.put('acme/a', '1', image('a'), day(1))
    await it.discover()
    it.registry.put('acme/a', '2', image('b'), day(2))
    it.registry.before = (request) => {
      if (request === 'tags acme/a') it.registry.put('acme/a', '3', image('c'), day(3))
    }
    await it.discover()
    it.registry.before = () => undefined
    // The revision that was kept is older than the push: the next discovery asks once more.
    expect(await it.discover()).toContain('tags acme/a')
    expect(await it.tags()).toEqual(['acme/a:1', 'acme/a:2', 'acme/a:3'])
    expect(await it.discover()).toEqual(['catalog'])
  })

  it('asks for what is newer only, and drops nothing then; a complete discovery drops', async () => {
    const it = await world()
    it.registry.isNewestFirst = true
    for (let number = 1; number <= 9; number += 1) {
      it.registry.put('acme/a', `v${number}`, image(`v${number}`), day(number))
    }
    expect(await it.discover()).toHaveLength(1 + 5)
    it.registry.put('acme/a', 'new', image('new'), it.clock.now() - 60_000)
    it.registry.repositories.get('acme/a')?.delete('v1')
    expect(await it.discover()).toEqual(['catalog', 'tags acme/a'])
    expect(await it.tags()).toHaveLength(10)
    await it.discover({ complete: true })
    expect(await it.tags()).toHaveLength(9)
    expect(await it.tags()).not.toContain('acme/a:v1')
  })

  it('a tag that moves is seen among what is newer, and the image that it left goes', async () => {
    const it = await world()
    it.registry.isNewestFirst = true
    for (let number = 1; number <= 5; number += 1) {
      it.registry.put('acme/a', `v${number}`, image(`v${number}`), day(number))
    }
    await it.discover()
    it.registry.put('acme/a', 'v1', image('moved'), it.clock.now())
    await it.discover()
    const gone = await rowsOf(
      it.db,
      `select encode(digest, 'hex') as hex from image where gone_at is not null`,
    )
    expect(gone).toEqual([{ hex: image('v1').manifest.digest.slice(7) }])
  })

  it.each([
    [24, [0, 6, 12, 18]],
    [36, [0, 6, 12, 18]],
    [96, [0, 4, 8, 12, 16, 20]],
    [168, [0, 7, 14, 21]],
  ])('lists everything anew once a week at least, by itself, on a schedule of %i hours', async (hours, days) => {
    const it = await world({ scanIntervalHours: hours })
    it.registry.hasRevisions = true
    it.registry.put('acme/a', '1', image('a'), day(1))
    const complete: number[] = []
    for (let passed = 0; passed < 22 * 24; passed += hours) {
      const asked = await it.discover()
      if (asked.length === 2) complete.push(passed / 24)
      it.clock.advance((hours - 1) * 3_600_000)
    }
    expect(complete).toEqual(days)
  })

  it('with dates, looks only into as many of the newest as are selected, signatures left out', async () => {
    const it = await world({ selection: { latestTags: 3 } })
    for (let number = 1; number <= 9; number += 1) {
      const built = image(`v${number}`)
      it.registry.put('acme/a', `v${number}`, built, day(number))
      const signature = `${built.manifest.digest.replace(':', '-')}.sig`
      it.registry.put('acme/a', signature, image(`signature ${number}`), day(number) + 1)
    }
    await it.discover()
    expect(it.looks()).toBe(3)
    const shown = await rowsOf<{ name: string; kind: string; lifecycle: string; selected: boolean }>(
      it.db,
      `select t.name, i.kind, i.lifecycle, i.selected from image i join tag t on t.image_id = i.id where t.name ~ '^v' order by t.name desc`,
    )
    expect(shown.map((row) => [row.name, row.kind, row.lifecycle, row.selected])).toEqual([
      ['v9', 'image', 'Latest', true],
      ['v8', 'image', 'Outdated', true],
      ['v7', 'image', 'Outdated', true],
      ...[6, 5, 4, 3, 2, 1].map((number) => [`v${number}`, 'unknown', 'Outdated', false]),
    ])
  })

  it('what turns out to be no image makes room for an older one', async () => {
    const it = await world({ selection: { latestTags: 2 } })
    const chart = (name: string): BuiltImage => ({
      ...image(name),
      ...buildArtifact({
        config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', bytes: Buffer.from('{}') },
        layers: [{ mediaType: 'application/tar+gzip', bytes: Buffer.from(name) }],
      }),
    })
    for (let number = 1; number <= 4; number += 1)
      it.registry.put('acme/a', `v${number}`, image(`${number}`), day(number))
    for (let number = 5; number <= 7; number += 1)
      it.registry.put('acme/a', `c${number}`, chart(`${number}`), day(number))
    await it.discover()
    const selected = await rowsOf<{ name: string }>(
      it.db,
      'select t.name from image i join tag t on t.image_id = i.id where i.selected order by t.name',
    )
    expect(selected.map((row) => row.name)).toEqual(['v3', 'v4'])
  })

  it('a policy that wants more looks into more, though nothing changed at the registry', async () => {
    const it = await world({ selection: { latestTags: 1 } })
    it.registry.hasRevisions = true
    for (let number = 1; number <= 4; number += 1)
      it.registry.put('acme/a', `v${number}`, image(`${number}`), day(number))
    await it.discover()
    expect(it.looks()).toBe(1)
    await it.db.execute(`update registry_connection set selection = '{"latestTags": 3}'`)
    expect(await it.discover()).toEqual(['catalog'])
    expect(it.looks()).toBe(2)
    await it.discover()
    expect(it.looks()).toBe(0)
  })

  it('an image that the selection did not need is looked into when a person wants it scanned', async () => {
    const it = await world({ selection: { latestTags: 1 } })
    it.registry.put('acme/a', 'old', image('old'), day(1))
    it.registry.put('acme/a', 'new', image('new'), day(2))
    await it.discover()
    const { db, clock, registry } = it
    const connectors = { openConnector: async () => registry.connector() }
    const lookInto = (wanted: Parameters<typeof lookIntoImage>[1]) =>
      lookIntoImage({ db, connectors }, wanted)
    const scans = createScanService({ db, clock, repositoriesAfter, lookInto })
    const [old] = await rowsOf<{ id: number }>(db, `select id from image where kind = 'unknown'`)
    expect(await scans.requestImage('one', old?.id ?? 0)).toMatchObject({ accepted: true, queued: 1 })
    expect(await rowsOf(db, `select id from image where kind = 'unknown'`)).toEqual([])
  })

  it('without dates, looks into all, for their build dates rank them', async () => {
    const it = await world({ selection: { latestTags: 2 } })
    for (let number = 1; number <= 5; number += 1) it.registry.put('acme/a', `v${number}`, image(`${number}`))
    await it.discover()
    expect(it.looks()).toBe(5)
    await it.discover()
    expect(it.looks()).toBe(0)
  })

  it('looks into one that was taken for a signature by its name when a tag of another name comes', async () => {
    const it = await world()
    const built = image('hidden')
    it.registry.put('acme/a', `sha256-${'a'.repeat(64)}.sig`, built, day(1))
    await it.discover()
    expect(it.looks()).toBe(0)
    it.registry.put('acme/a', '1.0', built, day(1))
    await it.discover()
    expect(await rowsOf(it.db, 'select kind, lifecycle, selected from image')).toEqual([
      { kind: 'image', lifecycle: 'Latest', selected: true },
    ])
  })

  it('a registry that wants no more looks does not hold the listing up; they go on when it lets', async () => {
    const it = await world()
    for (let number = 1; number <= 8; number += 1)
      it.registry.put(`acme/r${number}`, '1', image(`${number}`), day(number))
    it.registry.before = (request) => {
      if (request.startsWith('manifest')) throw slowDown(it.clock)
    }
    await it.discover()
    expect(await it.tags()).toHaveLength(8)
    expect(await it.incomplete()).toBe(
      'Images of 8 of 8 repositories wait to be looked into. Too many requests.',
    )
    expect(await rowsOf(it.db, 'select status from registry_connection')).toEqual([{ status: 'Connected' }])
    expect(await it.run()).toBeUndefined()
    it.registry.before = () => undefined
    it.registry.requests.length = 0
    it.clock.advance(600_001)
    expect(await it.run()).toMatchObject({ outcome: 'completed' })
    expect(it.listings()).toEqual([])
    expect(it.looks()).toBe(8)
    expect(await it.incomplete()).toBeNull()
    expect(await it.run()).toBeUndefined()
  })

  it('a schedule does not wait for looks that wait', async () => {
    const it = await world()
    it.registry.put('acme/a', '1', image('a'), day(1))
    it.registry.before = (request) => {
      if (request.startsWith('manifest')) throw slowDown(it.clock)
    }
    await it.discover()
    it.registry.put('acme/b', '1', image('b'), day(2))
    await it.service.request('one', it.connection)
    expect(await it.run()).toMatchObject({ outcome: 'completed' })
    expect(await it.tags()).toEqual(['acme/a:1', 'acme/b:1'])
  })

  it('a quota that is used up many times over does not end the discovery', async () => {
    const it = await world()
    for (let number = 1; number <= 20; number += 1)
      it.registry.put(`acme/r${number}`, '1', image(`${number}`), day(number))
    await it.service.request('one', it.connection)
    let outcome: string | undefined
    for (let turn = 0; turn < 30 && outcome !== 'completed'; turn += 1) {
      let left = 4
      it.registry.before = (request) => {
        if (!/^(manifest|blob)/.test(request) && (left -= 1) < 0) throw slowDown(it.clock)
      }
      outcome = (await it.run())?.outcome
      it.clock.advance(3_600_000)
    }
    expect(outcome).toBe('completed')
    expect(await it.tags()).toHaveLength(20)
  })

  it('what is asked for while a discovery waits to go on is done after it', async () => {
    const it = await world()
    it.registry.put('acme/a', '1', image('a'), day(1))
    it.registry.put('acme/b', '1', image('b'), day(1))
    await it.service.request('one', it.connection)
    it.registry.before = (request) => {
      if (request === 'tags acme/b') throw slowDown(it.clock)
    }
    expect(await it.run()).toMatchObject({ outcome: 'retry' })
    it.registry.put('acme/a', '2', image('a2'), day(2))
    await it.service.requestRepositories('one', it.connection, ['acme/a'])
    it.registry.before = () => undefined
    it.clock.advance(3_600_000)
    expect(await it.run()).toMatchObject({ outcome: 'completed' })
    expect(await it.tags('acme/a')).toEqual(['acme/a:1'])
    expect(await it.run()).toMatchObject({ outcome: 'completed' })
    expect(await it.tags('acme/a')).toEqual(['acme/a:1', 'acme/a:2'])
  })

  it('tells of repositories where nothing changed too', async () => {
    const it = await world()
    it.registry.hasRevisions = true
    it.registry.put('acme/a', '1', image('a'), day(1))
    await it.discover()
    it.told.length = 0
    await it.discover()
    expect(it.told).toHaveLength(1)
  })
})
