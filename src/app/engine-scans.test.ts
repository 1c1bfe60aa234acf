import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { openDatabaseFolder } from '../advisories/index.ts'
import { createDiscoveryService, repositoriesAfter } from '../discovery/index.ts'
import { createFindingService } from '../findings/index.ts'
import { createMemoryLayerStore } from '../inventory/index.ts'
import type { OpenMatcher } from '../matching/sql.ts'
import type { Database } from '../platform/db/index.ts'
import { createScanService } from '../scans/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import {
  addConnection,
  emptyDatabase,
  type FakeEngine,
  FakeRegistry,
  fakeEngine,
  ManualClock,
  rowsOf,
} from '../test-support/domain/index.ts'
import { buildImage, buildIndex } from '../test-support/image-builder/index.ts'
import { dpkgStatus } from '../test-support/package-databases.ts'
import {
  buildVulnerabilityDatabase,
  type DatabaseRows,
} from '../test-support/vulnerability-database/index.ts'
import { createBuiltInIndexer, createBuiltInMatcher } from './engine.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'

const rows: DatabaseRows = {
  advisories: [{ bucket: 'debian 12', package: 'openssl', id: 'CVE-2024-0001', fixedVersion: '3.0.13-1' }],
  details: [
    { id: 'CVE-2024-0001', title: 'openssl: bad', vendorSeverity: { nvd: 'CRITICAL' } },
    { id: 'CVE-2024-0009', title: 'only the other engine says so', vendorSeverity: { nvd: 'LOW' } },
  ],
}
const debian = (content = 'x', architecture = 'amd64') =>
  buildImage({
    platform: { os: 'linux', architecture },
    layers: [
      {
        files: {
          content,
          'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': dpkgStatus([{ name: 'libssl3', version: '3.0.11-1', source: 'openssl' }]),
        },
      },
    ],
  })

