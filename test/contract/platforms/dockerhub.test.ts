import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/index.ts'
import { dockerhubProvider } from '../../../src/registries/providers/dockerhub/index.ts'
import { buildImage, buildIndex } from '../../../src/test-support/image-builder/index.ts'
import {
  hubAccounts,
  type HubWorld,
  startDockerhubWorld,
} from '../../../src/test-support/platforms/dockerhub/index.ts'
import { publishedApi } from '../../../src/test-support/published-api.ts'
import { Cleanup, everything } from '../../../src/test-support/registry-client.ts'
import { platformContract } from '../platform-suite.ts'
import published from '../published/dockerhub.json' with { type: 'json' }

platformContract('Docker Hub', dockerhubProvider, startDockerhubWorld)

describe('Docker Hub, as it is published', () => {
  const cleanup = new Cleanup()
  afterEach(() => cleanup.close())

  it('is what the fake answers', async () => {
    const api = publishedApi(published)
    const world = cleanup.keep(await startDockerhubWorld({ pageSize: 2 }))
    const image = buildImage({ layers: [{ files: { a: '1' } }] })
    const [first, second] = world.repositories
    for (const tag of ['1', '2', '3']) world.push(first, tag, image, Date.UTC(2026, 0, Number(tag)))
    world.push(second, 'multi', buildIndex([image]), Date.UTC(2026, 0, 1))
    world.addRepository('acme/empty', { isPrivate: false })
    world.addRepository('acme/plugin', { isPlugin: true })
    world.hideDigest(first, '1')
    for (const settings of [
      world.settings,
      world.settingsOf(hubAccounts.reader),
      world.wrongSettings,
      world.settingsOf(hubAccounts.pullOnly),
      world.settingsOf({ ...hubAccounts.organization, username: 'acme' }),
    ]) {
      const connector = cleanup.keep(
        dockerhubProvider.open(settings, { http: world.internet.http, clock: systemClock }),
      )
      await connector.check()
      await everything(connector.repositories()).catch(() => undefined)
      for (const repository of [first, second, 'acme/gone'])
        await everything(connector.tags(repository)).catch(() => undefined)
      world.expireTokens()
    }
    for (const page of [5, 1]) await ask(world, `/v2/namespaces/acme/repositories?page=${page}`)
    await ask(world, '/v2/namespaces/acme/repositories?ordering=size')
    await ask(world, '/v2/repositories/namespaces')
    const kinds = world.answers.map(({ method, path, status }) => `${method} ${path} ${status}`)
    expect([...new Set(kinds)].toSorted()).toEqual([
      'GET /v2/namespaces/{namespace}/repositories 200',
      'GET /v2/namespaces/{namespace}/repositories 400',
      'GET /v2/namespaces/{namespace}/repositories 403',
      'GET /v2/namespaces/{namespace}/repositories 404',
      'GET /v2/namespaces/{namespace}/repositories/{repository}/tags 200',
      'GET /v2/namespaces/{namespace}/repositories/{repository}/tags 403',
      'GET /v2/namespaces/{namespace}/repositories/{repository}/tags 404',
      'GET /v2/repositories/namespaces 200',
      'GET /v2/repositories/namespaces 401',
      'POST /v2/auth/token 200',
      'POST /v2/auth/token 401',
    ])
    const problems = world.answers.flatMap(({ method, path, status, body }) =>
      api.problems(method, path, status, body),
    )
    expect(problems).toEqual([])
  })

  async function ask(world: HubWorld, path: string): Promise<void> {
    const http = cleanup.keep(world.internet.http())
    const response = await http.request({ method: 'GET', url: `https://hub.docker.com${path}` })
    await response.discard()
  }
})
