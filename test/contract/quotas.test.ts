import { afterEach, describe, expect, it, vi } from 'vitest'
import { registryPlatforms } from '../../src/app/registry-platforms.ts'
import { createBudgets, memoryBudgetStore } from '../../src/connections/index.ts'
import { systemClock } from '../../src/core/index.ts'
import { mapBounded, type RegistryConnector, type RegistryProvider } from '../../src/registries/index.ts'
import { buildImage } from '../../src/test-support/image-builder/index.ts'
import { LeapingClock } from '../../src/test-support/leaping-clock.ts'
import type { PlatformWorld, PlatformWorldOptions } from '../../src/test-support/platform-world.ts'
import { platformWorlds } from '../../src/test-support/platforms/index.ts'
import { Cleanup, everything } from '../../src/test-support/registry-client.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const REPOSITORIES = 16
const TAGS = 3
/** Of each server. */
const WORKERS = 6
const DAY = 86_400_000

/** Times what each platform publishes, so that about ten requests fill a window of it. */
const scales: Readonly<Record<string, number>> = {
  ecr: 1 / 20,
  dockerhub: 1 / 60,
  ghcr: 1 / 90,
  gar: 1 / 6_000,
  gcr: 1 / 6_000,
  acr: 1 / 500,
  gitlab: 1 / 200,
  jfrog: 1,
  quay: 2 / 5,
}
const limited = registryPlatforms.filter(({ description }) => description.limits.length > 0)

async function startFilled(id: string, options: PlatformWorldOptions): Promise<PlatformWorld> {
  const start = platformWorlds[id]
  if (start === undefined) throw new Error(`no world of ${id}`)
  const world = cleanup.keep(await start({ ...options, pageSize: 2 }))
  const image = buildImage({ layers: [{ files: { a: 'b' } }] })
  for (let repository = 0; repository < REPOSITORIES; repository += 1) {
    for (let tag = 0; tag < TAGS; tag += 1) {
      world.push(`${world.repositories[0]}-${repository}`, `v${tag}`, image, Date.UTC(2026, 0, 1 + tag))
    }
  }
  return world
}

/** Every tag, repository by repository, several at once. */
async function listAll(connector: RegistryConnector, signal?: AbortSignal): Promise<number> {
  const pages = await everything(connector.repositories({ signal }))
  const names = pages.flatMap(({ repositories }) => repositories.map(({ name }) => name))
  const tags = await mapBounded(names, WORKERS, (name) => everything(connector.tags(name, { signal })))
  return tags.flat().reduce((sum, page) => sum + page.tags.length, 0)
}

/** Two servers with one connection: their budgets meet in the store. */
function twoServers(
  provider: RegistryProvider,
  world: PlatformWorld,
  time: { readonly clock: LeapingClock; readonly wait?: LeapingClock['wait']; readonly scale?: number },
) {
  const { clock, wait = clock.wait, scale = 1 } = time
  const store = memoryBudgetStore()
  const limits = provider.description.limits.map((limit) => ({
    ...limit,
    requests: Math.max(1, Math.floor(limit.requests * scale)),
  }))
  const open = (): RegistryConnector => {
    const budget = createBudgets({ store, clock, wait }).of('one', limits, DAY)
    const environment = { http: world.internet.http, clock, budget: clock.watch(budget) }
    return cleanup.keep(provider.open(world.settings, environment))
  }
  return [open(), open()] as const
}

