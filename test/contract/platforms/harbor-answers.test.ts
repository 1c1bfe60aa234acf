import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../src/core/index.ts'
import { buildImage, buildIndex } from '../../../src/test-support/image-builder/index.ts'
import { type HarborWorld, startHarborWorld } from '../../../src/test-support/platforms/harbor/index.ts'
import { publishedApi } from '../../../src/test-support/published-api.ts'
import { Cleanup } from '../../../src/test-support/registry-client.ts'

const published = publishedApi(
  JSON.parse(readFileSync(new URL('../published/harbor.json', import.meta.url), 'utf8')),
)

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })

async function start(): Promise<HarborWorld> {
  const world = cleanup.keep(await startHarborWorld())
  const [first, , deep] = world.repositories
  world.push(first, '1', image, Date.UTC(2026, 0, 1))
  world.push(deep, 'multi', buildIndex([image]), Date.UTC(2026, 0, 2))
  world.addRepository('library/empty')
  return world
}

async function ask(world: HarborWorld, path: string, account = 'robot$portolan:robotSecret-1') {
  const http = cleanup.keep(world.internet.http({}))
  const authorization = new Secret(`Basic ${Buffer.from(account).toString('base64')}`)
  const url = `https://${world.host}/api/v2.0${path}`
  const response = await http.request({ method: 'GET', url, authorization })
  const body: unknown = JSON.parse(Buffer.from(await response.bytes(1 << 20)).toString())
  return { status: response.status, body, total: response.header('x-total-count') }
}

const inProject = '/projects/{project_name}/repositories'
const ofRepository = `${inProject}/{repository_name}/artifacts`

describe('the faked Harbor answers as its published API', () => {
  it.each<[string, string, number, string?]>([
    ['/systeminfo', '/systeminfo', 200],
    ['/systeminfo', '/systeminfo', 200, 'nobody:x'],
    ['/projects?page_size=100&sort=project_id', '/projects', 200],
    ['/repositories?page_size=100', '/repositories', 200],
    ['/projects/library/repositories', inProject, 200],
    ['/projects/library/repositories', inProject, 401, 'nobody:x'],
    ['/projects/other/repositories', inProject, 403],
    ['/projects/library/repositories?page_size=101', inProject, 422],
    ['/projects/library/repositories/api/artifacts?with_tag=true', ofRepository, 200],
    ['/projects/team/repositories/group%252Fsub%252Fservice-a/artifacts?q=tags%3D*', ofRepository, 200],
    ['/projects/library/repositories/api/artifacts', ofRepository, 403, 'blind:blindSecret-1'],
  ])('%s', async (path, template, status, account) => {
    const answer = await ask(await start(), path, account)
    expect(answer.status).toBe(status)
    expect(published.problems('GET', template, status, answer.body)).toEqual([])
  })

  it('pages by ids, and tells how many there are from there on', async () => {
    const world = await start()
    const all = await ask(world, '/repositories?page_size=2&sort=repository_id')
    expect(all).toMatchObject({
      total: '3',
      body: [{ name: 'library/api' }, { name: 'team/group/sub/service-a' }],
    })
    const [, { id }] = all.body as [unknown, { id: number }]
    const query = new URLSearchParams({ sort: 'repository_id', q: `repository_id=[${id + 1}~]` })
    expect(await ask(world, `/repositories?${query}`)).toMatchObject({
      total: '1',
      body: [{ name: 'library/empty' }],
    })
  })

  it('would notice an answer that is not as published', () => {
    expect(published.problems('GET', '/repositories', 200, [{ id: 'one' }])).not.toEqual([])
    expect(published.problems('GET', '/repositories', 200, [{ id: 1, invented: true }])).not.toEqual([])
  })
})
