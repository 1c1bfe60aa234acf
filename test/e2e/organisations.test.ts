import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Route, type RouteName, routes } from '../../src/contract/index.ts'
import { type Answer, connectionTo, openWorld, type World } from './api-world.ts'
import { places, postgresMissing } from './places.ts'

interface Ids {
  readonly connection: string
  readonly repository: number
  readonly image: number
  readonly digest: string
  readonly scan: string
  readonly finding: string
  readonly document: string
  readonly cve: string
  readonly package: string
}

/** Routes that name something by its id: what another organisation asks of it. */
const idOf: Partial<Record<RouteName, keyof Ids>> = {
  getConnection: 'connection',
  editConnection: 'connection',
  deleteConnection: 'connection',
  checkConnection: 'connection',
  getNotifications: 'connection',
  renewNotifications: 'connection',
  endNotifications: 'connection',
  discoverConnection: 'connection',
  scanConnection: 'connection',
  getImage: 'image',
  scanImage: 'image',
  retryScan: 'scan',
  getFinding: 'finding',
  getImageSbom: 'image',
  getDocumentFindings: 'document',
  deleteDocument: 'document',
}
/** Lists, and the filters with which another organisation may try to see into them. */
const lists: Partial<Record<RouteName, readonly string[]>> = {
  listConnections: [],
  listRepositories: ['connection', 'q=alpine'],
  listImages: ['connection', 'repository', 'digest', 'kind=all', 'status=Completed'],
  listScans: ['connection', 'state=completed'],
  listFindings: ['digest', 'repository', 'connection', 'cve', 'package', 'severity=CRITICAL,HIGH,MEDIUM,LOW'],
  listDocuments: ['kind=sbom', 'image'],
  listAuditEvents: [],
}
/** Routes that have nothing of an organisation in them, or are tried below. */
const others: readonly RouteName[] = [
  'getSession',
  'listPlatforms',
  'createConnection',
  'checkSettings',
  'uploadDocument',
  'getFindingSummary',
  'getVulnerabilityDatabase',
  'listScanEngines',
  'updateVulnerabilityDatabase',
]

