import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RegistryServer, startRegistryServer } from '../../src/test-support/registry-server/index.ts'
import { openWorld, type World } from './api-world.ts'
import { putThings, type Thing, things } from './kinds.ts'
import { places, postgresMissing } from './places.ts'

interface Shown {
  readonly id: number
  readonly kind: string
  readonly scanStatus: string | null
  readonly scanReason: { readonly code: string; readonly message: string } | null
  readonly platforms: readonly string[]
  readonly repository: { readonly path: string }
}

describe.each(Object.entries(places))('what a registry may hold, on %s', (name, place) => {
  if (name === 'PostgreSQL' && postgresMissing) {
    it.skip('needs PostgreSQL, which is not installed', () => {})
    return
  }
  let world: World
  let registry: RegistryServer
  let dataDir: string
  let connection: { id: string; version: number }
  const get = async (path: string) => (await world.call('one', 'GET', path)).body
  const all = async (): Promise<Shown[]> => (await get('/images?kind=all&limit=200')).items
  const settled = async (): Promise<Shown[]> => {
    const states = ['Pending', 'Scanning', 'Unknown']
    await vi.waitFor(
      async () => {
        const { status, counts } = await get(`/registry-connections/${connection.id}`)
        expect([status, counts.pending, counts.scanning]).toEqual(['Connected', 0, 0])
        const items = await all()
        expect(items.length).toBeGreaterThanOrEqual(Object.keys(things).length)
        expect(items.filter((each) => states.includes(each.scanStatus ?? ''))).toEqual([])
      },
      { timeout: 60_000, interval: 200 },
    )
    return all()
  }
  const shownOf = (items: readonly Shown[], thing: string): Shown => {
    const found = items.find(({ repository }) => repository.path === `things/${thing}`)
    if (found === undefined) throw new Error(`${thing} is not there`)
    return found
  }

  beforeAll(async () => {
    registry = await startRegistryServer()
    putThings(registry)
    const where = await place()
    dataDir = where.dataDir
    world = await openWorld(where)
    const settings = { url: registry.url, allowPlainHttp: true }
    const { body } = await world.call('one', 'POST', '/registry-connections', {
      name: 'Things',
      platform: 'oci',
      settings,
    })
    connection = body
    await settled()
  }, 120_000)
  afterAll(async () => {
    await world.close()
    await registry.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it.each(Object.entries(things))('shows %s as what it is', async (thing, { shown }: Thing) => {
    const image = shownOf(await all(), thing)
    expect([image.kind, image.scanStatus]).toEqual([shown.kind, shown.scanStatus])
    if (shown.platforms !== undefined) expect(image.platforms).toEqual(shown.platforms)
    expect(image.scanReason?.code).toBe(shown.reason?.[0])
    expect(image.scanReason?.message ?? '').toMatch(new RegExp(`^${shown.reason?.[1] ?? '$'}`))
    if (shown.note !== undefined) {
      expect((await get(`/images/${image.id}`)).notes[0]).toMatch(new RegExp(`^${shown.note}`))
    }
  })

  it('hides what is no image unless it is asked for, and never offers to scan it', async () => {
    const { items } = (await get('/images?limit=200')) as { items: Shown[] }
    expect([...new Set(items.map(({ kind }) => kind))]).toEqual(['image'])
    const chart = shownOf(await all(), 'chart')
    expect(await world.call('one', 'POST', `/images/${chart.id}/scan`)).toMatchObject({
      body: { code: 'scan-not-an-image' },
    })
    expect((await get(`/images/${chart.id}`)).platformDetails).toEqual([])
  })

  it('shows each platform with its own state, though another is broken', async () => {
    const image = await get(`/images/${shownOf(await all(), 'one-platform-broken').id}`)
    const rows = image.platformDetails.map(
      (each: { platform: string; scanStatus: string; scanReason: unknown; counts: unknown }) => [
        each.platform,
        each.scanStatus,
        each.scanReason === null,
        each.counts === null,
      ],
    )
    expect(rows).toEqual([
      ['linux/amd64', 'Completed', true, false],
      ['linux/ppc64le', 'Failed', false, true],
    ])
  })

  it('scans only the platforms that the connection chooses, and all again when it chooses all', async () => {
    const choose = async (platforms: string[]): Promise<void> => {
      const { version, selection, id } = await get(`/registry-connections/${connection.id}`)
      const body = { version, selection: { ...selection, platforms } }
      const edited = await world.call('one', 'PATCH', `/registry-connections/${id}`, body)
      expect(edited).toMatchObject({ status: 200, body: { selection: { platforms } } })
      await vi.waitFor(
        async () => {
          const { lastDiscovery, status } = await get(`/registry-connections/${connection.id}`)
          expect(status).toBe('Connected')
          expect(Date.parse(lastDiscovery.at)).toBeGreaterThan(Date.parse(edited.body.updatedAt))
        },
        { timeout: 30_000, interval: 100 },
      )
    }
    const wanted = async (thing: string): Promise<string[]> => {
      const image = await get(`/images/${shownOf(await all(), thing).id}`)
      return image.platformDetails
        .filter((each: { scanStatus: string | null }) => each.scanStatus !== null)
        .map((each: { platform: string }) => each.platform)
    }
    await choose(['linux/arm64', 'linux/s390x'])
    await settled()
    expect(await wanted('index')).toEqual(['linux/arm64', 'linux/s390x'])
    const { platformDetails } = await get(`/images/${shownOf(await all(), 'index').id}`)
    const left = platformDetails.find((each: { platform: string }) => each.platform === 'linux/amd64')
    expect(left).toMatchObject({ counts: null })
    const summary = await get(`/findings/summary?digest=${left.manifestDigest}`)
    expect(summary.incompleteBecause).toBe('this platform is not among those that the connection chose.')
    // None of its platforms was chosen: it is not left unscanned.
    expect(await wanted('windows')).toEqual(['windows/amd64'])
    await choose(['linux/amd64'])
    const after = await settled()
    expect(shownOf(after, 'one-platform-broken').scanStatus).toBe('Completed')
    await choose([])
    await settled()
    expect(await wanted('index')).toEqual(['linux/amd64', 'linux/arm64', 'linux/s390x'])
    const refused = await world.call('one', 'PATCH', `/registry-connections/${connection.id}`, {
      version: (await get(`/registry-connections/${connection.id}`)).version,
      selection: { platforms: ['arm64'] },
    })
    expect(refused.status).toBe(400)
  })
})
