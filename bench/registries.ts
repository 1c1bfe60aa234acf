/**
 * What a discovery costs on each platform: listing requests and time of the first one, of one when nothing has changed, and of one when
 * a repository in a hundred has, against the least number of requests that the platform's API allows. The platforms are faked on
 * loopback with real TLS, answer after a wait, and refuse what is over the limits that they publish.
 *
 *   npm run bench -- registries [--repositories 1000] [--tags 100] [--latency 50] [--platform NAME] [--database URL|FOLDER]
 *   npm run bench -- registries --large 1000000     one repository of so many tags: memory
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../src/platform/db/index.ts'
import { DiscoveryFleet } from '../src/test-support/discovery-fleet.ts'
import { type ListingCost, listingCosts } from '../test/contract/platforms/listing-costs.ts'
import { benchLargeRepository } from './registries/large.ts'

interface Options {
  readonly database: string | undefined
  readonly repositories: number
  readonly tags: number
  /** Milliseconds. */
  readonly latency: number
  readonly platform: string | undefined
  readonly large: number | undefined
}

export async function benchRegistries(options: Options): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-bench-'))
  const { database = folder } = options
  const db = await openDatabase(database.startsWith('postgres') ? { url: database } : { dataDir: database })
  try {
    if (options.large !== undefined) return await benchLargeRepository(db, options.large)
    const chosen = listingCosts.filter(
      ({ name }) => options.platform === undefined || name === options.platform,
    )
    process.stdout.write(`${['platform', ...columns].map((text) => text.padEnd(14)).join('')}\n`)
    for (const cost of chosen) await benchPlatform(db, cost, options)
  } finally {
    await db.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const columns = [
  'least',
  'first',
  'seconds',
  'least again',
  'nothing new',
  'seconds',
  '1 % new',
  'seconds',
  'counted',
  'refused',
]

async function benchPlatform(db: Database, cost: ListingCost, options: Options): Promise<void> {
  const { repositories, tags, latency } = options
  const { provider, start } = cost
  await using fleet = await DiscoveryFleet.begin(
    { provider, start, repositories, tags, latency, quota: {} },
    db,
  )
  const first = await fleet.discover()
  const recorded = await fleet.recorded()
  if (recorded.tags !== repositories * tags || recorded.incomplete !== null) {
    throw new Error(`${cost.name}: not everything was found: ${JSON.stringify(recorded)}`)
  }
  const again = await fleet.discover()
  fleet.pushTo(Math.ceil(repositories / 100))
  const changed = await fleet.discover()
  const row = [
    cost.name,
    cost.least({ repositories, tags }),
    first.requests,
    first.seconds.toFixed(1),
    cost.again({ repositories, tags }),
    again.requests,
    again.seconds.toFixed(1),
    changed.requests,
    changed.seconds.toFixed(1),
    first.counted + again.counted + changed.counted,
    first.refused + again.refused + changed.refused,
  ]
  process.stdout.write(`${row.map((cell) => String(cell).padEnd(14)).join('')}\n`)
}
