import { type AddressInfo, createServer } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../core/index.ts'
import { testHttp } from '../../test-support/http.ts'
import { serve, textOf } from '../../test-support/http-servers.ts'
import { Cleanup, failureOf } from '../../test-support/registry-client.ts'
import { createAddressPolicy } from './address-policy.ts'
import { createHttpClient } from './client.ts'
import type { HttpRequest } from './ports.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const client = (options: Parameters<typeof testHttp>[0] = {}) => cleanup.keep(testHttp(options))
const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({ method: 'GET', url, ...more })

describe('answers', () => {
  it('gives any status, headers that stand several times, and the body', async () => {
    const server = await serve(cleanup, (_, response) => {
      const challenges = ['www-authenticate', 'Basic realm="a"', 'www-authenticate', 'Bearer realm="b"']
      response.writeHead(404, [...challenges, 'x-one', '1'])
      response.end('nothing here')
    })
    const response = await client().request(get(`${server.url}/a?b=c`))
    expect(response.status).toBe(404)
    expect(response.headerValues('www-authenticate')).toEqual(['Basic realm="a"', 'Bearer realm="b"'])
    expect(response.header('x-one')).toBe('1')
    expect(response.header('absent')).toBeUndefined()
    expect(await textOf(response)).toBe('nothing here')
  })

  it('caps a body, announced or not', async () => {
    const server = await serve(cleanup, (request, response) => {
      if (request.url === '/announced') response.setHeader('content-length', 2000)
      response.end(Buffer.alloc(2000))
    })
    for (const path of ['/announced', '/chunked']) {
      const response = await client().request(get(server.url + path))
      expect(await failureOf(response.bytes(1999))).toMatchObject({
        code: 'response-too-large',
        kind: 'invalid',
      })
    }
    const response = await client().request(get(`${server.url}/chunked`))
    expect(await response.bytes(2000)).toHaveLength(2000)
  })

  it('keeps connections after a HEAD', async () => {
    const sockets = new Set<unknown>()
    const server = await serve(cleanup, (request, response) => {
      sockets.add(request.socket)
      response.setHeader('content-length', 20)
      response.end()
    })
    const http = client()
    for (let number = 0; number < 20; number += 1)
      await (await http.request({ method: 'HEAD', url: server.url })).discard()
    // One may not be free yet when the next request comes.
    expect(sockets.size).toBeLessThanOrEqual(4)
  })

  it('answers all the same where a HEAD is answered with a body', async () => {
    const bodies = createServer((socket) => {
      let owed = ''
      socket.on('error', () => undefined)
      // The body comes when the next request is under way already.
      socket.on('data', () => {
        socket.write(`${owed}HTTP/1.1 200 OK\r\nx-digest: right\r\ncontent-length: 9\r\n\r\n`)
        owed = 'misplaced'
      })
    })
    await new Promise<void>((resolve) => bodies.listen(0, '127.0.0.1', resolve))
    const http = client()
    cleanup.keep({ close: async () => void bodies.close() })
    const url = `http://127.0.0.1:${(bodies.address() as AddressInfo).port}`
    const look = async (): Promise<string | undefined> => {
      const response = await http.request({ method: 'HEAD', url })
      await response.discard()
      return response.header('x-digest')
    }
    for (let turn = 0; turn < 3; turn += 1)
      expect(await Promise.all(Array.from({ length: 20 }, look))).toEqual(Array(20).fill('right'))
  })

  it('does not wait for the end of what nobody wants', async () => {
    const closed = Promise.withResolvers<void>()
    const server = await serve(cleanup, (request, response) => {
      if (request.url === '/moved') return void response.end('moved')
      response.on('close', () => closed.resolve())
      response.writeHead(302, { location: '/moved' }).write('and then nothing for ever')
    })
    const http = client({ timeouts: { rest: 1 } })
    expect(await textOf(await http.request(get(server.url)))).toBe('moved')
    await closed.promise
  })

  it('ends the transfer when a reader leaves early', async () => {
    const closed = Promise.withResolvers<void>()
    const server = await serve(cleanup, (_, response) => {
      response.on('close', () => closed.resolve())
      response.write('first')
    })
    const response = await client().request(get(server.url))
    for await (const chunk of response.stream()) {
      expect(Buffer.from(chunk).toString()).toBe('first')
      break
    }
    await closed.promise
  })

  it('is cancelled by its signal', async () => {
    const reached = Promise.withResolvers<void>()
    const server = await serve(cleanup, () => reached.resolve())
    const controller = new AbortController()
    const asked = failureOf(client().request(get(server.url, { signal: controller.signal })))
    await reached.promise
    controller.abort()
    expect(await asked).toMatchObject({ code: 'cancelled', kind: 'cancelled' })
  })
})

