import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../src/core/index.ts'
import { manifestQuery } from '../../../src/registries/providers/jfrog/aql.ts'
import { buildImage, buildIndex } from '../../../src/test-support/image-builder/index.ts'
import { type JfrogWorld, startJfrogWorld } from '../../../src/test-support/platforms/jfrog/index.ts'
import { publishedApi } from '../../../src/test-support/published-api.ts'
import { Cleanup } from '../../../src/test-support/registry-client.ts'

const published = publishedApi(
  JSON.parse(readFileSync(new URL('../published/jfrog.json', import.meta.url), 'utf8')),
)

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })

async function start(options: Parameters<typeof startJfrogWorld>[0] = {}): Promise<JfrogWorld> {
  const world = cleanup.keep(await startJfrogWorld(options))
  const [first, second] = world.repositories
  world.push(first, '1', image, Date.UTC(2026, 0, 1))
  world.push(second, 'multi', buildIndex([image]), Date.UTC(2026, 0, 2))
  return world
}

async function ask(world: JfrogWorld, path: string, account = 'ann:cmVmdGtuOjAxOjE3', query?: string) {
  const http = cleanup.keep(world.internet.http({}))
  const response = await http.request({
    method: query === undefined ? 'GET' : 'POST',
    url: `https://${String(world.settings['domain'])}/artifactory/api${path}`,
    headers: { 'content-type': 'text/plain' },
    authorization: new Secret(`Basic ${Buffer.from(account).toString('base64')}`),
    ...(query === undefined ? {} : { body: new Secret(query) }),
  })
  const body: unknown = JSON.parse(Buffer.from(await response.bytes(1 << 20)).toString())
  return { status: response.status, body, link: response.header('link') }
}

const bob = 'bob:cmVmdGtuOjAxOjE4'
const catalog = '/artifactory/api/docker/{repo-key}/v2/_catalog'
const tags = '/artifactory/api/docker/{repo-key}/v2/{image name}/tags/list'

describe('the faked Artifactory answers as its documentation', () => {
  it.each<[string, string, number, string?]>([
    ['/repositories', '/artifactory/api/repositories', 200],
    ['/repositories', '/artifactory/api/repositories', 401, 'nobody:x'],
    ['/repositories/docker-prod', '/artifactory/api/repositories/{repoKey}', 200],
    ['/repositories/nothing', '/artifactory/api/repositories/{repoKey}', 400],
    ['/repositories/docker-prod', '/artifactory/api/repositories/{repoKey}', 403, bob],
    ['/repositories/docker-prod', '/artifactory/api/repositories/{repoKey}', 401, 'ann:wrong'],
    ['/docker/docker-prod/v2/_catalog?n=1', catalog, 200],
    ['/docker/docker-prod/v2/_catalog', catalog, 403, bob],
    ['/docker/docker-prod/v2/team/web/tags/list', tags, 200],
    ['/docker/docker-prod/v2/gone/tags/list', tags, 404],
  ])('%s as %s: %i', async (path, template, status, account) => {
    const answer = await ask(await start(), path, account)
    expect(answer.status).toBe(status)
    expect(published.problems('GET', template, status, answer.body)).toEqual([])
  })

  it.each([
    'local',
    'virtual',
  ] as const)('searches in a %s repository, cut where the server cuts', async (kind) => {
    const world = await start({ kind, pageSize: 1 })
    const query = manifestQuery({ repository: 'docker-prod' })
    const { status, body } = await ask(world, '/search/aql', undefined, query)
    expect(published.problems('POST', '/artifactory/api/search/aql', status, body)).toEqual([])
    expect(body).toMatchObject({ results: [{ path: 'api/1' }], range: { notification: expect.any(String) } })
  })

  it('refuses what is no query, or too long a one', async () => {
    const world = await start()
    for (const query of ['items.find(', `items.find(${' '.repeat(6001)})`]) {
      const { status, body } = await ask(world, '/search/aql', undefined, query)
      expect(status).toBe(400)
      expect(published.problems('POST', '/artifactory/api/search/aql', 400, body)).toEqual([])
    }
  })

  it('loses the path of a Link for a virtual repository', async () => {
    const path = '/docker/docker-prod/v2/_catalog?n=1'
    expect((await ask(await start({ kind: 'virtual' }), path)).link).toBe(
      '</v2/_catalog?n=1&last=api>; rel="next"',
    )
    expect((await ask(await start(), path)).link).toContain(
      '</artifactory/api/docker/docker-prod/v2/_catalog?',
    )
  })
})
