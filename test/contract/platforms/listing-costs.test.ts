import { afterAll, expect, test } from 'vitest'
import { openDatabase } from '../../../src/platform/db/index.ts'
import { embeddedDataFolder } from '../../../src/test-support/databases/index.ts'
import { DiscoveryFleet } from '../../../src/test-support/discovery-fleet.ts'
import { listingCosts } from './listing-costs.ts'

const database = openDatabase({ dataDir: await embeddedDataFolder() })
afterAll(async () => (await database).close())

/** Repositories of one page of tags each, two pages of repositories. */
const holdings = { repositories: 12, tags: 6, page: 6 }
/** Beyond the least: what says where the listing is, and a first page read again where there are several. One a repository would be 12. */
const SPARE = 3

test.each(listingCosts)('$name: as few listing requests as the platform allows', async (cost) => {
  const { provider, start, least, again } = cost
  const { repositories, tags, page: pageSize } = holdings
  await using fleet = await DiscoveryFleet.begin(
    { provider, start, repositories, tags, pageSize },
    await database,
  )
  const first = await fleet.discover()
  expect(await fleet.recorded()).toEqual({ repositories: 12, tags: 72, incomplete: null })
  expectFew(first.requests, least(holdings))
  expectFew((await fleet.discover()).requests, again(holdings))
  fleet.pushTo(2)
  const changed = await fleet.discover()
  expect((await fleet.recorded()).tags).toBe(74)
  // Of a repository that changed: its newest page, and the next one where that shows that all before are known.
  expectFew(changed.requests, again(holdings) + 4)
})

/** Where the platform says what has changed, or lists the newest first; with a single request nothing can be saved. */
const sparing = ['dockerhub', 'ghcr', 'gar', 'gar-all', 'gcr', 'gitlab', 'quay', 'harbor']

test.each(sparing)('%s: at most 5 % of the first when nothing has changed', (name) => {
  const large = { repositories: 1000, tags: 100 }
  const cost = listingCosts.find((each) => each.name === name)
  expect(cost?.again(large)).toBeLessThanOrEqual(0.05 * (cost?.least(large) ?? 0))
})

function expectFew(requests: number, least: number): void {
  expect(requests).toBeGreaterThan(0)
  expect(requests).toBeLessThanOrEqual(least + SPARE)
}
