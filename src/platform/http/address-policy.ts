import { BlockList, isIP, isIPv6 } from 'node:net'
import { AppError } from '../../core/index.ts'
import { type AddressKind, classifyAddress } from './addresses.ts'

/** Which addresses may be connected to. Public ones always; link-local and metadata addresses never. */
export interface AddressPolicy {
  /**
   * @param host the name that was asked for
   * @param address the address that is about to be connected to
   * @returns why not, or undefined when it may be reached
   */
  refusal(host: string, address: string): AppError | undefined
}

const setting = 'PORTOLAN_ALLOW_PRIVATE_NETWORKS'
const hostPattern = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/

function badEntry(entry: string): AppError {
  return new AppError({
    code: 'network-allow-list-invalid',
    kind: 'invalid',
    publicMessage: `"${entry.slice(0, 100)}" in ${setting} is neither a host name nor an address nor a network.`,
    remedy:
      'Write hosts, addresses and networks separated by commas, for example registry.lan,10.0.0.0/8, or * for all.',
  })
}

function addNetwork(networks: BlockList, entry: string): boolean {
  const [address = '', bits] = entry.split('/')
  if (isIP(address) === 0) return false
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  if (bits === undefined) networks.addAddress(address, family)
  else if (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 'ipv6' ? 128 : 32)) {
    networks.addSubnet(address, Number(bits), family)
  } else throw badEntry(entry)
  return true
}

function refused(host: string, address: string, kind: AddressKind): AppError {
  const shown = host === address ? address : `${host} (${address})`
  if (kind === 'link-local' || kind === 'unusable') {
    return new AppError({
      code: 'address-forbidden',
      kind: 'denied',
      publicMessage: `${shown} is a link-local, metadata or reserved address, which is never contacted.`,
      remedy: 'Check the host name and what it resolves to.',
    })
  }
  return new AppError({
    code: 'address-private',
    kind: 'denied',
    publicMessage: `${shown} is a ${kind} address, which this server does not contact unless it is told to.`,
    remedy: `If that is meant, the operator adds the host or its network to ${setting}.`,
  })
}

/**
 * @param allowed host names, addresses, networks (CIDR) that may be reached though they are private or loopback;
 *   `*` allows all such. The value of PORTOLAN_ALLOW_PRIVATE_NETWORKS, split.
 * @throws AppError `network-allow-list-invalid` (invalid)
 */
export function createAddressPolicy(allowed: readonly string[]): AddressPolicy {
  const hosts = new Set<string>()
  const networks = new BlockList()
  let all = false
  for (const raw of allowed) {
    const entry = raw.trim().toLowerCase()
    if (entry === '') continue
    if (entry === '*') all = true
    else if (addNetwork(networks, entry)) continue
    else if (hostPattern.test(entry)) hosts.add(entry)
    else throw badEntry(raw)
  }
  return {
    refusal(host, address) {
      const kind = classifyAddress(address)
      if (kind === 'public') return undefined
      const open = kind === 'private' || kind === 'loopback'
      if (open && (all || hosts.has(host.toLowerCase()))) return undefined
      if (open && networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return undefined
      return refused(host, address, kind)
    },
  }
}
