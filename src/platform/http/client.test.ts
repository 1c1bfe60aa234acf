import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AddressInfo, createServer, type LookupFunction, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { type AppError, Secret, systemClock, toAppError } from '../../core/index.ts'
import { listen, type Listening } from '../../test-support/registry-server/listen.ts'
import { testHttp } from '../../test-support/http.ts'
import { createAddressPolicy } from './address-policy.ts'
import { createHttpClient } from './client.ts'
import type { HttpRequest, HttpResponse } from './ports.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function keep<T extends { close(): unknown }>(thing: T): T {
  open.push(thing)
  return thing
}

async function serve(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listening> {
  return keep(await listen(handler))
}

async function rawServer(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    onConnection(socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  keep({
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((done) => server.close(done))
    },
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const client = (options: Parameters<typeof testHttp>[0] = {}) => keep(testHttp(options))

async function failure(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => {
      throw new Error('should have failed')
    },
    (error: unknown) => toAppError(error),
  )
}

async function text(response: HttpResponse): Promise<string> {
  return Buffer.from(await response.bytes(1 << 20)).toString()
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({ method: 'GET', url, ...more })

describe('answers', () => {
  it('gives any status, headers that stand several times, and the body', async () => {
    const server = await serve((_, response) => {
      const challenges = ['www-authenticate', 'Basic realm="a"', 'www-authenticate', 'Bearer realm="b"']
      response.writeHead(404, [...challenges, 'x-one', '1'])
      response.end('nothing here')
    })
    const response = await client().request(get(`${server.url}/a?b=c`))
    expect(response.status).toBe(404)
    expect(response.headerValues('www-authenticate')).toEqual(['Basic realm="a"', 'Bearer realm="b"'])
    expect(response.header('x-one')).toBe('1')
    expect(response.header('absent')).toBeUndefined()
    expect(await text(response)).toBe('nothing here')
  })

  it('caps a body, announced or not', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/announced') response.setHeader('content-length', 2000)
      response.end(Buffer.alloc(2000))
    })
    for (const path of ['/announced', '/chunked']) {
      const response = await client().request(get(server.url + path))
      expect(await failure(response.bytes(1999))).toMatchObject({
        code: 'response-too-large',
        kind: 'invalid',
      })
    }
    const response = await client().request(get(`${server.url}/chunked`))
    expect(await response.bytes(2000)).toHaveLength(2000)
  })

  it('ends the transfer when a reader leaves early', async () => {
    const closed = Promise.withResolvers<void>()
    const server = await serve((_, response) => {
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
    const server = await serve(() => reached.resolve())
    const controller = new AbortController()
    const asked = failure(client().request(get(server.url, { signal: controller.signal })))
    await reached.promise
    controller.abort()
    expect(await asked).toMatchObject({ code: 'cancelled', kind: 'cancelled' })
  })
})

describe('redirects', () => {
  it('keeps Authorization within the origin and drops it, with cookies, at another', async () => {
    const seen: IncomingMessage[] = []
    const other = await serve((request, response) => {
      seen.push(request)
      response.end('blob')
    })
    const first = await serve((request, response) => {
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
    expect(await text(response)).toBe('blob')
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
    const other = await serve((_, response) => response.writeHead(302, { location: `${back.url}/end` }).end())
    const first = await serve((request, response) => {
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
    const server = await serve((request, response) => {
      count += 1
      const left = Number(request.url?.slice(1))
      if (left === 0) response.end('there')
      else response.writeHead(301, { location: `/${left - 1}` }).end()
    })
    expect(await text(await client().request(get(`${server.url}/5`)))).toBe('there')
    expect(count).toBe(6)
    expect(await failure(client().request(get(`${server.url}/6`)))).toMatchObject({
      code: 'redirect-refused',
    })
  })

  it.each([
    'ftp://127.0.0.1/x',
    'file:///etc/passwd',
    'http://',
    'javascript:1',
  ])('refuses to go to %s', async (location) => {
    const server = await serve((_, response) => response.writeHead(302, { location }).end())
    expect(await failure(client().request(get(server.url)))).toMatchObject({
      code: 'redirect-refused',
      kind: 'invalid',
    })
  })

  it('checks the address of every hop', async () => {
    const server = await serve((_, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end()
    })
    expect(await failure(client().request(get(server.url)))).toMatchObject({ code: 'address-forbidden' })
  })
})

describe('addresses', () => {
  const strict = (lookup?: LookupFunction) =>
    keep(
      createHttpClient({
        addresses: createAddressPolicy([]),
        clock: systemClock,
        ...(lookup ? { lookup } : {}),
        retry: { attempts: 1 },
      }),
    )

  it.each([
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://0x7f.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://10.0.0.1/',
  ])('refuses the literal %s, naming the setting', async (url) => {
    const error = await failure(strict().request(get(url)))
    expect(error).toMatchObject({ code: 'address-private', kind: 'denied' })
    expect(error.remedy).toContain('PORTOLAN_ALLOW_PRIVATE_NETWORKS')
  })

  it('judges what a name resolves to, in the very lookup that connects', async () => {
    let lookups = 0
    const inside: LookupFunction = (_, __, callback) => {
      lookups += 1
      callback(null, [{ address: '169.254.169.254', family: 4 }])
    }
    const error = await failure(strict(inside).request(get('https://localhost/v2/')))
    expect(error).toMatchObject({ code: 'address-forbidden' })
    expect(error.publicMessage).toContain('localhost (169.254.169.254)')
    expect(lookups).toBe(1)
  })

  it('connects to the addresses of a name that are allowed, and to no other', async () => {
    const server = await serve((_, response) => response.end('here'))
    const mixed: LookupFunction = (_, __, callback) => {
      callback(null, [
        { address: '169.254.169.254', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ])
    }
    const http = client({ addresses: createAddressPolicy(['localhost']), lookup: mixed })
    expect(await text(await http.request(get(server.url.replace('127.0.0.1', 'localhost'))))).toBe('here')
  })
})

describe('retries', () => {
  it('waits as Retry-After says, in seconds or as a date', async () => {
    const now = Date.UTC(2026, 0, 1)
    const answers = ['7', 'Thu, 01 Jan 2026 00:00:09 GMT']
    const server = await serve((_, response) => {
      const after = answers.shift()
      if (after === undefined) response.end('ok')
      else response.writeHead(429, { 'retry-after': after }).end()
    })
    const http = client({ clock: { now: () => now } })
    expect(await text(await http.request(get(server.url)))).toBe('ok')
    expect(http.waits).toEqual([7000, 9000])
  })

  it.each([
    429, 502, 503, 504,
  ])('tries %i five times with growing waits, then passes it on', async (status) => {
    let count = 0
    const server = await serve((_, response) => {
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
    const server = await serve((_, response) => {
      count += 1
      response.writeHead(status).end()
    })
    await client().request(get(server.url))
    expect(count).toBe(1)
  })

  it('does not wait for an hour: the answer is passed on', async () => {
    const server = await serve((_, response) => response.writeHead(429, { 'retry-after': '3600' }).end())
    const http = client()
    expect((await http.request(get(server.url))).status).toBe(429)
    expect(http.waits).toEqual([])
  })

  it('tries again after a broken connection, and says so when none helped', async () => {
    let count = 0
    const server = await serve((request, response) => {
      count += 1
      if (count === 3) response.end('ok')
      else request.socket.destroy()
    })
    const http = client()
    expect(await text(await http.request(get(server.url)))).toBe('ok')
    count = 10
    const error = await failure(client().request(get(server.url, { attempts: 2 })))
    expect(error).toMatchObject({ code: 'connection-broken', kind: 'temporary' })
    expect(count).toBe(12)
  })

  it('stops waiting when cancelled', async () => {
    const server = await serve((_, response) => response.writeHead(503).end())
    const controller = new AbortController()
    const http = keep(
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
    const error = await failure(http.request(get(server.url, { signal: controller.signal })))
    expect(error).toMatchObject({ code: 'cancelled' })
  })
})

describe('faults, each in words', () => {
  const once = { attempts: 1 }

  it('a host that does not exist', async () => {
    const error = await failure(client().request(get('https://registry.invalid/v2/')))
    expect(error).toMatchObject({
      code: 'host-not-found',
      kind: 'not-found',
      publicMessage: 'Host registry.invalid cannot be found.',
    })
  })

  it('a port where nobody listens', async () => {
    const server = await listen(() => {})
    await server.close()
    const error = await failure(client().request(get(server.url, once)))
    expect(error).toMatchObject({ code: 'connection-refused', kind: 'temporary' })
  })

  it('HTTPS where plain HTTP is spoken', async () => {
    const server = await serve((_, response) => response.end())
    const error = await failure(client().request(get(`https://${server.host}/`, once)))
    expect(error).toMatchObject({ code: 'not-tls', kind: 'invalid' })
  })

  it('something that is not HTTP', async () => {
    const host = await rawServer((socket) => {
      socket.once('data', () => socket.write('SSH-2.0-OpenSSH_9.2\r\n'))
    })
    expect(await failure(client().request(get(`http://${host}/`, once)))).toMatchObject({ code: 'not-http' })
  })

  it('a server that takes the request and says nothing', async () => {
    const server = await serve(() => {})
    const http = client({ timeouts: { headers: 50 } })
    expect(await failure(http.request(get(server.url, once)))).toMatchObject({
      code: 'response-timeout',
      kind: 'temporary',
    })
  })

  it('a body that stops', async () => {
    const server = await serve((_, response) => response.write('begin'))
    const response = await client({ timeouts: { body: 50 } }).request(get(server.url))
    expect(await failure(response.bytes(100))).toMatchObject({ code: 'transfer-stalled', kind: 'temporary' })
  })

  it('a body that is cut off', async () => {
    const server = await serve((_, response) => {
      response.setHeader('content-length', 100)
      response.write('begin', () => response.destroy())
    })
    const response = await client().request(get(server.url))
    expect(await failure(response.bytes(100))).toMatchObject({ code: 'connection-broken', kind: 'temporary' })
  })

  it('an address that is none', async () => {
    for (const url of ['', 'registry', 'ftp://x/', 'file:///etc/passwd']) {
      expect(await failure(client().request(get(url)))).toMatchObject({ code: 'url-invalid' })
    }
  })
})

describe('secrets', () => {
  it('stand in no error, however deep it is looked into', async () => {
    const server = await serve((request) => request.socket.destroy())
    const authorization = new Secret('Basic dG9wOnNlY3JldA==')
    const error = await failure(client().request(get(server.url, { authorization, attempts: 1 })))
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('dG9wOnNlY3JldA')
  })
})

describe('proxy', () => {
  it('goes through it, signed in, except to what bypasses it', async () => {
    const asked: string[] = []
    const proxy = await serve((request, response) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`)
      response.end('by proxy')
    })
    const direct = await serve((_, response) => response.end('direct'))
    const http = client({
      proxy: {
        url: new Secret(proxy.url.replace('//127.0.0.1', '//ann:pw@localhost')),
        bypass: ['127.0.0.1'],
      },
    })
    expect(await text(await http.request(get('http://registry.example.com/v2/')))).toBe('by proxy')
    expect(asked).toEqual(['http://registry.example.com/v2/ Basic YW5uOnB3'])
    expect(await text(await http.request(get(direct.url)))).toBe('direct')
  })

  it('is no way around the address policy', async () => {
    const proxy = await serve((_, response) => response.end('by proxy'))
    const http = client({
      addresses: createAddressPolicy([]),
      proxy: { url: new Secret(proxy.url), bypass: [] },
    })
    for (const url of [
      'http://169.254.169.254/',
      'http://localhost/',
      'http://metadata.google.internal/',
      'http://10.0.0.1/',
    ]) {
      expect(await failure(http.request(get(url)))).toMatchObject({ kind: 'denied' })
    }
  })
})
