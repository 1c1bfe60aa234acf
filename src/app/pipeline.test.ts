import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type AdvisoryDatabase, openDatabaseFolder } from '../advisories/index.ts'
import { AppError } from '../core/index.ts'
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
  FakeRegistry,
  ManualClock,
  rowsOf,
} from '../test-support/domain/index.ts'
import {
  type BuiltImage,
  buildImage,
  buildIndex,
  type LayerListing,
} from '../test-support/image-builder/index.ts'
import { apkInstalled, dpkgStatus } from '../test-support/package-databases.ts'
import {
  buildVulnerabilityDatabase,
  type DatabaseRows,
} from '../test-support/vulnerability-database/index.ts'
import { createBuiltInIndexer, createBuiltInMatcher } from './engine.ts'
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
const alpine: LayerListing = {
  files: {
    'etc/alpine-release': '3.18.4\n',
    'lib/apk/db/installed': apkInstalled([{ name: 'musl', version: '1.2.4-r1' }]),
  },
}
const npm = (version: string): LayerListing => ({
  files: { 'app/node_modules/lodash/package.json': JSON.stringify({ name: 'lodash', version }) },
})
const image = (layers: LayerListing[], architecture = 'amd64'): BuiltImage =>
  buildImage({ layers, platform: { os: 'linux', architecture } })

const first: DatabaseRows = {
  advisories: [
    { bucket: 'debian 12', package: 'openssl', id: 'CVE-2024-0001', fixedVersion: '3.0.13-1' },
    { bucket: 'alpine 3.18', package: 'musl', id: 'CVE-2024-0002', fixedVersion: '1.2.4-r2' },
    {
      bucket: 'npm::GitHub Security Advisory npm',
      package: 'lodash',
      id: 'CVE-2021-23337',
      vulnerableVersions: ['<4.17.21'],
      patchedVersions: ['4.17.21'],
    },
  ],
  details: [
    { id: 'CVE-2024-0001', title: 'openssl: bad', vendorSeverity: { nvd: 'CRITICAL' } },
    { id: 'CVE-2024-0002', vendorSeverity: { nvd: 'LOW' } },
    { id: 'CVE-2021-23337', vendorSeverity: { ghsa: 'HIGH', nvd: 'HIGH' } },
  ],
}
const second: DatabaseRows = {
  ...first,
  advisories: [
    ...(first.advisories ?? []).slice(1),
    { bucket: 'debian 12', package: 'zlib', id: 'CVE-2024-0003' },
  ],
  details: [...(first.details ?? []), { id: 'CVE-2024-0003', vendorSeverity: { nvd: 'MEDIUM' } }],
}

