import { afterEach, describe, expect, it } from 'vitest'
import { registryPlatforms } from '../../src/app/registry-platforms.ts'
import { systemClock } from '../../src/core/index.ts'
import type { RegistryConnector, RequestBudget } from '../../src/registries/index.ts'
import { buildImage } from '../../src/test-support/image-builder/index.ts'
import { platformWorlds } from '../../src/test-support/platforms/index.ts'
import { Cleanup, everything } from '../../src/test-support/registry-client.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

async function listAll(connector: RegistryConnector): Promise<void> {
  if (connector.contents !== undefined) return void (await everything(connector.contents()))
  for await (const { repositories } of connector.repositories()) {
    for (const { name } of repositories) await everything(connector.tags(name))
  }
}

/** Gives everything, and remembers what. */
function recordingBudget() {
  const taken: string[] = []
  const held = { now: 0 }
  const budget: RequestBudget = {
    async take(bucket) {
      taken.push(bucket)
      held.now += 1
      return () => void (held.now -= 1)
    },
    report: () => undefined,
  }
  return { taken, held, budget }
}

describe('every platform keeps to the budget of its connection', () => {
  it('has a world here', () => {
    expect(Object.keys(platformWorlds)).toEqual(registryPlatforms.map(({ description }) => description.id))
  })

  it.each(
    registryPlatforms.map((provider) => [provider.description.id, provider] as const),
  )('%s: each request of a bucket of its limits, given back when it was answered', async (id, provider) => {
    const start = platformWorlds[id]
    if (start === undefined) throw new Error(`no world of ${id}`)
    const world = cleanup.keep(await start({ pageSize: 2 }))
    const [first, second, third] = world.repositories
    const image = buildImage({ layers: [{ files: { a: 'b' } }] })
    for (const repository of [first, second, third]) {
      for (const tag of ['1', '2', '3']) world.push(repository, tag, image, Date.UTC(2026, 0, 1))
    }
    const { taken, held, budget } = recordingBudget()
    const environment = { http: world.internet.http, clock: systemClock, budget }
    const connector = cleanup.keep(provider.open(world.settings, environment))
    await listAll(connector)
    const limited = [...new Set(provider.description.limits.map(({ bucket }) => bucket))]
    // `registry` needs no limit: it is what the platform says by refusing.
    expect([...limited, 'registry']).toEqual(expect.arrayContaining([...new Set(taken)]))
    if (limited.length > 0) expect(limited.filter((bucket) => taken.includes(bucket))).not.toEqual([])
    expect(taken.length).toBeGreaterThan(0)
    expect(held.now).toBe(0)
  })
})
