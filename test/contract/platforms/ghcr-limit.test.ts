import { afterEach, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/index.ts'
import { createDiscoveryService, createDiscoveryWorker } from '../../../src/discovery/index.ts'
import { openDatabase } from '../../../src/platform/db/index.ts'
import { ghcrProvider } from '../../../src/registries/providers/ghcr/index.ts'
import { embeddedDataFolder } from '../../../src/test-support/databases/index.ts'
import { addConnection, emptyDatabase, ManualClock } from '../../../src/test-support/domain/index.ts'
import { buildImage } from '../../../src/test-support/image-builder/index.ts'
import { startGhcrWorld } from '../../../src/test-support/platforms/ghcr/index.ts'
import { Cleanup } from '../../../src/test-support/registry-client.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

it('takes none of the hourly limit for a discovery when nothing has changed, one request for what has', async () => {
  const db = cleanup.keep(await openDatabase({ dataDir: await embeddedDataFolder() }))
  await emptyDatabase(db)
  const world = cleanup.keep(await startGhcrWorld({ pageSize: 2 }))
  const image = buildImage({ layers: [{ files: { a: 'a' } }] })
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    world.push(`acme/${name}`, '1', image, systemClock.now() - 86_400_000)
  const connectionId = await addConnection(db, 'one', { host: world.host })
  const clock = new ManualClock(systemClock.now())
  const answers = new Map()

  /** One discovery by a new connector, as each is. @returns what it took of the limit */
  async function discover(): Promise<number> {
    const before = world.quota.remaining
    const openConnector = async () =>
      ghcrProvider.open(world.settings, { http: world.internet.http, clock: systemClock, answers })
    clock.advance(3_600_000)
    await createDiscoveryService({ db, clock }).request('one', connectionId)
    const end = await createDiscoveryWorker({ db, clock, connectors: { openConnector } }).runNext('worker')
    expect(end).toMatchObject({ outcome: 'completed', error: null })
    return before - world.quota.remaining
  }

  // The owner, three pages of packages, the versions of five.
  expect(await discover()).toBe(1 + 3 + 5)
  expect(await discover()).toBe(0)
  world.push('acme/c', '2', image, systemClock.now() - 3_600_000)
  // Its page, and its versions.
  expect(await discover()).toBe(2)
  expect(await discover()).toBe(0)
})
