import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Secret } from '../core/index.ts'
import type { HttpFactory } from '../platform/http/index.ts'
import { type Authority, createAuthority, type Identity } from './certificates.ts'
import { testHttp } from './http.ts'
import type { InterceptedAnswer, InterceptedRequest } from './intercepted.ts'
import { passOn } from './pass-on.ts'
import type { Quota } from './quota.ts'

/** Who answers for a host: a handler, or a server on loopback that requests are passed on to, as by a reverse proxy. */
export type InternetHost = RequestListener | { readonly url: string }

/** An internet of our own: the names of real services, each answered by a fake on loopback, with real TLS. */
export interface Internet {
  /** A factory of clients that reach only the named hosts. */
  readonly http: HttpFactory
  /** Requests so far, as `GET https://hub.example.com/v2/x?y=1`. */
  readonly requests: readonly string[]
  /** Asked before the hosts are: an answer in their place, for faults; undefined lets the request pass. May be changed at any time. */
  intercept: (
    request: InterceptedRequest,
  ) => InterceptedAnswer | undefined | Promise<InterceptedAnswer | undefined>
  /** PEM of the authority that signed the certificates. */
  readonly ca: string
  /** Of the proxy that leads there: `http://127.0.0.1:PORT`. */
  readonly proxyUrl: string
  /** What its platform allows, where that is enforced. */
  readonly quota: Quota | undefined
  close(): Promise<void>
}

export interface InternetOptions {
  readonly delay?: (url: URL) => Promise<void>
  readonly quota?: Quota | undefined
}

/**
 * Starts it. Clients go through a proxy that connects every name to one TLS server on loopback, so that host names,
 * certificates, origins and redirects are as they are in the world.
 *
 * @param hosts by name; `*.example.com` answers for all below it
 * @param options.delay called before each answer, for faults and slow networks
 * @param options.quota refuses what is over it
 */
export async function startInternet(
  hosts: Readonly<Record<string, InternetHost>>,
  options: InternetOptions = {},
): Promise<Internet> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const { authority, identity } = certificatesOf(Object.keys(hosts))
  const server = createTlsServer(identity, (message, response) => {
    void answer(message, response)
  })
  const proxy = createServer((_message, response) => response.writeHead(405).end())

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '/', `https://${message.headers.host ?? ''}`)
    requests.push(`${message.method} ${url.href}`)
    const request = { method: message.method ?? 'GET', url, headers: message.headers }
    const refusal = options.quota && refusalOf(options.quota, request, response)
    await options.delay?.(url)
    const instead = refusal ?? (await internet.intercept(request))
    if (instead?.silent) return
    const host = hostFor(hosts, url.hostname)
    if (instead !== undefined) response.writeHead(instead.status, instead.headers).end(instead.body ?? '')
    else if (host === undefined) response.writeHead(421).end()
    else if (typeof host === 'function') host(message, response)
    else passOn(new URL(message.url ?? '/', host.url), message, response)
  }

  proxy.on('connect', (message, client: Socket, head: Buffer) => {
    const name = (message.url ?? '').replace(/:\d+$/, '')
    sockets.add(client)
    client.on('error', () => undefined).on('close', () => sockets.delete(client))
    if (hostFor(hosts, name) === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
      return
    }
    const { port } = server.address() as AddressInfo
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.write(head)
      client.pipe(upstream).pipe(client)
    })
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
  })
  for (const each of [server, proxy])
    await new Promise<void>((done) => each.listen(0, '127.0.0.1', () => done()))
  const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const internet: Internet = {
    requests,
    quota: options.quota,
    intercept: () => undefined,
    proxyUrl,
    ca: authority.cert,
    http: (tls) =>
      testHttp({ ca: authority.cert, ...tls, proxy: { url: new Secret(proxyUrl), bypass: ['127.0.0.1'] } }),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      proxy.closeAllConnections()
      await Promise.all([server, proxy].map((each) => new Promise((done) => each.close(done))))
    },
  }
  return internet
}

/** Counts a request that has come in until it is answered. */
function refusalOf(
  quota: Quota,
  request: InterceptedRequest,
  response: ServerResponse,
): InterceptedAnswer | undefined {
  const { refusal, headers, done } = quota.admit(request)
  response.once('close', () => done(response.statusCode))
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  return refusal
}

interface Certificates {
  readonly authority: Authority
  readonly identity: Identity
}

/** Keys take longer to make than most tests: a process makes them once for the same hosts. */
const made = new Map<string, Certificates>()

function certificatesOf(hosts: readonly string[]): Certificates {
  const known = made.get(hosts.join())
  if (known !== undefined) return known
  const authority = createAuthority()
  const certificates = { authority, identity: authority.issue(hosts.map((name) => `DNS:${name}`)) }
  made.set(hosts.join(), certificates)
  return certificates
}

function hostFor(hosts: Readonly<Record<string, InternetHost>>, name: string): InternetHost | undefined {
  return hosts[name] ?? hosts[`*.${name.slice(name.indexOf('.') + 1)}`]
}
