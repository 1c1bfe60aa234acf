import { afterEach, describe, expect, it } from 'vitest'
import { testHttp } from '../../test-support/http.ts'
import { serve, serveRaw } from '../../test-support/http-servers.ts'
import { listen } from '../../test-support/registry-server/listen.ts'
import { Cleanup, failureOf } from '../../test-support/registry-client.ts'
import type { HttpRequest } from './ports.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const client = (options: Parameters<typeof testHttp>[0] = {}) => cleanup.keep(testHttp(options))
const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({ method: 'GET', url, ...more })

describe('faults, each in words', () => {
  const once = { attempts: 1 }

  it('a host that does not exist, which is no sooner there in a second', async () => {
    const http = cleanup.keep(testHttp())
    const error = await failureOf(http.request(get('https://registry.invalid/v2/')))
    expect(http.waits).toEqual([])
    expect(error).toMatchObject({
      code: 'host-not-found',
      kind: 'temporary',
      publicMessage: 'Host registry.invalid cannot be found.',
    })
  })

  it('a port where nobody listens', async () => {
    const server = await listen(() => {})
    await server.close()
    const error = await failureOf(client().request(get(server.url, once)))
    expect(error).toMatchObject({ code: 'connection-refused', kind: 'temporary' })
  })

  it('HTTPS where plain HTTP is spoken', async () => {
    const server = await serve(cleanup, (_, response) => response.end())
    const error = await failureOf(client().request(get(`https://${server.host}/`, once)))
    expect(error).toMatchObject({ code: 'not-tls', kind: 'invalid' })
  })

  it('something that is not HTTP', async () => {
    const host = await serveRaw(cleanup, (socket) => {
      socket.once('data', () => socket.write('SSH-2.0-OpenSSH_9.2\r\n'))
    })
    expect(await failureOf(client().request(get(`http://${host}/`, once)))).toMatchObject({
      code: 'not-http',
    })
  })

  it('a server that takes the request and says nothing', async () => {
    const server = await serve(cleanup, () => {})
    const http = client({ timeouts: { headers: 50 } })
    expect(await failureOf(http.request(get(server.url, once)))).toMatchObject({
      code: 'response-timeout',
      kind: 'temporary',
    })
  })

  it('a body that stops', async () => {
    const server = await serve(cleanup, (_, response) => response.write('begin'))
    const response = await client({ timeouts: { body: 50 } }).request(get(server.url))
    expect(await failureOf(response.bytes(100))).toMatchObject({
      code: 'transfer-stalled',
      kind: 'temporary',
    })
  })

  it('a body that is cut off', async () => {
    const server = await serve(cleanup, (_, response) => {
      response.setHeader('content-length', 100)
      response.write('begin', () => response.destroy())
    })
    const response = await client().request(get(server.url))
    expect(await failureOf(response.bytes(100))).toMatchObject({
      code: 'connection-broken',
      kind: 'temporary',
      remedy: expect.stringContaining('use an https:// address'),
    })
  })

  it('an address that is none', async () => {
    for (const url of ['', 'registry', 'ftp://x/', 'file:///etc/passwd']) {
      expect(await failureOf(client().request(get(url)))).toMatchObject({ code: 'url-invalid' })
    }
  })
})
