import {
  createDiscoveryService,
  createDiscoveryWorker,
  type DiscoveryEnd,
  type DiscoveryService,
} from '../discovery/index.ts'
import type { Database } from '../platform/db/index.ts'
import { addConnection, emptyDatabase, FakeRegistry, ManualClock, rowsOf } from './domain/index.ts'

/** A connection to a registry in memory, and what its discoveries leave behind. */
export class DiscoveryWorld {
  readonly clock = new ManualClock()
  readonly registry = new FakeRegistry()
  /** Repositories that the pipeline was told of. */
  readonly told: number[] = []
  readonly db: Database
  readonly connection: string
  readonly service: DiscoveryService

  constructor(db: Database, connection: string) {
    this.db = db
    this.connection = connection
    this.service = createDiscoveryService({ db, clock: this.clock })
  }

  static async begin(
    database: Promise<Database>,
    settings: Parameters<typeof addConnection>[2] = {},
  ): Promise<DiscoveryWorld> {
    const db = await database
    await emptyDatabase(db)
    return new DiscoveryWorld(db, await addConnection(db, 'one', settings))
  }

  /** Does the discovery that waits, if its moment has come. */
  async run(): Promise<DiscoveryEnd | undefined> {
    const { db, clock, registry, told } = this
    const connectors = { openConnector: async () => registry.connector() }
    const onRepositories = async (_org: string, _connection: string, ids: readonly number[]) =>
      void told.push(...ids)
    return createDiscoveryWorker({ db, clock, connectors, onRepositories }).runNext('worker')
  }

  /** @returns what the registry was asked, pulls left out */
  async discover(options: { readonly complete?: boolean } = {}): Promise<string[]> {
    this.clock.advance(3_600_000)
    this.registry.requests.length = 0
    await this.service.request('one', this.connection, options)
    await this.#complete()
    return this.listings()
  }

  /** The same for single repositories, as an event names them. */
  async hint(...names: string[]): Promise<string[]> {
    this.clock.advance(1_000)
    this.registry.requests.length = 0
    await this.service.requestRepositories('one', this.connection, names)
    await this.#complete()
    return this.listings()
  }

  async #complete(): Promise<void> {
    const end = await this.run()
    if (end?.outcome !== 'completed')
      throw end?.error ?? new Error(`the discovery is ${end?.outcome ?? 'none'}`)
  }

  listings(): string[] {
    return this.registry.requests.filter((request) => !/^(manifest|blob)/.test(request)).sort()
  }

  /** Manifests that were asked for. */
  looks(): number {
    return this.registry.requests.filter((request) => request.startsWith('manifest')).length
  }

  /** `path:tag` of what is there. */
  async tags(path?: string): Promise<string[]> {
    const rows = await rowsOf<{ name: string }>(
      this.db,
      `select r.path || ':' || t.name as name from tag t join repository r on r.id = t.repository_id where r.gone_at is null order by 1`,
    )
    return rows.map((row) => row.name).filter((name) => path === undefined || name.startsWith(`${path}:`))
  }

  async incomplete(): Promise<string | null | undefined> {
    const [row] = await rowsOf<{ last_discovery: { incompleteBecause: string | null } | null }>(
      this.db,
      'select last_discovery from registry_connection',
    )
    return row?.last_discovery?.incompleteBecause
  }
}
