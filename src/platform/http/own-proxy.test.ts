import { createServer } from 'node:http'
import { type AddressInfo, connect, type LookupFunction, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hostList, Secret } from '../../core/index.ts'
import { type Authority, createAuthority } from '../../test-support/certificates.ts'
import { testHttp } from '../../test-support/http.ts'
import { serve, textOf } from '../../test-support/http-servers.ts'
import { Cleanup, failureOf } from '../../test-support/registry-client.ts'
import { listen } from '../../test-support/registry-server/listen.ts'
import { createAddressPolicy } from './address-policy.ts'
import type { HttpClientOptions } from './ports.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

interface Tunnel {
  readonly url: string
  /** Targets of CONNECT, with the credentials that came along. */
  readonly asked: string[]
}

/** A proxy that leads every name to one port on loopback. @param refusal status in place of a tunnel */
async function tunnelTo(port: number, refusal?: number): Promise<Tunnel> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((_, response) => response.writeHead(405).end())
  server.on('connect', (message, client: Socket) => {
    sockets.add(client.on('error', () => {}))
    asked.push(`${message.url} ${message.headers['proxy-authorization'] ?? '-'}`)
    if (refusal !== undefined) return client.end(`HTTP/1.1 ${refusal} No\r\n\r\n`)
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      client.pipe(upstream).pipe(client)
    })
    sockets.add(upstream.on('error', () => client.destroy()))
    return undefined
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  cleanup.keep({
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((done) => server.close(done))
    },
  })
  return { url: `http://ann:pw@127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const authority: { value?: Authority } = {}
const world = { port: 0 }
beforeEach(async () => {
  authority.value ??= createAuthority()
  const tls = authority.value.issue(['DNS:registry.example.com'])
  const server = cleanup.keep(await listen((_, response) => response.end('by tunnel'), { tls }))
  world.port = Number(new URL(server.url).port)
})

const unknown: LookupFunction = (_, __, callback) =>
  callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), '')

function client(proxy: string, options: Partial<HttpClientOptions> = {}) {
  return cleanup.keep(
    testHttp({
      ca: authority.value?.cert ?? '',
      ownProxy: new Secret(proxy),
      lookup: unknown,
      retry: { attempts: 1 },
      ...options,
    }),
  )
}

const get = (url: string) => ({ method: 'GET', url }) as const

describe("a connection's own proxy", () => {
  it('leads to every host, signed in, in place of the process’s proxy and its exceptions', async () => {
    const own = await tunnelTo(world.port)
    const shared = await tunnelTo(world.port)
    const http = client(own.url, {
      proxy: { url: new Secret(shared.url), bypass: ['registry.example.com'] },
    })
    expect(await textOf(await http.request(get('https://registry.example.com/v2/')))).toBe('by tunnel')
    expect(own.asked).toEqual(['registry.example.com:443 Basic YW5uOnB3'])
    expect(shared.asked).toEqual([])
  })

  it('verifies the certificate of the registry behind it', async () => {
    const own = await tunnelTo(world.port)
    const stranger = client(own.url, { ca: createAuthority().cert })
    expect(await failureOf(stranger.request(get('https://registry.example.com/')))).toMatchObject({
      code: 'certificate-untrusted',
    })
    expect(await failureOf(client(own.url).request(get('https://other.example.com/')))).toMatchObject({
      code: 'certificate-wrong-host',
    })
  })

  it('is refused where the operator does not name it, before anything is sent', async () => {
    const own = await tunnelTo(world.port)
    const options = { proxyHosts: hostList('PORTOLAN_ALLOW_CONNECTION_PROXIES', ['proxy.lan']) }
    expect(() => client(own.url, options)).toThrow(
      expect.objectContaining({
        code: 'proxy-not-allowed',
        remedy: expect.stringContaining('PORTOLAN_ALLOW_CONNECTION_PROXIES'),
      }),
    )
    expect(own.asked).toEqual([])
  })

  it('is not itself a way to an address that is refused', async () => {
    const strict = { addresses: createAddressPolicy([]) }
    expect(() => client('http://127.0.0.1:9/', strict)).toThrow(
      expect.objectContaining({ code: 'address-private' }),
    )
    expect(() => client('http://169.254.169.254/', { addresses: createAddressPolicy(['*']) })).toThrow(
      expect.objectContaining({ code: 'address-forbidden' }),
    )
    const inside: LookupFunction = (host, _, callback) =>
      host === 'localhost'
        ? callback(null, [{ address: '10.0.0.9', family: 4 }])
        : unknown(host, {}, callback)
    const http = client('http://localhost:3128', { ...strict, lookup: inside })
    expect(await failureOf(http.request(get('https://registry.example.com/')))).toMatchObject({
      code: 'address-private',
      publicMessage: expect.stringContaining('localhost (10.0.0.9)'),
    })
  })

  it('is no way around the address policy: literals, known names, and names that resolve here', async () => {
    const own = await tunnelTo(world.port)
    const inside: LookupFunction = (host, _, callback) =>
      host === 'metadata.example.com'
        ? callback(null, [{ address: '169.254.169.254', family: 4 }])
        : callback(null, [{ address: '127.0.0.1', family: 4 }])
    const proxy = own.url.replace('127.0.0.1', 'proxy.localhost')
    const http = client(proxy, { lookup: inside, addresses: createAddressPolicy(['proxy.localhost']) })
    for (const host of [
      '169.254.169.254',
      '10.0.0.1',
      'localhost',
      'metadata.google.internal',
      'metadata.example.com',
    ]) {
      expect(await failureOf(http.request(get(`https://${host}/`))), host).toMatchObject({ kind: 'denied' })
      expect(await failureOf(http.request(get(`http://${host}/`))), host).toMatchObject({ kind: 'denied' })
    }
    expect(own.asked).toEqual([])
  })

  it.each([407, 502])('says that the proxy failed when it answers %i', async (status) => {
    const own = await tunnelTo(world.port, status)
    const error = await failureOf(client(own.url).request(get('https://registry.example.com/')))
    expect(error).toMatchObject({ code: 'proxy-failed', kind: 'temporary' })
    expect(error.publicMessage).toContain(`127.0.0.1:${new URL(own.url).port}`)
    expect(JSON.stringify([error.publicMessage, error.remedy])).not.toContain('pw')
  })

  it('says that the proxy failed when it refuses plain HTTP, or is not there', async () => {
    const plain = await serve(cleanup, (_, response) => response.writeHead(407).end())
    expect(await failureOf(client(plain.url).request(get('http://registry.example.com/')))).toMatchObject({
      code: 'proxy-failed',
    })
    expect(
      await failureOf(client('http://127.0.0.1:1').request(get('https://registry.example.com/'))),
    ).toMatchObject({
      code: 'proxy-failed',
      publicMessage: expect.stringContaining('127.0.0.1:1'),
    })
  })
})

