/** The pipeline on a registry in memory, with databases from readable rows: for tests of what changes after a scan. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AdvisoryDatabase, loadSignature, openDatabaseFolder } from '../../advisories/index.ts'
import { ecosystems } from '../../app/ecosystems.ts'
import { createBuiltInMatcher } from '../../app/engine.ts'
import { createPipeline, type Pipeline, type PipelineOptions } from '../../app/pipeline.ts'
import { createDiscoveryService } from '../../discovery/index.ts'
import { createFindingService, type FindingView } from '../../findings/index.ts'
import { createIndexer, type Indexer } from '../../indexing/index.ts'
import { createMemoryLayerStore } from '../../inventory/index.ts'
import type { DatabaseChanged, OpenMatcher } from '../../matching/sql.ts'
import type { Database } from '../../platform/db/index.ts'
import { addConnection, emptyDatabase, FakeRegistry, ManualClock, rowsOf } from '../domain/index.ts'
import { buildImage, type LayerListing } from '../image-builder/index.ts'
import { dpkgStatus } from '../package-databases.ts'
import { buildVulnerabilityDatabase, type DatabaseRows } from '../vulnerability-database/index.ts'

export const debian: LayerListing = {
  files: {
    'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
    'etc/debian_version': '12.4\n',
    'var/lib/dpkg/status': dpkgStatus([
      { name: 'libssl3', version: '3.0.11-1', source: 'openssl' },
      { name: 'zlib1g', version: '1:1.2.13-1', source: 'zlib' },
    ]),
  },
}
export const npmPackage = (patch: number): LayerListing => ({
  files: {
    'app/node_modules/lodash/package.json': JSON.stringify({ name: 'lodash', version: `4.17.${patch}` }),
  },
})
export const npm = npmPackage(20)
export const lodash = {
  bucket: 'npm::GitHub Security Advisory npm',
  package: 'lodash',
  vulnerableVersions: ['<4.17.21'],
  patchedVersions: ['4.17.21'],
}
export const rows: DatabaseRows = {
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
/** Findings of an image of `debian` and `npm` with `rows`. */
export const allFindings = [
  'CRITICAL CVE-2024-0001 libssl3',
  'HIGH GHSA-35jh-r3h4-6jhm lodash',
  'MEDIUM CVE-2024-0003 zlib1g',
]

export class PipelineWorld {
  readonly clock = new ManualClock()
  readonly registry = new FakeRegistry()
  /** Names of the subjects that were matched since the last change of the database. */
  matched: string[] = []
  indexer: Indexer
  pipeline: Pipeline
  readonly #db: Database
  readonly #connection: string
  readonly #store = createMemoryLayerStore()
  readonly #opened: AdvisoryDatabase[] = []
  readonly #folder: string
  #inUse: OpenMatcher | undefined

  private constructor(db: Database, connection: string, folder: string) {
    this.#db = db
    this.#connection = connection
    this.#folder = folder
    this.indexer = createIndexer({ plugins: ecosystems, store: this.#store })
    this.pipeline = createPipeline(this.#options())
  }

  /** On an empty database. */
  static async begin(db: Database): Promise<PipelineWorld> {
    await emptyDatabase(db)
    const folder = await mkdtemp(join(tmpdir(), 'portolan-pipeline-'))
    return new PipelineWorld(db, await addConnection(db, 'one'), folder)
  }

  async end(): Promise<void> {
    for (const database of this.#opened) database.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** A server that is started anew, with other analyzers or names. */
  restart(
    indexing: Partial<Omit<Parameters<typeof createIndexer>[0], 'store'>>,
    options: Partial<PipelineOptions> = {},
  ): void {
    this.indexer = createIndexer({ plugins: ecosystems, ...indexing, store: this.#store })
    this.pipeline = createPipeline({ ...this.#options(), ...options })
  }

  /** Puts a database of these rows into use. */
  async use(used: DatabaseRows): Promise<DatabaseChanged | undefined> {
    const path = join(this.#folder, String(this.#opened.length))
    await buildVulnerabilityDatabase(used).writeFolder(path)
    const database = openDatabaseFolder(path)
    this.#opened.push(database)
    const { engine, match } = createBuiltInMatcher(database)
    const noted: OpenMatcher['matcher'] = {
      engine,
      match: (subject) => {
        this.matched.push(subject.lookupKey)
        return match(subject)
      },
    }
    const signature = () => loadSignature(path, database.digest)
    this.#inUse = { database, matcher: noted, versions: { dpkg: 1, npm: 1 }, signature }
    this.matched = []
    this.clock.advance(3_600_000)
    return this.pipeline.databaseChanged(this.#inUse, 'test')
  }

  async scan(): Promise<void> {
    await createDiscoveryService({ db: this.#db, clock: this.clock }).request('one', this.#connection)
    await this.pipeline.discoverNext('worker')
    await this.scanWaiting()
  }

  async scanWaiting(): Promise<void> {
    while (await this.pipeline.scanNext('worker'));
  }

  /** One image, scanned and matched; what was asked and what happened until then is forgotten. */
  async start(): Promise<void> {
    this.registry.put('acme/api', '1', buildImage({ layers: [debian, npm] }))
    await this.use(rows)
    await this.scan()
    this.registry.requests.length = 0
    await this.#db.execute('delete from finding_event')
  }

  async findings(): Promise<readonly FindingView[]> {
    return (await createFindingService(this.#db).list('one', { limit: 100 })).items
  }

  async brief(): Promise<string[]> {
    return (await this.findings()).map(
      (each) => `${each.severity} ${each.vulnerabilityId} ${each.packageName}`,
    )
  }

  async events(): Promise<unknown[]> {
    return rowsOf(
      this.#db,
      `select e.kind, v.name, e.repository_id is null as everywhere, (e.data ->> 'severity')::int as severity
       from finding_event e left join vulnerability v on v.id = e.vulnerability_id order by e.id`,
    )
  }

  #options(): PipelineOptions {
    return {
      db: this.#db,
      clock: this.clock,
      indexer: this.indexer,
      matcher: async () => this.#inUse,
      connectors: { openConnector: async () => this.registry.connector() },
    }
  }
}
