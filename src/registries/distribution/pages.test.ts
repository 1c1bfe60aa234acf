import { afterEach, describe, expect, it } from 'vitest'
import { Cleanup, everything, failureOf, testClient } from '../../test-support/registry-client.ts'
import { scaled } from '../../test-support/scale.ts'
import { faults, type RegistryServer, startRegistryServer } from '../../test-support/registry-server/index.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const manifest = { bytes: Buffer.from('{}'), mediaType: 'application/vnd.oci.image.manifest.v1+json' }
const names = Array.from({ length: 25 }, (_, index) => `acme/r${String(index).padStart(2, '0')}`)
const tags = ['1.0', '1.0-alpine', '_x', 'A', 'latest', `v${'9'.repeat(127)}`]

async function start(pageSize?: number): Promise<RegistryServer> {
  const registry = cleanup.keep(await startRegistryServer(pageSize === undefined ? {} : { pageSize }))
  for (const repository of names) registry.put({ repository, tags, manifest })
  return registry
}

const client = (registry: RegistryServer) => testClient(cleanup, registry.host)
const flat = (pages: readonly { readonly names: readonly string[] }[]) => pages.flatMap((page) => page.names)

describe('catalog and tags', () => {
  it('give the same, whatever the size of the pages', async () => {
    for (const size of [1, 2, 7, 25, 26, 1000]) {
      const registry = await start(size)
      expect(flat(await everything(client(registry).catalog()))).toEqual(names)
      expect(flat(await everything(client(registry).catalog({ pageSize: 3 })))).toEqual(names)
      expect(flat(await everything(client(registry).tags('acme/r00'))).sort()).toEqual([...tags].sort())
    }
  })

  it('go on from a cursor', async () => {
    const registry = await start(10)
    const [first] = await everything(client(registry).catalog())
    const rest = await everything(client(registry).catalog({ cursor: first?.next ?? '' }))
    expect(flat(rest)).toEqual(names.slice(10))
    expect(rest.at(-1)?.next).toBeNull()
  })

  it('are empty for an empty registry, and for a repository without tags', async () => {
    const registry = cleanup.keep(await startRegistryServer())
    expect(await everything(client(registry).catalog())).toEqual([{ names: [], next: null }])
    registry.put({ repository: 'acme/bare', manifest })
    expect(flat(await everything(client(registry).tags('acme/bare')))).toEqual([])
    registry.faults = [faults.body(Buffer.from('{"name":"acme/bare","tags":null}'))]
    expect(flat(await everything(client(registry).tags('acme/bare')))).toEqual([])
  })

  it('say that a repository is gone', async () => {
    const registry = await start()
    expect(await failureOf(everything(client(registry).tags('acme/gone')))).toMatchObject({
      code: 'repository-not-found',
      kind: 'not-found',
    })
  })

  it.each([404, 405])('say that there is no catalog (%i)', async (status) => {
    const registry = await start()
    registry.faults = [faults.status(status, {}, { target: 'catalog' })]
    expect(await failureOf(everything(client(registry).catalog()))).toMatchObject({
      code: 'catalog-unsupported',
      kind: 'unsupported',
    })
  })

  it('leave out what is no name', async () => {
    const registry = await start()
    const odd = { tags: ['ok', '\u001b[31mred', '../x', '', 'a'.repeat(129), 5, null, {}, 'a b'] }
    registry.faults = [faults.body(Buffer.from(JSON.stringify(odd)))]
    expect(await everything(client(registry).tags('acme/r00'))).toEqual([{ names: ['ok'], next: null }])
  })
})

