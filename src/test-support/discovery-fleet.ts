/** Discoveries of a faked platform that holds many repositories: what they cost in requests and time. */
import { type Budgets, createBudgets, sqlBudgetStore } from '../connections/index.ts'
import { systemClock, type Clock } from '../core/index.ts'
import { createDiscoveryService, createDiscoveryWorker } from '../discovery/index.ts'
import type { Database } from '../platform/db/index.ts'
import type { RegistryProvider, RememberedAnswer } from '../registries/index.ts'
import { addConnection, emptyDatabase, rowsOf } from './domain/index.ts'
import { type BuiltImage, buildImage } from './image-builder/index.ts'
import type { PlatformWorld, PlatformWorldOptions } from './platform-world.ts'

export interface FleetOptions extends PlatformWorldOptions {
  readonly provider: RegistryProvider
  readonly start: (options: PlatformWorldOptions) => Promise<PlatformWorld>
  readonly repositories: number
  /** Of each repository. */
  readonly tags: number
}

/** What one discovery cost. */
export interface DiscoveryCost {
  /** That listed something. */
  readonly requests: number
  /** Pulls and signing in too. */
  readonly all: number
  readonly seconds: number
  /** Of those that count against a limit, where limits are enforced. */
  readonly counted: number
  readonly refused: number
}

const HOUR = 3_600_000
/** Between two pushes, milliseconds. */
const APART = 600_000
/** Longer than any window. */
const PATIENCE = 24 * HOUR

/** Time goes on by itself, and can be set forward. */
class SkippingClock implements Clock {
  #skipped = 0

  now(): number {
    return systemClock.now() + this.#skipped
  }

  skip(milliseconds: number): void {
    this.#skipped += milliseconds
  }
}

export class DiscoveryFleet implements AsyncDisposable {
  readonly world: PlatformWorld
  readonly names: readonly string[]
  readonly #options: FleetOptions
  readonly #db: Database
  readonly #budgets: Budgets
  readonly #clock = new SkippingClock()
  readonly #connection: string
  readonly #answers = new Map<string, RememberedAnswer>()
  readonly #images: BuiltImage[] = []

  private constructor(options: FleetOptions, db: Database, world: PlatformWorld, connection: string) {
    this.world = world
    this.#options = options
    this.#db = db
    this.#budgets = createBudgets({ store: sqlBudgetStore(db), clock: systemClock })
    this.#connection = connection
    const [first] = world.repositories
    this.names = Array.from({ length: options.repositories }, (_, index) => `${first}-${index}`)
  }

  /** On an empty database. Each repository has as many images as tags; repositories share them, so that pulls weigh little. */
  static async begin(options: FleetOptions, db: Database): Promise<DiscoveryFleet> {
    await emptyDatabase(db)
    const world = await options.start(options)
    const fleet = new DiscoveryFleet(options, db, world, await addConnection(db, 'one', { host: world.host }))
    let pushedAt = systemClock.now() - options.repositories * options.tags * APART
    for (let tag = 0; tag < options.tags; tag += 1) {
      for (const name of fleet.names) world.push(name, `v${tag}`, fleet.#image(tag), (pushedAt += APART))
    }
    return fleet
  }

  #image(number: number): BuiltImage {
    return (this.#images[number] ??= buildImage({ layers: [{ files: { number: String(number) } }] }))
  }

  /** A tag is pushed to some of the repositories. */
  pushTo(count: number): void {
    for (const name of this.names.slice(0, count)) {
      this.world.push(name, 'pushed', this.#image(this.#options.tags), this.#clock.now())
    }
  }

  async discover(options: { readonly complete?: boolean } = {}): Promise<DiscoveryCost> {
    this.#clock.skip(HOUR)
    const before = this.#asked()
    const began = performance.now()
    await createDiscoveryService({ db: this.#db, clock: this.#clock }).request(
      'one',
      this.#connection,
      options,
    )
    const end = await this.#worker().runNext('worker')
    if (end?.outcome !== 'completed') {
      throw end?.error ?? new Error(`the discovery is ${end?.outcome ?? 'not there'}`)
    }
    const seconds = (performance.now() - began) / 1_000
    const after = this.#asked()
    return {
      requests: after.requests - before.requests,
      all: after.all - before.all,
      counted: after.counted - before.counted,
      refused: after.refused - before.refused,
      seconds,
    }
  }

  #asked(): Omit<DiscoveryCost, 'seconds'> {
    const { internet } = this.world
    const { counted = 0, refused = 0 } = internet.quota ?? {}
    return { requests: this.world.listingRequests(), all: internet.requests.length, counted, refused }
  }

  #worker() {
    const { provider } = this.#options
    const { http } = this.world.internet
    const budget = this.#budgets.of(this.#connection, provider.description.limits, PATIENCE)
    const environment = { http, clock: systemClock, budget, answers: this.#answers }
    const connectors = { openConnector: async () => provider.open(this.world.settings, environment) }
    return createDiscoveryWorker({ db: this.#db, clock: this.#clock, connectors })
  }

  /** Repositories and tags as they are recorded, and what is not whole. */
  async recorded(): Promise<{ repositories: number; tags: number; incomplete: string | null }> {
    const [row] = await rowsOf<{ repositories: number; tags: number; incomplete: string | null }>(
      this.#db,
      `select (select count(*)::int from repository where gone_at is null) as repositories, (select count(*)::int from tag) as tags,
        (select last_discovery ->> 'incompleteBecause' from registry_connection) as incomplete`,
    )
    return row ?? { repositories: 0, tags: 0, incomplete: null }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world.close()
  }
}