eachDatabase((_name, open) => {
  let db: Database
  let folder: string
  const opened: AdvisoryDatabase[] = []
  let databases: readonly OpenMatcher[]
  let clock: ManualClock
  let registries: Map<string, FakeRegistry>
  let gone: Set<string>
  let inUse: OpenMatcher | undefined
  let pipeline: Pipeline

  const openRows = async (name: string, rows: DatabaseRows): Promise<OpenMatcher> => {
    await buildVulnerabilityDatabase(rows).writeFolder(join(folder, name))
    const database = await openDatabaseFolder(join(folder, name))
    opened.push(database)
    return { database, matcher: createBuiltInMatcher(database), versions: { apk: 1, dpkg: 1, npm: 1 } }
  }
  beforeAll(async () => {
    db = await open()
    folder = await mkdtemp(join(tmpdir(), 'portolan-pipeline-'))
  })
  afterAll(async () => {
    for (const database of opened) database.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    databases = [await openRows('first', first), await openRows('second', second)]
    clock = new ManualClock()
    registries = new Map()
    gone = new Set()
    inUse = undefined
    pipeline = createPipeline({
      db,
      clock,
      indexer: createBuiltInIndexer(createMemoryLayerStore()),
      matcher: async () => inUse,
      connectors: {
        openConnector: async (_org, id) => {
          const registry = registries.get(id)
          if (registry !== undefined && !gone.has(id)) return registry.connector()
          throw new AppError({
            code: 'connection-not-found',
            kind: 'not-found',
            publicMessage: 'There is no such connection.',
          })
        },
      },
    })
  })

  const connect = async (orgId: string, registry = new FakeRegistry()) => {
    const connection = await addConnection(db, orgId)
    registries.set(connection, registry)
    return { connection, registry }
  }
  const useDatabase = async (used: OpenMatcher | undefined): Promise<void> => {
    inUse = used
    if (used !== undefined) await pipeline.databaseChanged(used, 'test')
  }
  const run = async (orgId: string, connection: string): Promise<void> => {
    clock.advance(1_000)
    await createDiscoveryService({ db, clock }).request(orgId, connection)
    await pipeline.discoverNext('worker')
    while (await pipeline.scanNext('worker'));
  }
  const list = async (orgId: string): Promise<string[]> => {
    const { items } = await createFindingService(db).list(orgId, { limit: 100 })
    return items.map(
      (each) => `${each.severity} ${each.vulnerabilityId} ${each.repository.path} ${each.packageName}`,
    )
  }
  const blobs = (registry: FakeRegistry): string[] =>
    registry.requests.filter((request) => request.startsWith('blob'))
  const images = async (orgId: string) =>
    (await createDiscoveryService({ db, clock }).listImages(orgId, { limit: 100, kind: 'all' })).items

  it('carries images from a registry to findings, and a bad one fails alone', async () => {
    await useDatabase(databases[0])
    const { connection, registry } = await connect('one')
    registry.put('acme/api', '1.0', image([debian, npm('4.17.20')]))
    registry.put('acme/api', '1.1', image([debian, npm('4.17.21')]))
    registry.put('acme/multi', 'latest', buildIndex([image([alpine]), image([alpine], 'arm64')]))
    registry.put(
      'acme/broken',
      '1',
      buildImage({ layers: [debian], config: { rootfs: { type: 'layers', diff_ids: [] } } }),
    )
    await run('one', connection)
    expect(await list('one')).toEqual([
      'CRITICAL CVE-2024-0001 acme/api libssl3',
      'HIGH CVE-2021-23337 acme/api lodash',
      'LOW CVE-2024-0002 acme/multi musl',
    ])
    const shown = (await images('one')).map((each) => [
      `${each.repository.path}:${each.tags.join()}`,
      each.scanStatus,
      each.counts?.CRITICAL ?? null,
      each.scanReason?.code ?? null,
    ])
    expect(shown.sort()).toEqual([
      ['acme/api:1.0', 'Completed', 1, null],
      ['acme/api:1.1', 'Completed', 1, null],
      ['acme/broken:1', 'Failed', null, 'config-layers-mismatch'],
      ['acme/multi:latest', 'Completed', 0, null],
    ])
    const layers = blobs(registry).filter((request, index, all) => all.indexOf(request) !== index)
    const repeated = layers.map((request) => request.slice('blob '.length))
    const shared = image([debian, npm('4.17.20')]).layers[0]?.digest
    expect(repeated).not.toContain(shared)
    const { items } = await createFindingService(db).list('one', { limit: 1 })
    const detail = await createFindingService(db).get('one', items[0]?.id ?? '')
    expect(detail.occurrences[0]?.layer?.digest).toBe(shared)
  })

  it('scans before there is vulnerability data, and matches when it comes', async () => {
    const { connection, registry } = await connect('one')
    registry.put('acme/api', '1.0', image([debian]))
    await run('one', connection)
    expect((await images('one'))[0]).toMatchObject({ scanStatus: 'Completed', counts: null })
    await useDatabase(databases[0])
    expect((await images('one'))[0]?.counts).toMatchObject({ CRITICAL: 1 })
    expect(await list('one')).toHaveLength(1)
  })

  it('follows new vulnerability data without a pull', async () => {
    await useDatabase(databases[0])
    const { connection, registry } = await connect('one')
    registry.put('acme/api', '1.0', image([debian]))
    await run('one', connection)
    const asked = registry.requests.length
    await useDatabase(databases[1])
    expect(await list('one')).toEqual(['MEDIUM CVE-2024-0003 acme/api zlib1g'])
    expect((await images('one'))[0]?.counts).toMatchObject({ CRITICAL: 0, MEDIUM: 1 })
    expect(registry.requests).toHaveLength(asked)
  })

  it('closes findings of what has left the registry, and scans nothing twice', async () => {
    await useDatabase(databases[0])
    const { connection, registry } = await connect('one')
    registry.put('acme/api', '1.0', image([debian]))
    await run('one', connection)
    await run('one', connection)
    expect(await rowsOf(db, 'select state, attempt from scan')).toEqual([{ state: 'completed', attempt: 1 }])
    registry.put('acme/api', '1.0', image([debian, npm('4.17.21')]))
    await run('one', connection)
    expect(await rowsOf(db, 'select state from scan')).toHaveLength(2)
    registry.repositories.get('acme/api')?.clear()
    await run('one', connection)
    expect(await list('one')).toEqual([])
    expect(await rowsOf(db, 'select findings from org_vulnerability')).toEqual([])
  })

  it('gives the second organisation a layer only when it has pulled it itself', async () => {
    await useDatabase(databases[0])
    await db.execute(`insert into org_settings (org_id) values ('one'), ('two')`)
    const [one, two] = [await connect('one'), await connect('two')]
    for (const { registry } of [one, two]) registry.put('acme/api', '1.0', image([debian]))
    await run('one', one.connection)
    await run('two', two.connection)
    const layer = image([debian]).layers[0]?.digest
    expect(blobs(two.registry)).toContain(`blob ${layer}`)
    two.registry.put('acme/web', '1.0', image([debian, npm('4.17.20')]))
    two.registry.requests.length = 0
    await run('two', two.connection)
    expect(blobs(two.registry)).not.toContain(`blob ${layer}`)
    // A manifest that names a layer of the other organisation, in a registry that does not have it.
    const secret = image([npm('1.0.0')])
    one.registry.put('acme/secret', '1', secret)
    await run('one', one.connection)
    two.registry.put('acme/stolen', '1', secret)
    two.registry.before = (request) => {
      if (request === `blob ${secret.layers[0]?.digest}`) {
        throw new AppError({
          code: 'blob-not-found',
          kind: 'not-found',
          publicMessage: 'Not found or no access.',
        })
      }
    }
    await run('two', two.connection)
    const stolen = (await images('two')).find((each) => each.repository.path === 'acme/stolen')
    expect(stolen).toMatchObject({
      scanStatus: 'Failed',
      scanReason: { code: 'blob-not-found' },
      counts: null,
    })
    expect((await list('two')).filter((finding) => finding.includes('stolen'))).toEqual([])
  })

  it('completes each scan once, whatever is killed and resumed', async () => {
    await useDatabase(databases[0])
    const { connection, registry } = await connect('one')
    for (let index = 0; index < 6; index += 1)
      registry.put(`acme/r${index}`, '1', image([debian, npm(`1.0.${index}`)]))
    await createDiscoveryService({ db, clock }).request('one', connection)
    await pipeline.discoverNext('worker')
    // Three workers stop for ever at their first blob.
    const forEver = new Promise<never>(() => undefined)
    let stopped = 0
    const reached = new Promise<void>((resolve) => {
      registry.before = (request) => {
        if (!request.startsWith('blob') || stopped >= 3) return undefined
        stopped += 1
        if (stopped === 3) resolve()
        return forEver
      }
    })
    for (const worker of ['a', 'b', 'c']) void pipeline.scanNext(worker)
    await reached
    clock.advance(61_000)
    expect(await pipeline.expireLeases()).toBe(3)
    while (await pipeline.scanNext('alive'));
    expect(await rowsOf(db, 'select state, count(*) as n from scan group by state')).toEqual([
      { state: 'completed', n: 6 },
    ])
    expect((await images('one')).map((each) => each.scanStatus)).toEqual(
      Array.from({ length: 6 }, () => 'Completed'),
    )
  })

  it('cancels what waits for a connection that is gone, and scans it when another reaches it', async () => {
    const { connection, registry } = await connect('one')
    for (const tag of ['1', '2', '3']) registry.put('acme/api', tag, image([debian, npm(tag)]))
    await createDiscoveryService({ db, clock }).request('one', connection)
    await pipeline.discoverNext('worker')
    gone.add(connection)
    while (await pipeline.scanNext('worker'));
    expect(await rowsOf(db, 'select state, count(*) as n from scan group by state')).toEqual([
      { state: 'cancelled', n: 3 },
    ])
    expect((await images('one')).map((each) => each.scanStatus)).toEqual(['Pending', 'Pending', 'Pending'])
    const other = await connect('one', registry)
    await run('one', other.connection)
    expect((await images('one')).map((each) => each.scanStatus)).toEqual([
      'Completed',
      'Completed',
      'Completed',
    ])
  })

  it('hands a scan back when it must stop, and says refused credentials at the connection', async () => {
    const { connection, registry } = await connect('one')
    registry.put('acme/api', '1.0', image([debian]))
    await createDiscoveryService({ db, clock }).request('one', connection)
    await pipeline.discoverNext('worker')
    const stop = new AbortController()
    registry.before = () => {
      stop.abort()
    }
    await pipeline.scanNext('worker', stop.signal)
    expect(await rowsOf(db, 'select state, attempt from scan')).toEqual([{ state: 'pending', attempt: 0 }])
    registry.before = () => {
      throw new AppError({ code: 'credentials-refused', kind: 'auth', publicMessage: 'Refused.' })
    }
    await pipeline.scanNext('worker')
    const { items } = await createScanService({ db, clock, repositoriesAfter }).list('one', { limit: 5 })
    expect(items[0]).toMatchObject({ state: 'failed', reason: { code: 'credentials-refused' } })
    expect(await rowsOf(db, 'select status from registry_connection')).toEqual([{ status: 'Error' }])
  })
})
