import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type AdvisoryDatabase, loadSignature, openDatabaseFolder } from '../advisories/index.ts'
import { digestFromHex } from '../core/index.ts'
import { createDiscoveryService } from '../discovery/index.ts'
import { createFindingService } from '../findings/index.ts'
import {
  type Analyzer,
  createIndexer,
  type FileHeader,
  type Indexer,
  type IndexingPlugin,
  type LayerFact,
  type LayerFeatures,
  type NameDatabase,
} from '../indexing/index.ts'
import { createMemoryLayerStore } from '../inventory/index.ts'
import type { OpenMatcher } from '../matching/sql.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import {
  addConnection,
  emptyDatabase,
  FakeRegistry,
  ManualClock,
  rowsOf,
} from '../test-support/domain/index.ts'
import { buildImage, type LayerListing } from '../test-support/image-builder/index.ts'
import { javaArchive, sha1Of } from '../test-support/java-archive.ts'
import { dpkgStatus } from '../test-support/package-databases.ts'
import {
  buildVulnerabilityDatabase,
  type DatabaseRows,
} from '../test-support/vulnerability-database/index.ts'
import { ecosystems } from './ecosystems.ts'
import { createBuiltInMatcher } from './engine.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'

const debian: LayerListing = {
  files: {
    'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
    'etc/debian_version': '12.4\n',
    'var/lib/dpkg/status': dpkgStatus([
      { name: 'libssl3', version: '3.0.11-1', source: 'openssl' },
      { name: 'zlib1g', version: '1:1.2.13-1', source: 'zlib' },
    ]),
  },
}
const npmPackage = (patch: number): LayerListing => ({
  files: {
    'app/node_modules/lodash/package.json': JSON.stringify({ name: 'lodash', version: `4.17.${patch}` }),
  },
})
const npm = npmPackage(20)
const lodash = {
  bucket: 'npm::GitHub Security Advisory npm',
  package: 'lodash',
  vulnerableVersions: ['<4.17.21'],
  patchedVersions: ['4.17.21'],
}
const rows: DatabaseRows = {
  advisories: [
    { bucket: 'debian 12', package: 'openssl', id: 'CVE-2024-0001', fixedVersion: '3.0.13-1' },
    { bucket: 'debian 12', package: 'zlib', id: 'CVE-2024-0003' },
    { ...lodash, id: 'GHSA-35jh-r3h4-6jhm', vendorIds: ['GHSA-35jh-r3h4-6jhm'] },
  ],
  details: [
    { id: 'CVE-2024-0001', title: 'openssl: bad', vendorSeverity: { nvd: 'CRITICAL' } },
    { id: 'CVE-2024-0003', title: 'zlib: bad', vendorSeverity: { nvd: 'MEDIUM' } },
    { id: 'GHSA-35jh-r3h4-6jhm', vendorSeverity: { ghsa: 'HIGH' } },
  ],
  dataSources: [
    { bucket: 'debian 12', id: 'debian', name: 'Debian Security Tracker', url: 'https://example.com/debian' },
    { bucket: lodash.bucket, id: 'ghsa', name: 'GitHub', url: 'https://example.com/ghsa' },
  ],
}
const without = (id: string): DatabaseRows => ({
  ...rows,
  advisories: (rows.advisories ?? []).filter((row) => row.id !== id),
})

