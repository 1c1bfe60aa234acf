import dns from 'node:dns'
import type { LookupFunction } from 'node:net'
import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import type { AddressPolicy } from './address-policy.ts'
import { trusting } from './certificates.ts'
import type { HttpClientOptions, ProxySettings, Timeouts } from './ports.ts'

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

/** @returns for a host, the dispatcher that reaches it, and whether a proxy resolves its name */
export function createDispatchers(options: HttpClientOptions, timeouts: Timeouts) {
  const tls = {
    minVersion: 'TLSv1.2' as const,
    rejectUnauthorized: options.verifyTls ?? true,
    ...(options.ca === undefined ? {} : { secureContext: trusting(options.ca) }),
  }
  const shared = {
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.body,
    connections: 64,
    // Layers side by side are faster over several connections than in one that they share.
    allowH2: false,
  }
  const lookup = guardedLookup(options.addresses, options.lookup ?? dns.lookup)
  const direct = new Agent({ ...shared, connect: { ...tls, lookup, timeout: timeouts.connect } })
  const { proxy } = options
  const proxied = proxy && new ProxyAgent({ ...shared, uri: proxy.url.reveal(), requestTls: tls })
  return {
    pick(hostname: string): { dispatcher: Dispatcher; resolvesHere: boolean } {
      if (!proxy || !proxied || bypasses(proxy, hostname)) return { dispatcher: direct, resolvesHere: true }
      return { dispatcher: proxied, resolvesHere: false }
    },
    async close(): Promise<void> {
      await Promise.all([direct.destroy(), proxied?.destroy()])
    },
  }
}
