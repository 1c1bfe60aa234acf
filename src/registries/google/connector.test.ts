import { afterEach, describe, expect, it } from 'vitest'
import { buildImage } from '../../test-support/image-builder/index.ts'
import { connect } from '../../test-support/platforms/google/connect.ts'
import { startGarWorld } from '../../test-support/platforms/google/index.ts'
import { Cleanup, everything } from '../../test-support/registry-client.ts'
import { garProvider } from '../providers/gar/index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

describe('the quota', () => {
  it('takes every request from the budget, but those for tokens and from storage', async () => {
    const world = cleanup.keep(await startGarWorld({ region: 'us' }))
    const name = 'acme-prod-1234/web/api'
    const built = buildImage({ layers: [{ files: { a: 'a' } }] })
    world.push(name, '1', built, Date.UTC(2026, 0, 1))
    let taken = 0
    const budget = {
      take: () => {
        taken += 1
        return Promise.resolve(() => undefined)
      },
      report: () => undefined,
    }
    const connector = connect(cleanup, garProvider, world, { budget })
    await everything(connector.repositories())
    const source = connector.source(name)
    await source.manifest('1')
    const [layer] = built.layers
    if (layer) await (await source.blob({ digest: layer.digest, size: layer.bytes.length })).toArray()
    const counted = world.internet.requests.filter((line) => /artifactregistry\.|\.dev\/v2\//.test(line))
    expect(taken).toBeGreaterThan(4)
    expect(taken).toBe(counted.length)
    expect(garProvider.description.limits.map(({ bucket }) => bucket)).toEqual(['requests'])
  })
})