eachDatabase((_name, open) => {
  let db: Database
  let folder: string
  let built = 0
  const opened: AdvisoryDatabase[] = []
  let clock: ManualClock
  let registry: FakeRegistry
  let connection: string
  let inUse: OpenMatcher | undefined
  let matched: string[]
  let indexer: Indexer
  let pipeline: Pipeline
  const store = createMemoryLayerStore()

  beforeAll(async () => {
    db = await open()
    folder = await mkdtemp(join(tmpdir(), 'portolan-rematch-'))
  })
  afterAll(async () => {
    for (const database of opened) database.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    clock = new ManualClock()
    registry = new FakeRegistry()
    connection = await addConnection(db, 'one')
    inUse = undefined
    matched = []
    indexer = createIndexer({ plugins: ecosystems, store })
    pipeline = startPipeline()
  })

  const startPipeline = (): Pipeline =>
    createPipeline({
      db,
      clock,
      indexer,
      matcher: async () => inUse,
      connectors: { openConnector: async () => registry.connector() },
    })
  /** Puts a database of these rows into use. @returns what the pipeline says of the change */
  const use = async (used: DatabaseRows) => {
    built += 1
    const path = join(folder, String(built))
    await buildVulnerabilityDatabase(used).writeFolder(path)
    const database = openDatabaseFolder(path)
    opened.push(database)
    const matcher = createBuiltInMatcher(database)
    inUse = {
      database,
      matcher: {
        engine: matcher.engine,
        match(subject) {
          matched.push(subject.lookupKey)
          return matcher.match(subject)
        },
      },
      versions: { dpkg: 1, npm: 1 },
      signature: () => loadSignature(path, database.digest),
    }
    matched = []
    clock.advance(3_600_000)
    return pipeline.databaseChanged(inUse, 'test')
  }
  const scan = async (): Promise<void> => {
    await createDiscoveryService({ db, clock }).request('one', connection)
    await pipeline.discoverNext('worker')
    while (await pipeline.scanNext('worker'));
  }
  const findings = async () => (await createFindingService(db).list('one', { limit: 100 })).items
  const brief = async (): Promise<string[]> =>
    (await findings()).map((each) => `${each.severity} ${each.vulnerabilityId} ${each.packageName}`)
  const events = (): Promise<unknown[]> =>
    rowsOf(
      db,
      `select e.kind, v.name, e.repository_id is null as everywhere, (e.data ->> 'severity')::int as severity
       from finding_event e left join vulnerability v on v.id = e.vulnerability_id order by e.id`,
    )
  const counts = (): Promise<unknown[]> =>
    rowsOf(
      db,
      `select v.name, o.severity, o.findings from org_vulnerability o join vulnerability v on v.id = o.vulnerability_id order by 1, 2`,
    )
  const all = [
    'CRITICAL CVE-2024-0001 libssl3',
    'HIGH GHSA-35jh-r3h4-6jhm lodash',
    'MEDIUM CVE-2024-0003 zlib1g',
  ]
  const start = async (): Promise<void> => {
    registry.put('acme/api', '1', buildImage({ layers: [debian, npm] }))
    await use(rows)
    await scan()
    expect(await brief()).toEqual(all)
    registry.requests.length = 0
    await db.execute('delete from finding_event')
  }

  it('a finding closes with a change and is open again with a later one, seen first when it was first seen', async () => {
    await start()
    const before = (await findings())[0]
    expect(await use(without('CVE-2024-0001'))).toEqual({ verdicts: 1, details: 0 })
    expect(matched).toEqual(['openssl'])
    expect(await brief()).toEqual(all.slice(1))
    expect(await counts()).toHaveLength(2)
    await use(rows)
    expect(matched).toEqual(['openssl'])
    expect(await brief()).toEqual(all)
    expect((await findings())[0]).toEqual(before)
    expect(
      await rowsOf(
        db,
        'select first_generation, reopened_generation is null as never from match order by never',
      ),
    ).toEqual(
      [
        { first_generation: 1, never: false },
        { first_generation: 1, never: true },
        { first_generation: 1, never: true },
      ].map((row) => ({ ...row, first_generation: expect.any(Number) })),
    )
    expect(await events()).toEqual([
      { kind: 'closed', name: 'CVE-2024-0001', everywhere: true, severity: 4 },
      { kind: 'reopened', name: 'CVE-2024-0001', everywhere: true, severity: 4 },
    ])
    expect(registry.requests).toEqual([])
  })

  it('a severity follows its details without a match, and so do texts', async () => {
    await start()
    const details = [
      { id: 'CVE-2024-0001', title: 'openssl: not so bad', vendorSeverity: { nvd: 'LOW' as const } },
      { id: 'CVE-2024-0003', title: 'zlib: bad, in other words', vendorSeverity: { nvd: 'MEDIUM' as const } },
    ]
    const changed = { ...rows, details: [...details, ...(rows.details ?? []).slice(2)] }
    expect(await use(changed)).toEqual({ verdicts: 0, details: 2 })
    expect(matched).toEqual([])
    expect(await brief()).toEqual([
      'HIGH GHSA-35jh-r3h4-6jhm lodash',
      'MEDIUM CVE-2024-0003 zlib1g',
      'LOW CVE-2024-0001 libssl3',
    ])
    expect((await findings()).map((each) => each.title).slice(1)).toEqual([
      'zlib: bad, in other words',
      'openssl: not so bad',
    ])
    const { items } = await createDiscoveryService({ db, clock }).listImages('one', { limit: 1, kind: 'all' })
    expect(items[0]?.counts).toMatchObject({ CRITICAL: 0, HIGH: 1, MEDIUM: 1, LOW: 1 })
    expect(await events()).toEqual([
      { kind: 'severity-changed', name: 'CVE-2024-0001', everywhere: true, severity: 1 },
    ])
    await use({ ...rows, details: [] })
    expect(matched).toEqual([])
    expect((await findings()).map((each) => each.severity)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN'])
  })

  it('a changed data source is matched again, its space only', async () => {
    await start()
    const dataSources = [
      { bucket: 'debian 12', id: 'debian', name: 'Another name', url: 'https://example.com' },
      ...(rows.dataSources ?? []).slice(1),
    ]
    expect(await use({ ...rows, dataSources })).toBeDefined()
    expect(new Set(matched)).toEqual(new Set(['openssl', 'zlib']))
    const [finding] = await findings()
    const detail = await createFindingService(db).get('one', finding?.id ?? '')
    expect(detail.dataSource).toMatchObject({ name: 'Another name' })
    expect(await events()).toEqual([])
  })

  it('a GHSA that gets its CVE is the same finding: no event, first seen as before, old links lead to it', async () => {
    await start()
    const before = (await findings())[1]
    expect(before?.vulnerabilityId).toBe('GHSA-35jh-r3h4-6jhm')
    const cve = { ...lodash, id: 'CVE-2021-23337', vendorIds: ['GHSA-35jh-r3h4-6jhm'] }
    await use({
      ...rows,
      advisories: [...(rows.advisories ?? []).slice(0, 2), cve],
      details: [
        ...(rows.details ?? []).slice(0, 2),
        { id: 'CVE-2021-23337', vendorSeverity: { ghsa: 'HIGH' } },
      ],
    })
    const after = (await findings())[1]
    expect(after).toMatchObject({ vulnerabilityId: 'CVE-2021-23337', firstSeenAt: before?.firstSeenAt })
    expect(await events()).toEqual([])
    const linked = await createFindingService(db).get('one', before?.id ?? '')
    expect(linked).toMatchObject({ vulnerabilityId: 'CVE-2021-23337', firstSeenAt: before?.firstSeenAt })
    const canonical = await rowsOf<{ name: string; speaks: string }>(
      db,
      `select v.name, c.name as speaks from vulnerability v join vulnerability c on c.id = v.canonical_id`,
    )
    expect(canonical).toEqual([{ name: 'GHSA-35jh-r3h4-6jhm', speaks: 'CVE-2021-23337' }])
  })

  it('what is pushed opens and closes findings of its repository; the first scan is one event', async () => {
    registry.put('acme/api', '1', buildImage({ layers: [debian] }))
    await use(rows)
    await scan()
    registry.put('acme/api', '1', buildImage({ layers: [npm] }))
    await scan()
    const event = { everywhere: false, severity: expect.any(Number) }
    expect(await events()).toEqual([
      { ...event, kind: 'baseline', name: null, severity: null },
      { ...event, kind: 'closed', name: 'CVE-2024-0001' },
      { ...event, kind: 'closed', name: 'CVE-2024-0003' },
      { ...event, kind: 'opened', name: 'GHSA-35jh-r3h4-6jhm' },
    ])
  })

  it('everything is matched again when what the store was matched with is not known any more', async () => {
    await start()
    await db.execute('delete from db_signature')
    expect(await use(without('CVE-2024-0001'))).toEqual({ verdicts: null, details: 0 })
    expect(new Set(matched)).toEqual(new Set(['openssl', 'zlib', 'lodash']))
    expect(await brief()).toEqual(all.slice(1))
    // The signature is there again: the next change is told from it.
    expect(await use(rows)).toEqual({ verdicts: 1, details: 0 })
  })

  /** A server that was started with other analyzers. */
  const restart = (plugins: Parameters<typeof createIndexer>[0]['plugins']): void => {
    indexer = createIndexer({ plugins, store })
    pipeline = startPipeline()
  }
  const inventories = () =>
    rowsOf<{ indexer_key: string; packages: number }>(
      db,
      `select v.indexer_key, (select sum(cardinality(package_ids))::int from package_set where id = any(v.set_ids)) as packages
       from image_platform p join inventory v on v.id = p.inventory_id order by p.manifest_digest`,
    )
  const other = (analyzer: Partial<Analyzer>): IndexingPlugin => ({
    id: 'other',
    distributions: [],
    analyzers: [{ id: 'other', version: 1, maxSize: 1, wants: () => false, read: () => [], ...analyzer }],
    describe: (fact) => ({
      ecosystem: 'other',
      name: fact.name,
      version: fact.version,
      arch: null,
      sourceName: null,
      sourceVersion: null,
      purl: `pkg:generic/${fact.name}@${fact.version}`,
      licenses: [],
    }),
  })

  it('a new analyzer that no layer concerns asks the registry for nothing', async () => {
    await start()
    restart([...ecosystems, other({ concerns: () => false })])
    const [before] = await inventories()
    await pipeline.renew()
    const [after] = await inventories()
    expect(after?.indexer_key).toBe(indexer.key)
    expect(after?.indexer_key).not.toBe(before?.indexer_key)
    expect(registry.requests).toEqual([])
    await pipeline.catchUp()
    expect(await brief()).toEqual(all)
    expect(await events()).toEqual([])
    expect((await pipeline.progress()).renewing).toBeNull()
  })

  it('a new analyzer reads only layers that may concern it, and what was known is shown until then', async () => {
    await start()
    const analyzer = {
      maxSize: 1000,
      concerns: (features: LayerFeatures) => features.names.includes('package.json'),
      wants: ({ path }: FileHeader) => path.endsWith('package.json'),
      read: (path: string): LayerFact[] => [
        {
          kind: 'packages',
          scope: 'language',
          ecosystem: 'other',
          path,
          packages: [{ name: 'found', version: '1' }],
        },
      ],
    }
    restart([...ecosystems, other(analyzer)])
    await pipeline.renew()
    expect(await brief()).toEqual(all)
    expect((await inventories())[0]).toMatchObject({ packages: 3 })
    expect(await rowsOf(db, `select state, user_priority from scan order by id`)).toEqual([
      { state: 'completed', user_priority: false },
      { state: 'pending', user_priority: false },
    ])
    await pipeline.renew()
    expect(await rowsOf(db, `select id from scan`)).toHaveLength(2)
    while (await pipeline.scanNext('worker'));
    expect(await inventories()).toEqual([{ indexer_key: indexer.key, packages: 4 }])
    const { layers } = buildImage({ layers: [debian, npm] })
    const asked = registry.requests.filter((request) => request.startsWith('blob'))
    expect(asked).toContain(`blob ${layers[1]?.digest}`)
    expect(asked).not.toContain(`blob ${layers[0]?.digest}`)
    expect(await brief()).toEqual(all)
  })

  it('goes on where a killed renewal stopped, behind the scans that wait', async () => {
    await use(rows)
    for (let index = 0; index < 25; index += 1) {
      registry.put(`acme/r${index}`, '1', buildImage({ layers: [debian, npmPackage(index)] }))
    }
    await scan()
    restart([...ecosystems, other({ concerns: () => false })])
    const stop = new AbortController()
    let changes = 0
    pipeline = createPipeline({
      db,
      clock,
      indexer,
      matcher: async () => inUse,
      connectors: { openConnector: async () => registry.connector() },
      onChange: ({ kind }) => {
        if (kind === 'progress') changes += 1
        if (changes === 1) stop.abort()
      },
    })
    await expect(pipeline.renew(stop.signal)).rejects.toThrow()
    const renewed = async (): Promise<number> =>
      (await inventories()).filter((each) => each.indexer_key === indexer.key).length
    expect(await renewed()).toBe(20)
    expect((await pipeline.progress()).renewing).toEqual({ done: 20, total: 25 })
    restart([...ecosystems, other({ concerns: () => false })])
    await pipeline.renew()
    expect(await renewed()).toBe(25)
    // An analyzer that every layer concerns: images wait in the queue, a few at a time.
    restart([...ecosystems, other({ version: 2 })])
    await pipeline.renew()
    expect(await rowsOf(db, `select id from scan where state = 'pending'`)).toHaveLength(20)
    while (await pipeline.scanNext('worker'));
    await pipeline.renew()
    while (await pipeline.scanNext('worker'));
    expect(await renewed()).toBe(25)
  })

  it('newer names name what was nameless, without a pull', async () => {
    const jar = javaArchive({ files: [{ name: 'a/A.class', content: 'nothing that names it' }] })
    registry.put('acme/java', '1', buildImage({ layers: [{ files: { 'app/lib.jar': jar } }] }))
    const found = { group: 'org.acme', artifact: 'lib', version: '1.0' }
    const namesOf = (digit: string, sha1: string): NameDatabase => ({
      digest: digestFromHex(digit.repeat(64)),
      bySha1: (asked) => (asked === sha1 ? found : undefined),
      exists: () => false,
      groupOf: () => undefined,
    })
    let names: NameDatabase | null = null
    indexer = createIndexer({ plugins: ecosystems, store, names: async () => names })
    pipeline = createPipeline({
      db,
      clock,
      indexer,
      matcher: async () => inUse,
      names: async () => names?.digest ?? null,
      connectors: { openConnector: async () => registry.connector() },
    })
    const advisory = { bucket: 'maven::GitHub', package: 'org.acme:lib', id: 'CVE-2024-0009' }
    await use({ advisories: [{ ...advisory, vulnerableVersions: ['<2.0'], patchedVersions: ['2.0'] }] })
    await scan()
    expect(await brief()).toEqual([])
    registry.requests.length = 0
    for (const [digit, sha1, expected] of [
      ['a', '', []],
      ['b', sha1Of(jar), ['UNKNOWN CVE-2024-0009 org.acme:lib']],
    ] as const) {
      names = namesOf(digit, sha1)
      await pipeline.renew()
      await pipeline.catchUp()
      expect(await brief()).toEqual(expected)
    }
    expect(registry.requests).toEqual([])
    expect(await rowsOf(db, 'select count(*) as n from scan')).toEqual([{ n: 1 }])
  })
})