describe('Link', () => {
  async function linked(rewrite: (link: string, registry: RegistryServer) => string) {
    const registry = await start(10)
    registry.faults = [
      (_, reply) => {
        const { link } = reply.headers
        return typeof link === 'string'
          ? { ...reply, headers: { ...reply.headers, link: rewrite(link, registry) } }
          : reply
      },
    ]
    return registry
  }

  it.each<[string, (link: string, registry: RegistryServer) => string]>([
    ['absolute', (link, { url }) => link.replace('<', `<${url}`)],
    [
      'by another scheme and an internal name',
      (link) => link.replace('<', '<https://registry.internal:5000'),
    ],
    [
      'below another path',
      (link) => link.replace('<', '<https://proxy.example.com/artifactory/api/docker/x'),
    ],
    ['with the query alone', (link) => link.replace('/v2/_catalog', '')],
    ['without brackets', (link) => link.replace(/[<>]/g, '')],
    ['with a trailing comma', (link) => `${link}, `],
    ['unquoted', (link) => link.replace(/"/g, '')],
  ])('is followed %s, at our own address', async (_, rewrite) => {
    const registry = await linked(rewrite)
    expect(flat(await everything(client(registry).catalog()))).toEqual(names)
  })

  it.each([
    '<https://evil.example.com/collect?last=x>; rel="next"',
    '</v2/other/tags/list?last=x>; rel="next"',
    '</v2/_catalog>; rel="next"',
  ])('that leads elsewhere is refused: %s', async (link) => {
    const registry = await linked(() => link)
    expect(await failureOf(everything(client(registry).catalog()))).toMatchObject({
      code: 'paging-refused',
      kind: 'invalid',
    })
    expect(registry.requests.all).toHaveLength(1)
  })
})

describe('endless lists', () => {
  const endless = { code: 'paging-endless', kind: 'invalid' }

  it('end when a cursor comes again', async () => {
    const registry = await start()
    let page = 0
    registry.faults = [
      (_, reply) => {
        page += 1
        const body = Buffer.from(JSON.stringify({ repositories: [`r${page}`] }))
        return { ...reply, headers: { link: `</v2/_catalog?last=${page % 3}>; rel="next"` }, body }
      },
    ]
    expect(await failureOf(everything(client(registry).catalog()))).toMatchObject(endless)
    expect(page).toBeLessThan(6)
  })

  it('end when a page comes again under a new cursor', async () => {
    const registry = await start()
    let page = 0
    registry.faults = [
      (_, reply) => {
        page += 1
        return { ...reply, headers: { link: `</v2/_catalog?last=${page}>; rel="next"` } }
      },
    ]
    const seen: string[] = []
    const walk = async () => {
      for await (const { names: more } of client(registry).catalog()) seen.push(...more)
    }
    expect(await failureOf(walk())).toMatchObject(endless)
    expect(seen).toEqual(names)
    expect(page).toBe(2)
  })

  it.runIf(scaled(0, 1))('end after so many pages, however new each is', async () => {
    const registry = await start()
    let page = 0
    registry.faults = [
      (_, reply) => {
        page += 1
        const body = Buffer.from(JSON.stringify({ repositories: [`r${page}`] }))
        return { ...reply, headers: { link: `</v2/_catalog?last=${page}>; rel="next"` }, body }
      },
    ]
    expect(await failureOf(everything(client(registry).catalog()))).toMatchObject(endless)
    expect(page, 'the first that is one too many').toBe(10_001)
  })

  it('end at an empty page, though it names a next one', async () => {
    const registry = await start()
    registry.faults = [
      (_, reply) => ({
        ...reply,
        headers: { link: '</v2/_catalog?last=x>; rel="next"' },
        body: Buffer.from('{"repositories":[]}'),
      }),
    ]
    expect(await everything(client(registry).catalog())).toEqual([{ names: [], next: null }])
  })
})

describe('answers that are none', () => {
  it.each<[string, string, string]>([
    ['truncated JSON', '{"repositories":["a",', 'registry-answer-invalid'],
    ['another form', '{"repositories":{"a":1}}', 'registry-answer-invalid'],
    ['a number', '5', 'registry-answer-invalid'],
    ['nothing', '', 'registry-answer-invalid'],
    ['a web page called JSON', '<!DOCTYPE html><html></html>', 'not-a-registry'],
  ])('%s', async (_, body, code) => {
    const registry = await start()
    registry.faults = [faults.body(Buffer.from(body))]
    expect(await failureOf(everything(client(registry).catalog()))).toMatchObject({ code, kind: 'invalid' })
  })

  it('a web page', async () => {
    const registry = await start()
    registry.faults = [faults.html()]
    expect(await failureOf(everything(client(registry).catalog()))).toMatchObject({ code: 'not-a-registry' })
    expect(await failureOf(everything(client(registry).tags('acme/r00')))).toMatchObject({
      code: 'not-a-registry',
    })
  })
})
