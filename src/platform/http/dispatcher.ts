import dns from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import type { AddressPolicy } from './address-policy.ts'
import { trusting } from './certificates.ts'
import type { HttpClientOptions, ProxySettings, Timeouts } from './ports.ts'
import { insecureNotAllowed, proxyNotAllowed } from './refusals.ts'

/** A resolver whose answers have passed the policy: what it gives is what is connected to, so no second answer can differ. */
export function guardedLookup(addresses: AddressPolicy, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '')
      const all =
        typeof found === 'string' ? [{ address: found, family: found.includes(':') ? 6 : 4 }] : found
      const open = all.filter(({ address }) => addresses.refusal(hostname, address) === undefined)
      const [first] = open
      if (!first) {
        const refusal = all[0] && addresses.refusal(hostname, all[0].address)
        return callback(refusal ?? Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '')
      }
      return options.all ? callback(null, open) : callback(null, first.address, first.family)
    })
  }
}

function bypasses(proxy: ProxySettings, hostname: string): boolean {
  return proxy.bypass.some((entry) => {
    const suffix = entry.toLowerCase().replace(/^\*?\./, '')
    return suffix !== '' && (suffix === '*' || hostname === suffix || hostname.endsWith(`.${suffix}`))
  })
}

/** How a host is reached. */
export interface Way {
  readonly dispatcher: Dispatcher
  /** `host:port` of the proxy in between, which resolves the name at its side. */
  readonly proxy?: string
}

export interface Dispatchers {
  /** @throws AppError `insecure-not-allowed` (denied) for plain HTTP where the operator does not allow it */
  pick(url: URL): Way
  close(): Promise<void>
}

/** @throws AppError `certificate-invalid`, `proxy-not-allowed`, and the address policy's for a proxy of the client's own */
export function createDispatchers(options: HttpClientOptions, timeouts: Timeouts): Dispatchers {
  const { insecureHosts } = options
  const mayBeInsecure = (host: string): boolean => insecureHosts?.has(host) ?? true
  const proxy = proxyOf(options)
  const make = agents(options, timeouts, proxy?.url)
  const made = new Map<string, Dispatcher>()
  const kept = (kind: 'direct' | 'proxied', verify: boolean): Dispatcher => {
    const key = `${kind} ${verify}`
    const dispatcher = made.get(key) ?? make[kind](verify)
    made.set(key, dispatcher)
    return dispatcher
  }
  // What cannot be made (a damaged certificate) is said now, not at the first request.
  kept(proxy === undefined ? 'direct' : 'proxied', options.verifyTls ?? true)
  return {
    pick(url) {
      if (url.protocol === 'http:' && insecureHosts?.has(url.host) === false)
        throw insecureNotAllowed(url.host, insecureHosts)
      const verify = (options.verifyTls ?? true) || !mayBeInsecure(url.host)
      const host = url.hostname.replace(/^\[|\]$/g, '')
      if (proxy === undefined || bypasses(proxy, host)) return { dispatcher: kept('direct', verify) }
      return { dispatcher: kept('proxied', verify), proxy: new URL(proxy.url.reveal()).host }
    },
    async close() {
      await Promise.all([...made.values()].map((dispatcher) => dispatcher.destroy()))
    },
  }
}

/** The proxy of a client: its own, or the process's. */
function proxyOf({ ownProxy, proxy, proxyHosts, addresses }: HttpClientOptions): ProxySettings | undefined {
  if (ownProxy === undefined) return proxy
  const { host, hostname } = new URL(ownProxy.reveal())
  if (proxyHosts?.has(host) === false) throw proxyNotAllowed(host, proxyHosts)
  const bare = hostname.replace(/^\[|\]$/g, '')
  const refusal = isIP(bare) === 0 ? undefined : addresses.refusal(bare, bare)
  if (refusal) throw refusal
  return { url: ownProxy, bypass: [] }
}

type MakeAgent = (verify: boolean) => Dispatcher

function agents(
  options: HttpClientOptions,
  timeouts: Timeouts,
  proxy: ProxySettings['url'] | undefined,
): Readonly<Record<'direct' | 'proxied', MakeAgent>> {
  const secureContext = options.ca === undefined ? undefined : trusting(options.ca)
  const tls = (verify: boolean) => ({
    minVersion: 'TLSv1.2' as const,
    rejectUnauthorized: verify,
    ...(secureContext === undefined ? {} : { secureContext }),
  })
  const shared = {
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.body,
    connections: 64,
    // Layers side by side are faster over several connections than in one that they share.
    allowH2: false,
  }
  const lookup = guardedLookup(options.addresses, options.lookup ?? dns.lookup)
  const own = options.ownProxy === undefined ? {} : { proxyTls: { ...tls(true), lookup } }
  return {
    direct: (verify) =>
      new Agent({ ...shared, connect: { ...tls(verify), lookup, timeout: timeouts.connect } }),
    proxied: (verify) =>
      new ProxyAgent({
        ...shared,
        uri: proxy?.reveal() ?? '',
        requestTls: tls(verify),
        connectTimeout: timeouts.connect,
        ...own,
      }),
  }
}