describe('what is not protected', () => {
  const setting = 'PORTOLAN_ALLOW_INSECURE_REGISTRIES'

  it('plain HTTP goes only to hosts that the operator names, the first one or one that is redirected to', async () => {
    const target = await serve(cleanup, (_, response) => response.end('plain'))
    const first = await serve(cleanup, (_, response) =>
      response.writeHead(302, { location: target.url }).end(),
    )
    const http = (hosts: string[]) => cleanup.keep(testHttp({ insecureHosts: hostList(setting, hosts) }))
    expect(await failureOf(http([]).request(get(target.url)))).toMatchObject({
      code: 'insecure-not-allowed',
      kind: 'denied',
      remedy: expect.stringContaining(setting),
    })
    expect(await failureOf(http([first.host]).request(get(first.url)))).toMatchObject({
      code: 'insecure-not-allowed',
    })
    expect(await textOf(await http(['127.0.0.1']).request(get(first.url)))).toBe('plain')
  })

  it('certificates are verified, whatever a client asks for, except those of named hosts', async () => {
    const tls = createAuthority().issue(['IP:127.0.0.1'])
    const server = cleanup.keep(await listen((_, response) => response.end('unverified'), { tls }))
    const http = (hosts: string[]) =>
      cleanup.keep(
        testHttp({ verifyTls: false, insecureHosts: hostList(setting, hosts), retry: { attempts: 1 } }),
      )
    expect(await failureOf(http(['other.lan']).request(get(server.url)))).toMatchObject({
      code: 'certificate-untrusted',
    })
    expect(await textOf(await http([server.host]).request(get(server.url)))).toBe('unverified')
  })
})