describe('the limits that a platform publishes', () => {
  it('are scaled for each that has any', () => {
    expect(Object.keys(scales)).toEqual(limited.map(({ description }) => description.id))
  })

  it.each(
    limited.map((provider) => [provider.description.id, provider] as const),
  )('%s: two servers are refused less than one request in a hundred', async (id, provider) => {
    const clock = new LeapingClock()
    const scale = scales[id] ?? 1
    const world = await startFilled(id, { quota: { clock, scale } })
    const found = await Promise.all(
      twoServers(provider, world, { clock, scale }).map((each) => listAll(each)),
    )
    expect(found).toEqual([REPOSITORIES * TAGS, REPOSITORIES * TAGS])
    const { counted = 0, refused = NaN } = world.internet.quota ?? {}
    expect(counted).toBeGreaterThanOrEqual(2 * REPOSITORIES)
    expect(refused / counted).toBeLessThan(0.01)
  })

  it.each(
    limited.map((provider) => [provider.description.id, provider] as const),
  )('%s: they would be refused more without a budget', async (id, provider) => {
    const world = await startFilled(id, { quota: { scale: scales[id] ?? 1 }, latency: 5 })
    const stop = new AbortController()
    const environment = { http: world.internet.http, clock: systemClock }
    const work = [0, 1].map(() => {
      const connector = cleanup.keep(provider.open(world.settings, environment))
      return listAll(connector, stop.signal)
    })
    const ended = Promise.allSettled(work)
    const { quota } = world.internet
    await vi.waitFor(() => expect(quota?.refused).toBeGreaterThan((quota?.counted ?? 0) / 100), 20_000)
    stop.abort()
    await ended
  })
})

/** Waits of budgets that end when the test says so, from `hold` until `end`. */
class Waits {
  readonly #clock: LeapingClock
  #all: { readonly milliseconds: number; readonly end: () => void }[] = []
  #isHeld = false

  constructor(clock: LeapingClock) {
    this.#clock = clock
  }

  hold(): void {
    this.#isHeld = true
  }

  readonly wait: LeapingClock['wait'] = (milliseconds, signal) =>
    this.#isHeld
      ? new Promise((end) => void this.#all.push({ milliseconds, end }))
      : this.#clock.wait(milliseconds, signal)

  async reach(count: number): Promise<void> {
    await vi.waitFor(() => expect(this.#all).toHaveLength(count), 10_000)
  }

  /** @returns how long they would have been */
  end(): number[] {
    const all = this.#all.splice(0)
    this.#isHeld = false
    for (const { end } of all) end()
    return all.map(({ milliseconds }) => milliseconds)
  }
}

describe('a platform that says no more than 429', () => {
  const forms = {
    // The client itself goes by the system's time, and gives up on more than a minute: so it comes first.
    'names a date': [(now: number) => ({ 'retry-after': new Date(now + 40_000).toUTCString() }), 40_000],
    'asks for seconds': [() => ({ 'retry-after': '30' }), 30_000],
    'leaves it open': [() => ({}), 2_000],
  } as const

  it.each(
    registryPlatforms.map((provider) => [provider.description.id, provider] as const),
  )('%s: is left alone by both servers, however it asks', async (id, provider) => {
    const world = await startFilled(id, {})
    const clock = new LeapingClock()
    const waits = new Waits(clock)
    const servers = twoServers(provider, world, { clock, wait: waits.wait })
    const [here, there] = servers
    const repository = `${world.repositories[0]}-0`
    const listed = (connector: RegistryConnector) => everything(connector.tags(repository))
    // Signed in, so that the next request lists.
    for (const each of servers) await listed(each)
    for (const [headers, pause] of Object.values(forms)) {
      // What was drawn before is lost by then.
      clock.leap(11_000)
      waits.hold()
      const before = world.internet.requests.length
      let isFirst = true
      world.internet.intercept = () => {
        if (!isFirst) return undefined
        isFirst = false
        return { status: 429, headers: headers(clock.now()) }
      }
      const first = listed(here)
      await waits.reach(1)
      const second = listed(there)
      await waits.reach(2)
      expect(world.internet.requests.length - before).toBe(1)
      clock.leap(pause)
      for (const milliseconds of waits.end()) {
        expect(milliseconds).toBeGreaterThan(pause / 2)
        expect(milliseconds).toBeLessThanOrEqual(pause)
      }
      expect(await first).toEqual(await second)
    }
  })
})
