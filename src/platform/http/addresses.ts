import { BlockList, isIP, isIPv6 } from 'node:net'

/** `link-local` also holds the metadata addresses of clouds; `unusable` is what names no host (multicast, reserved). */
export type AddressKind = 'public' | 'private' | 'loopback' | 'link-local' | 'unusable'

function blockList(subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [address = '', bits = ''] = subnet.split('/')
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4')
  }
  return list
}

// Metadata services outside the link-local ranges: AWS IPv6 (fd00:ec2::254), Google IPv6 (fd20:ce::254),
// Alibaba (100.100.100.200), Azure's host agent (168.63.129.16), Oracle (192.0.0.192).
const kinds: readonly (readonly [AddressKind, BlockList])[] = [
  [
    'link-local',
    blockList([
      '169.254.0.0/16',
      'fe80::/10',
      'fd00:ec2::254/128',
      'fd20:ce::254/128',
      '100.100.100.200/32',
      '168.63.129.16/32',
      '192.0.0.192/32',
    ]),
  ],
  ['loopback', blockList(['127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128'])],
  // RFC 1918, shared address space (RFC 6598), benchmarks (RFC 2544), unique local and site-local IPv6 (RFC 4193, 3879).
  [
    'private',
    blockList([
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '100.64.0.0/10',
      '198.18.0.0/15',
      '192.0.0.0/24',
      'fc00::/7',
      'fec0::/10',
    ]),
  ],
  ['unusable', blockList(['224.0.0.0/4', '240.0.0.0/4', 'ff00::/8'])],
]

const embeddings = blockList(['64:ff9b::/96', '64:ff9b:1::/96'])
const sixToFour = blockList(['2002::/16'])

/** The eight groups of an IPv6 address. */
function groups(address: string): number[] {
  const parts = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const read = (text: string | undefined) =>
    text ? text.split(':').map((group) => Number.parseInt(group, 16)) : []
  const head = read(parts[0])
  const tail = read(parts[1])
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail]
}

function toIPv4(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** The IPv4 address that an IPv6 one leads to by translation (NAT64: RFC 6052; 6to4: RFC 3056), else itself. */
function translated(address: string): string {
  if (!isIPv6(address)) return address
  const parts = groups(address)
  if (embeddings.check(address, 'ipv6')) return toIPv4(parts[6] ?? 0, parts[7] ?? 0)
  if (sixToFour.check(address, 'ipv6')) return toIPv4(parts[1] ?? 0, parts[2] ?? 0)
  return address
}

/**
 * What kind of place an address is. IPv4 written inside IPv6 (mapped, NAT64, 6to4) is judged as IPv4.
 *
 * @param address an IP address without brackets or zone
 */
export function classifyAddress(address: string): AddressKind {
  const family = isIP(address)
  if (family === 0) return 'unusable'
  const target = translated(address)
  const name = isIPv6(target) ? 'ipv6' : 'ipv4'
  return kinds.find(([, list]) => list.check(target, name))?.[0] ?? 'public'
}
