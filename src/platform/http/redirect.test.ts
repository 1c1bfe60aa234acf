import type { IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../../core/index.ts'
import { testHttp } from '../../test-support/http.ts'
import { serve, textOf } from '../../test-support/http-servers.ts'
import { Cleanup, failureOf } from '../../test-support/registry-client.ts'
import type { HttpRequest } from './ports.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const client = (options: Parameters<typeof testHttp>[0] = {}) => cleanup.keep(testHttp(options))
const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({ method: 'GET', url, ...more })

describe('redirects', () => {
  it('keeps Authorization within the origin and drops it, with cookies, at another', async () => {
    const seen: IncomingMessage[] = []
    const other = await serve(cleanup, (request, response) => {
      seen.push(request)
      response.end('blob')
    })
    const first = await serve(cleanup, (request, response) => {
      seen.push(request)
      const location =
        request.url === '/a' ? '/b' : `${other.url.replace('http://', 'http://u:p@')}/blob?sig=1`
      response.writeHead(307, { location }).end()
    })
    const response = await client().request(
      get(`${first.url}/a`, {
        authorization: new Secret('Basic c2VjcmV0'),
        headers: { cookie: 'a=b', 'x-kept': '1' },
      }),
    )
    expect(await textOf(response)).toBe('blob')
    expect(response.url.href).toBe(`${other.url}/blob?sig=1`)
    expect(seen.map((request) => request.headers.authorization)).toEqual([
      'Basic c2VjcmV0',
      'Basic c2VjcmV0',
      undefined,
    ])
    expect(seen.map((request) => request.headers.cookie)).toEqual(['a=b', 'a=b', undefined])
    expect(seen[2]?.headers['x-kept']).toBe('1')
  })

  it('does not send Authorization back to the first origin either', async () => {
    const seen: (string | undefined)[] = []
    const back = { url: '' }
    const other = await serve(cleanup, (_, response) =>
      response.writeHead(302, { location: `${back.url}/end` }).end(),
    )
    const first = await serve(cleanup, (request, response) => {
      seen.push(request.headers.authorization)
      if (request.url === '/end') response.end('end')
      else response.writeHead(302, { location: other.url }).end()
    })
    back.url = first.url
    await client().request(get(first.url, { authorization: new Secret('Basic x') }))
    expect(seen).toEqual(['Basic x', undefined])
  })

  it('follows five and refuses the sixth', async () => {
    let count = 0
    const server = await serve(cleanup, (request, response) => {
      count += 1
      const left = Number(request.url?.slice(1))
      if (left === 0) response.end('there')
      else response.writeHead(301, { location: `/${left - 1}` }).end()
    })
    expect(await textOf(await client().request(get(`${server.url}/5`)))).toBe('there')
    expect(count).toBe(6)
    expect(await failureOf(client().request(get(`${server.url}/6`)))).toMatchObject({
      code: 'redirect-refused',
    })
  })

  it.each([
    'ftp://127.0.0.1/x',
    'file:///etc/passwd',
    'http://',
    'javascript:1',
  ])('refuses to go to %s', async (location) => {
    const server = await serve(cleanup, (_, response) => response.writeHead(302, { location }).end())
    expect(await failureOf(client().request(get(server.url)))).toMatchObject({
      code: 'redirect-refused',
      kind: 'invalid',
    })
  })

  it('checks the address of every hop', async () => {
    const server = await serve(cleanup, (_, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end()
    })
    expect(await failureOf(client().request(get(server.url)))).toMatchObject({ code: 'address-forbidden' })
  })
})