describe.each(Object.entries(places))('two organisations on %s', (name, place) => {
  if (name === 'PostgreSQL' && postgresMissing) {
    it.skip('needs PostgreSQL, which is not installed', () => {})
    return
  }
  let world: World
  let ids: Ids
  let dataDir: string

  beforeAll(async () => {
    const where = await place()
    dataDir = where.dataDir
    world = await openWorld(where)
    ids = await fill(world)
  }, 240_000)
  afterAll(async () => {
    await world.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const ask = (as: 'one' | 'two', route: RouteName, query = '', body?: unknown): Promise<Answer> => {
    const { method, path } = routes[route] as Route
    const key = idOf[route]
    const url = path.replace(':id', key === undefined ? '' : encodeURIComponent(String(ids[key])))
    return world.call(as, method, `${url}${query === '' ? '' : `?${query}`}`, body)
  }

  it('tries every route of the contract', () => {
    expect([...Object.keys(idOf), ...Object.keys(lists), ...others].sort()).toEqual(
      Object.keys(routes).sort(),
    )
  })

  it.each(
    Object.entries(lists) as [RouteName, string[]][],
  )('%s: the first sees its own, the second nothing, by no filter', async (route, filters) => {
    const own = await ask('one', route)
    expect(own.status).toBe(200)
    expect(own.body.items.length).toBeGreaterThan(0)
    for (const filter of ['', ...filters]) {
      const query = filter in ids ? `${filter}=${encodeURIComponent(ids[filter as keyof Ids])}` : filter
      expect((await ask('one', route, query)).body.items.length).toBeGreaterThan(0)
      const theirs = await ask('two', route, query)
      expect(theirs).toMatchObject({ status: 200, body: { items: [], nextCursor: null } })
      expect([null, '0']).toContain(theirs.body.total)
    }
  })

  it.each(
    Object.entries(idOf) as [RouteName, keyof Ids][],
  )('%s: an id of the first is for the second as one that never was', async (route, key) => {
    const before = await ask('one', 'getConnection')
    const body =
      routes[route].method === 'PATCH' ? { version: before.body.version, name: 'Stolen' } : undefined
    const theirs = await ask('two', route, '', body)
    expect(theirs.status).toBe(404)
    expect(JSON.stringify(theirs.body)).not.toContain(String(ids[key] === ids.image ? ids.digest : ids[key]))
    const never = world.call('two', routes[route].method, neverWas(routes[route].path, key), body)
    expect(await never).toEqual(theirs)
    expect((await ask('one', 'getConnection')).body.version).toBe(before.body.version)
  })

  it('a summary of the second counts nothing', async () => {
    const none = { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, UNKNOWN: 0 }
    for (const query of ['', `digest=${ids.digest}`, `repository=${ids.repository}`, `cve=${ids.cve}`]) {
      const own = Object.values<number>((await ask('one', 'getFindingSummary', query)).body.counts)
      expect(own.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
      expect((await ask('two', 'getFindingSummary', query)).body.counts).toEqual(none)
    }
  })

  it('the second cannot check settings with the stored secrets of the first', async () => {
    const { registry } = world
    const { settings } = connectionTo(registry, '') as { settings: Record<string, unknown> }
    const body = { platform: 'oci', settings: { ...settings, password: '' }, connectionId: ids.connection }
    expect((await ask('one', 'checkSettings', '', body)).body.ok).toBe(true)
    expect((await ask('two', 'checkSettings', '', body)).status).toBe(404)
  })

  it('the second cannot upload statements on an image of the first', async () => {
    const vex = { '@context': 'https://openvex.dev/ns/v0.2.0', statements: [] }
    const body = { kind: 'vex', name: 'v', imageId: ids.image, content: JSON.stringify(vex) }
    expect((await ask('two', 'uploadDocument', '', body)).status).toBe(404)
    expect((await ask('two', 'listDocuments')).body.items).toEqual([])
  })

  it('the names of the first are free for the second', async () => {
    const created = await ask('two', 'createConnection', '', connectionTo(world.registry, 'Sample'))
    expect(created.status).toBe(201)
    expect(created.body.id).not.toBe(ids.connection)
    expect((await ask('one', 'listConnections')).body.items).toHaveLength(1)
    const gone = await world.call('two', 'DELETE', `/registry-connections/${created.body.id}`)
    expect(gone.status).toBe(204)
  })
})

/** The same address with an id that nobody has. */
function neverWas(path: string, key: keyof Ids): string {
  const uuid = '00000000-0000-7000-8000-000000000000'
  const id = { connection: uuid, document: uuid, image: '2000000000', scan: '2000000000' }
  return path.replace(':id', key === 'finding' ? 'bm90aGluZw' : (id[key as keyof typeof id] ?? ''))
}

/** Connects, discovers and scans the sample registry for the first organisation. */
async function fill(world: World): Promise<Ids> {
  const created = await world.call(
    'one',
    'POST',
    '/registry-connections',
    connectionTo(world.registry, 'Sample'),
  )
  expect(created).toMatchObject({ status: 201, body: { name: 'Sample', secretFields: ['password'] } })
  const connection = created.body.id as string
  await vi.waitFor(
    async () => expect(await settled(world, connection)).toMatchObject({ waiting: 0, status: 'Connected' }),
    { timeout: 200_000, interval: 200 },
  )
  const first = async (path: string) => (await world.call('one', 'GET', path)).body.items[0]
  const finding = await first('/findings')
  const image = await first(`/images?status=Completed&repository=${finding.repository.id}`)
  const scan = await first('/scans?state=completed')
  const sbom = { kind: 'sbom', name: 'a.json', imageId: image.id, content: '{"bomFormat":"CycloneDX"}' }
  const document = (await world.call('one', 'POST', '/documents', sbom)).body.id as string
  return {
    connection,
    repository: finding.repository.id,
    image: image.id,
    digest: image.digest,
    scan: scan.id,
    finding: finding.id,
    document,
    cve: finding.vulnerabilityId,
    package: finding.packageName,
  }
}

async function settled(world: World, connection: string) {
  const { body } = await world.call('one', 'GET', `/registry-connections/${connection}`)
  const { pending, scanning, completed } = body.counts
  return { waiting: completed === 0 ? -1 : pending + scanning, status: body.status }
}