describe('retries', () => {
  it('waits as Retry-After says, in seconds or as a date', async () => {
    const now = Date.UTC(2026, 0, 1)
    const answers = ['7', 'Thu, 01 Jan 2026 00:00:09 GMT']
    const server = await serve(cleanup, (_, response) => {
      const after = answers.shift()
      if (after === undefined) response.end('ok')
      else response.writeHead(429, { 'retry-after': after }).end()
    })
    const http = client({ clock: { now: () => now } })
    expect(await textOf(await http.request(get(server.url)))).toBe('ok')
    expect(http.waits).toEqual([7000, 9000])
  })

  it('waits as another header says, and not where that has passed', async () => {
    const now = Date.UTC(2026, 0, 1)
    const answers = [now / 1000 + 5, now / 1000 - 5]
    const server = await serve(cleanup, (_, response) => {
      const at = answers.shift()
      if (at === undefined) response.end('ok')
      else response.writeHead(429, { 'x-retry-at': String(at), 'retry-after': '30' }).end()
    })
    const http = client({ clock: { now: () => now } })
    const retryAt: HttpRequest['retryAt'] = (response) => Number(response.header('x-retry-at')) * 1000
    expect(await textOf(await http.request(get(server.url, { retryAt })))).toBe('ok')
    expect(http.waits).toEqual([5000, 0])
  })

  it.each([
    429, 502, 503, 504, 520,
  ])('tries %i five times with growing waits, then passes it on', async (status) => {
    let count = 0
    const server = await serve(cleanup, (_, response) => {
      count += 1
      response.writeHead(status).end()
    })
    const http = client()
    expect((await http.request(get(server.url))).status).toBe(status)
    expect(count).toBe(5)
    expect(http.waits).toEqual([2000, 4000, 8000, 16_000])
  })

  it.each([200, 401, 403, 404, 500])('does not repeat %i', async (status) => {
    let count = 0
    const server = await serve(cleanup, (_, response) => {
      count += 1
      response.writeHead(status).end()
    })
    await client().request(get(server.url))
    expect(count).toBe(1)
  })

  it('does not wait for an hour: the answer is passed on', async () => {
    const server = await serve(cleanup, (_, response) =>
      response.writeHead(429, { 'retry-after': '3600' }).end(),
    )
    const http = client()
    expect((await http.request(get(server.url))).status).toBe(429)
    expect(http.waits).toEqual([])
  })

  it('tries again after a broken connection, and says so when none helped', async () => {
    let count = 0
    const server = await serve(cleanup, (request, response) => {
      count += 1
      if (count === 3) response.end('ok')
      else request.socket.destroy()
    })
    const http = client()
    expect(await textOf(await http.request(get(server.url)))).toBe('ok')
    count = 10
    const error = await failureOf(client().request(get(server.url, { attempts: 2 })))
    expect(error).toMatchObject({ code: 'connection-broken', kind: 'temporary' })
    expect(count).toBe(12)
  })

  it('stops waiting when cancelled', async () => {
    const server = await serve(cleanup, (_, response) => response.writeHead(503).end())
    const controller = new AbortController()
    const http = cleanup.keep(
      createHttpClient({
        addresses: createAddressPolicy(['*']),
        clock: systemClock,
        retry: {
          wait: (_, signal) =>
            new Promise((_done, failed) => {
              signal?.addEventListener('abort', () => failed(signal.reason))
              controller.abort()
            }),
        },
      }),
    )
    const error = await failureOf(http.request(get(server.url, { signal: controller.signal })))
    expect(error).toMatchObject({ code: 'cancelled' })
  })
})

describe('secrets', () => {
  it('stand in no error, however deep it is looked into', async () => {
    const server = await serve(cleanup, (request) => request.socket.destroy())
    const authorization = new Secret('Basic dG9wOnNlY3JldA==')
    const error = await failureOf(client().request(get(server.url, { authorization, attempts: 1 })))
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('dG9wOnNlY3JldA')
  })
})
