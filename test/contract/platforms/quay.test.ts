import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/index.ts'
import { quayProvider } from '../../../src/registries/providers/quay/index.ts'
import { buildImage, buildIndex } from '../../../src/test-support/image-builder/index.ts'
import { quayTokens, startQuayWorld } from '../../../src/test-support/platforms/quay/index.ts'
import { publishedApi } from '../../../src/test-support/published-api.ts'
import { Cleanup, everything } from '../../../src/test-support/registry-client.ts'
import { platformContract } from '../platform-suite.ts'
import published from '../published/quay.json' with { type: 'json' }

platformContract('Quay', quayProvider, startQuayWorld)

describe('Quay, as its source writes', () => {
  const cleanup = new Cleanup()
  afterEach(() => cleanup.close())

  it('is what the fake answers', async () => {
    const api = publishedApi(published)
    const all = []
    for (const anonymousAccess of [true, false]) {
      const world = cleanup.keep(await startQuayWorld({ pageSize: 2, anonymousAccess }))
      const image = buildImage({ layers: [{ files: { a: '1' } }] })
      const [first, second, deep] = world.repositories
      for (const tag of ['1', '2', '3']) world.push(first, tag, image, Date.UTC(2026, 0, Number(tag)))
      world.push(first, '3', buildIndex([image]), Date.UTC(2026, 0, 4))
      world.addRepository(second, { isPublic: true })
      world.addRepository(deep)
      const http = cleanup.keep(world.internet.http())
      for (const path of ['', `/${first}/tag/`, `/${first}/tag/?limit=1`]) {
        const response = await http.request({
          method: 'GET',
          url: `https://quay.io/api/v1/repository${path}`,
        })
        await response.discard()
      }
      for (const token of [...Object.values(quayTokens).map((one) => one.token), 'wrong']) {
        const connector = cleanup.keep(
          quayProvider.open(world.settingsOf(token), { http: world.internet.http, clock: systemClock }),
        )
        await connector.check()
        await everything(connector.repositories()).catch(() => undefined)
        for (const repository of [first, second, deep, 'mycompany/gone'])
          await everything(connector.tags(repository)).catch(() => undefined)
      }
      all.push(...world.answers)
    }
    expect([...new Set(all.map(({ path, status }) => `${path} ${status}`))].toSorted()).toEqual([
      '/api/v1/repository 200',
      '/api/v1/repository 400',
      '/api/v1/repository 401',
      '/api/v1/repository/{repository}/tag/ 200',
      '/api/v1/repository/{repository}/tag/ 401',
      '/api/v1/repository/{repository}/tag/ 403',
      '/api/v1/repository/{repository}/tag/ 404',
      '/v2/auth 401',
    ])
    expect(all.flatMap(({ path, status, body }) => api.problems('GET', path, status, body))).toEqual([])
  })
})