eachDatabase((_name, open) => {
  let db: Database
  let folder: string
  let matcher: OpenMatcher
  let engine: FakeEngine
  let clock: ManualClock
  let registries: Map<string, FakeRegistry>
  let pipeline: Pipeline

  beforeAll(async () => {
    db = await open()
    folder = await mkdtemp(join(tmpdir(), 'portolan-engines-'))
    await buildVulnerabilityDatabase(rows).writeFolder(folder)
  })
  afterEach(() => matcher.database.close())
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    const database = openDatabaseFolder(folder)
    matcher = { database, matcher: createBuiltInMatcher(database), versions: { dpkg: 1 } }
    engine = fakeEngine()
    clock = new ManualClock()
    registries = new Map()
    pipeline = createPipeline({
      db,
      clock,
      indexer: createBuiltInIndexer(createMemoryLayerStore()),
      engines: new Map([['other', engine]]),
      matcher: async () => matcher,
      connectors: {
        openConnector: async (_org, id) => (registries.get(id) ?? new FakeRegistry()).connector(),
      },
    })
    await pipeline.databaseChanged(matcher, 'test')
  })

  const connect = async (orgId: string, settings: Parameters<typeof addConnection>[2] = {}) => {
    const registry = new FakeRegistry()
    const connection = await addConnection(db, orgId, settings)
    registries.set(connection, registry)
    return { connection, registry }
  }
  const run = async (orgId: string, connection: string): Promise<void> => {
    clock.advance(1_000)
    await createDiscoveryService({ db, clock }).request(orgId, connection)
    await pipeline.discoverNext('worker')
    while (await pipeline.scanNext('worker'));
  }
  const choose = async (connection: string, name: string): Promise<void> => {
    await db.execute('update registry_connection set engine = $2 where id = $1', [connection, name])
  }
  const list = async (orgId: string): Promise<string[]> => {
    const { items } = await createFindingService(db).list(orgId, { limit: 100 })
    return items.map((each) => `${each.severity} ${each.vulnerabilityId} ${each.packageName} ${each.title}`)
  }
  const image = async (orgId: string) => {
    const service = createDiscoveryService({ db, clock })
    const { items } = await service.listImages(orgId, { limit: 10, kind: 'image' })
    return service.getImage(orgId, items[0]?.id ?? 0)
  }
  const summary = (orgId: string) => createFindingService(db).summary(orgId, {})

  const builtIn = ['CRITICAL CVE-2024-0001 libssl3 openssl: bad']
  const other = ['HIGH CVE-2024-0009 libother only the other engine says so']

  it('scans by the engine that the connection chose, and says so', async () => {
    engine.finds = ['libother@1 CVE-2024-0009 HIGH', 'libfine@1']
    const { connection, registry } = await connect('one', { engine: 'other' })
    registry.put('acme/api', '1.0', debian())
    await run('one', connection)
    expect(await list('one')).toEqual(other)
    expect(await image('one')).toMatchObject({
      engine: 'other',
      engineDetails: { version: '1.0', databaseUpdatedAt: '2025-06-01T00:00:00.000Z' },
      scanStatus: 'Completed',
      counts: { HIGH: 1 },
      packages: 2,
      os: { family: 'debian' },
    })
    expect((await summary('one')).asOf).toBe('2025-06-01T00:00:00.000Z')
    const [scan] = (await createScanService({ db, clock, repositoriesAfter }).list('one', { limit: 1 })).items
    expect(scan?.engine).toBe('other')
  })

  it('shows what the built-in engine found again when that is chosen again, without a pull', async () => {
    engine.finds = ['libother@1 CVE-2024-0009 HIGH']
    const { connection, registry } = await connect('one')
    registry.put('acme/api', '1.0', debian())
    await run('one', connection)
    expect(await list('one')).toEqual(builtIn)
    expect((await image('one')).os).toMatchObject({ family: 'debian', endOfLife: '2028-06-10T23:59:59Z' })
    await choose(connection, 'other')
    clock.advance(1_000)
    await createDiscoveryService({ db, clock }).request('one', connection)
    await pipeline.discoverNext('worker')
    // What is known stays until the other engine has spoken.
    expect(await list('one')).toEqual(builtIn)
    expect(await image('one')).toMatchObject({ engine: 'portolan', scanStatus: 'Pending' })
    expect((await summary('one')).asOf).not.toBeNull()
    while (await pipeline.scanNext('worker'));
    expect((await image('one')).engine).toBe('other')
    expect(await list('one')).toEqual(other)
    const asked = registry.requests.filter((request) => request.startsWith('blob')).length
    await choose(connection, 'portolan')
    await run('one', connection)
    expect(await list('one')).toEqual(builtIn)
    expect((await image('one')).scanStatus).toBe('Completed')
    expect(registry.requests.filter((request) => request.startsWith('blob'))).toHaveLength(asked)
    await choose(connection, 'other')
    await run('one', connection)
    expect(await list('one')).toEqual(other)
    expect(engine.scanned).toHaveLength(1)
  })

  it('never touches what the built-in engine or another organisation sees of the same image', async () => {
    engine.finds = ['libssl3@3.0.11-1 CVE-2024-0009 LOW']
    const mine = await connect('one', { engine: 'other' })
    const theirs = await connect('two')
    const third = await connect('three', { engine: 'other' })
    const fourth = await connect('four', { engine: 'other' })
    for (const { registry } of [mine, theirs, third, fourth]) registry.put('acme/api', '1.0', debian())
    const matches = () =>
      rowsOf(
        db,
        `select subject_id, vulnerability_id, severity from match where engine = 'portolan' order by 1, 2`,
      )
    await run('two', theirs.connection)
    const before = await matches()
    expect(before.length).toBeGreaterThan(0)
    await run('one', mine.connection)
    await run('four', fourth.connection)
    engine.finds = ['libssl3@3.0.11-1 CVE-2024-0007 HIGH']
    await run('three', third.connection)
    expect(await matches()).toEqual(before)
    expect(await list('one')).toEqual(['LOW CVE-2024-0009 libssl3 only the other engine says so'])
    expect(await list('two')).toEqual(builtIn)
    expect(await list('three')).toEqual(['HIGH CVE-2024-0007 libssl3 '])
    const shared = await rowsOf(
      db,
      `select count(*)::int as n from package_set s where (
        select count(distinct i.org_id) from image i join image_platform p on p.image_id = i.id join inventory v on v.id = p.inventory_id
        where s.id = any(v.set_ids)) > 1`,
    )
    expect(shared).toEqual([{ n: 0 }])
  })

  it('is not matched again on new vulnerability data, and changes only by another scan', async () => {
    engine.finds = ['libother@1 CVE-2024-0009 HIGH']
    const { connection, registry } = await connect('one', { engine: 'other' })
    registry.put('acme/api', '1.0', debian())
    await run('one', connection)
    await db.execute(`update db_current set floor = floor + 100`)
    await pipeline.catchUp()
    expect((await summary('one')).incompleteBecause).toBeNull()
    expect(await list('one')).toEqual(other)

    engine.finds = ['libother@1 CVE-2024-0008 MEDIUM']
    engine.updatedAt = Date.UTC(2025, 6, 1)
    await run('one', connection)
    expect(await list('one')).toEqual(other)
    const asked = await createScanService({ db, clock, repositoriesAfter }).requestConnection(
      'one',
      connection,
    )
    expect(asked).toMatchObject({ accepted: true, queued: 1 })
    while (await pipeline.scanNext('worker'));
    expect(await list('one')).toEqual(['MEDIUM CVE-2024-0008 libother '])
    expect((await image('one')).engineDetails?.databaseUpdatedAt).toBe('2025-07-01T00:00:00.000Z')
    expect((await image('one')).counts).toMatchObject({ MEDIUM: 1, HIGH: 0 })
  })

  it('fails with its reason where the engine is not there any more', async () => {
    const { connection, registry } = await connect('one', { engine: 'gone' })
    registry.put('acme/api', '1.0', debian())
    await run('one', connection)
    expect(await image('one')).toMatchObject({
      scanStatus: 'Failed',
      scanReason: { code: 'engine-unknown', remedy: 'Choose one of: portolan, other.' },
    })
  })

  it('gives its findings of one platform by that platform’s digest', async () => {
    engine.finds = ['libother@1 CVE-2024-0009 HIGH']
    const { connection, registry } = await connect('one', { engine: 'other' })
    const arm = debian('y', 'arm64')
    registry.put('acme/api', '1.0', buildIndex([debian(), arm]))
    await run('one', connection)
    const found = await createFindingService(db).list('one', { limit: 10, digest: arm.manifest.digest })
    expect(found.items.map((each) => each.vulnerabilityId)).toEqual(['CVE-2024-0009'])
    expect(engine.scanned).toHaveLength(2)
  })
})
