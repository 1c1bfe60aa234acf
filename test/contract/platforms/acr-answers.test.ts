import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../src/core/index.ts'
import { buildImage } from '../../../src/test-support/image-builder/index.ts'
import { type AcrWorld, startAcrWorld } from '../../../src/test-support/platforms/acr/index.ts'
import { publishedApi } from '../../../src/test-support/published-api.ts'
import { Cleanup } from '../../../src/test-support/registry-client.ts'

interface Operation {
  readonly responses: Record<string, unknown>
}

/** Refusals are described as `default`: they are looked up by their status here. */
function withRefusals(document: { paths: Record<string, Record<string, Operation>> }): unknown {
  for (const operations of Object.values(document.paths)) {
    for (const { responses } of Object.values(operations))
      for (const status of ['401', '404']) responses[status] = responses['default']
  }
  return document
}

const published = publishedApi(
  withRefusals(JSON.parse(readFileSync(new URL('../published/acr.json', import.meta.url), 'utf8'))),
)

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })

async function start(): Promise<AcrWorld> {
  const world = cleanup.keep(await startAcrWorld({ pageSize: 2 }))
  for (const [tag, day] of [
    ['1', 1],
    ['2', 3],
    ['3', 2],
  ] as const)
    world.push('team/web', tag, image, Date.UTC(2026, 0, day))
  for (const name of ['a', 'b']) world.addRepository(name)
  return world
}

interface Answered {
  readonly status: number
  readonly body: unknown
  readonly link: string | undefined
}

async function ask(
  world: AcrWorld,
  path: string,
  token = '',
  form?: Record<string, string>,
): Promise<Answered> {
  const http = cleanup.keep(world.internet.http({}))
  const response = await http.request({
    method: form ? 'POST' : 'GET',
    url: `https://${world.host}${path}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    ...(token === '' ? {} : { authorization: new Secret(`Bearer ${token}`) }),
    ...(form ? { body: new Secret(new URLSearchParams(form).toString()) } : {}),
  })
  const body: unknown = JSON.parse(Buffer.from(await response.bytes(1 << 20)).toString())
  return { status: response.status, body, link: response.header('link') }
}

async function accessToken(world: AcrWorld, scope: string): Promise<string> {
  const service = world.host
  const exchange = { grant_type: 'access_token', service, access_token: world.identityToken() }
  const refreshed = await ask(world, '/oauth2/exchange', '', exchange)
  expect(published.problems('POST', '/oauth2/exchange', refreshed.status, refreshed.body)).toEqual([])
  const { refresh_token } = refreshed.body as { refresh_token: string }
  const granted = await ask(world, '/oauth2/token', '', {
    grant_type: 'refresh_token',
    service,
    scope,
    refresh_token,
  })
  expect(published.problems('POST', '/oauth2/token', granted.status, granted.body)).toEqual([])
  return (granted.body as { access_token: string }).access_token
}

/** The description has an object as detail, where the registry gives a list (Azure/acr, docs/AAD-OAuth.md). */
function withPlainDetail(body: unknown): unknown {
  const { errors } = body as { errors: { detail?: unknown }[] }
  return { errors: errors.map((error) => ({ ...error, detail: {} })) }
}

describe('the faked registry answers as its published API', () => {
  it('catalog, page by page', async () => {
    const world = await start()
    const token = await accessToken(world, 'registry:catalog:*')
    const first = await ask(world, '/acr/v1/_catalog?n=5000', token)
    expect(published.problems('GET', '/acr/v1/_catalog', first.status, first.body)).toEqual([])
    expect(first).toMatchObject({
      body: { repositories: ['a', 'b'] },
      link: '</acr/v1/_catalog?last=b&n=2&orderby=>; rel="next"',
    })
  })

  it('tags, by name and newest first', async () => {
    const world = await start()
    const token = await accessToken(world, 'repository:team/web:metadata_read,pull')
    for (const [query, names] of [
      ['', ['1', '2']],
      ['?orderby=timedesc', ['2', '3']],
    ] as const) {
      const { status, body } = await ask(world, `/acr/v1/team/web/_tags${query}`, token)
      expect(published.problems('GET', '/acr/v1/{name}/_tags', status, body)).toEqual([])
      expect((body as { tags: { name: string }[] }).tags.map(({ name }) => name)).toEqual(names)
    }
    const gone = await ask(
      world,
      '/acr/v1/gone/_tags',
      await accessToken(world, 'repository:gone:metadata_read'),
    )
    expect(gone.status).toBe(404)
    expect(published.problems('GET', '/acr/v1/{name}/_tags', 404, withPlainDetail(gone.body))).toEqual([])
  })

  it('refusals, which name the scope that is missing', async () => {
    const world = await start()
    const pullOnly = await accessToken(world, 'repository:team/web:pull')
    const { status, body } = await ask(world, '/acr/v1/team/web/_tags', pullOnly)
    expect(status).toBe(401)
    expect(published.problems('GET', '/acr/v1/{name}/_tags', 401, withPlainDetail(body))).toEqual([])
    expect(body).toMatchObject({ errors: [{ detail: [{ Name: 'team/web', Action: 'metadata_read' }] }] })
    const refused = await ask(world, '/oauth2/exchange', '', {
      grant_type: 'access_token',
      service: world.host,
      access_token: 'x',
    })
    expect(published.problems('POST', '/oauth2/exchange', refused.status, refused.body)).toEqual([])
  })
})
