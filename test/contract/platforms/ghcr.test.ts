import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../src/core/index.ts'
import { ghcrProvider } from '../../../src/registries/providers/ghcr/index.ts'
import { buildImage, buildIndex } from '../../../src/test-support/image-builder/index.ts'
import { type GhcrWorldOptions, startGhcrWorld } from '../../../src/test-support/platforms/ghcr/index.ts'
import { publishedApi } from '../../../src/test-support/published-api.ts'
import { Cleanup } from '../../../src/test-support/registry-client.ts'
import published from '../published/ghcr.json' with { type: 'json' }
import { platformContract } from '../platform-suite.ts'

platformContract('GitHub GHCR, of an organization', ghcrProvider, startGhcrWorld)
platformContract('GitHub GHCR, of the user whose token it is', ghcrProvider, (options) =>
  startGhcrWorld({ ...options, type: 'User', owner: 'octocat' }),
)

platformContract('GitHub Enterprise Server', ghcrProvider, (options) =>
  startGhcrWorld({ ...options, isServer: true }),
)

describe('the fake answers as GitHub describes its API', () => {
  const cleanup = new Cleanup()
  afterEach(() => cleanup.close())
  const api = publishedApi(published)

  async function filled(options: GhcrWorldOptions) {
    const world = cleanup.keep(await startGhcrWorld(options))
    const image = buildImage({ layers: [{ files: { a: 'a' } }] })
    const [first] = world.repositories
    world.push(first, '1', buildIndex([image]), Date.UTC(2026, 0, 1))
    world.push(first, 'latest', image, Date.UTC(2026, 0, 2))
    world.addPackage('open', 'public')
    const http = cleanup.keep(world.internet.http())
    return async (path: string, settings = world.settings) => {
      const token = (settings['token'] as Secret<string>).reveal()
      const response = await http.request({
        method: 'GET',
        url: `https://api.github.com${path}`,
        authorization: new Secret(`Bearer ${token}`),
      })
      return {
        world,
        status: response.status,
        body: JSON.parse(Buffer.from(await response.bytes(1 << 20)).toString()),
      }
    }
  }

  const versions = '/packages/{package_type}/{package_name}/versions'
  it.each([
    [{}, '/user', '/user'],
    [{}, '/users/acme', '/users/{username}'],
    [{}, '/orgs/acme/packages?package_type=container', '/orgs/{org}/packages'],
    [{}, '/orgs/acme/packages/container/api/versions', `/orgs/{org}${versions}`],
    [{ type: 'User', owner: 'octocat' }, '/user/packages?package_type=container', '/user/packages'],
    [{ type: 'User', owner: 'octocat' }, '/user/packages/container/api/versions', `/user${versions}`],
    [
      { type: 'User', owner: 'hubot' },
      '/users/hubot/packages?package_type=container',
      '/users/{username}/packages',
    ],
    [
      { type: 'User', owner: 'hubot' },
      '/users/hubot/packages/container/open/versions',
      `/users/{username}${versions}`,
    ],
  ] as const)('%o %s', async (options, path, described) => {
    const { status, body } = await (await filled(options))(path)
    expect(status).toBe(200)
    if (described !== '/user' && described !== '/users/{username}' && !path.includes('open')) {
      expect(body).not.toEqual([])
    }
    expect(api.problems('GET', described, 200, body)).toEqual([])
  })

  it('refuses as described', async () => {
    const ask = await filled({})
    const { world } = await ask('/user')
    const packages = '/orgs/acme/packages?package_type=container'
    for (const [path, settings, wanted, described] of [
      [packages, world.wrongSettings, 401, '/orgs/{org}/packages'],
      [packages, world.deniedSettings, 403, '/orgs/{org}/packages'],
      ['/orgs/acme/packages/container/gone/versions', world.settings, 404, `/orgs/{org}${versions}`],
      ['/users/nobody', world.settings, 404, '/users/{username}'],
    ] as const) {
      const { status, body } = await ask(path, settings)
      expect(status).toBe(wanted)
      expect(api.problems('GET', described, wanted, body)).toEqual([])
    }
  })
})
