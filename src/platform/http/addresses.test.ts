import { describe, expect, it } from 'vitest'
import { createAddressPolicy } from './address-policy.ts'
import { classifyAddress } from './addresses.ts'

describe('classifyAddress', () => {
  it.each([
    ['8.8.8.8', 'public'],
    ['2606:4700::1111', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.255.0.9', 'loopback'],
    ['0.0.0.0', 'loopback'],
    ['::1', 'loopback'],
    ['::', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd12:3456::1', 'private'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['64:ff9b::808:808', 'public'],
    ['2002:a00:1::', 'private'],
    ['169.254.169.254', 'link-local'],
    ['::ffff:169.254.169.254', 'link-local'],
    ['64:ff9b::a9fe:a9fe', 'link-local'],
    ['2002:a9fe:a9fe::1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fd00:ec2::254', 'link-local'],
    ['100.100.100.200', 'link-local'],
    ['168.63.129.16', 'link-local'],
    ['224.0.0.1', 'unusable'],
    ['255.255.255.255', 'unusable'],
    ['ff02::1', 'unusable'],
    ['no address', 'unusable'],
  ])('%s is %s', (address, kind) => {
    expect(classifyAddress(address)).toBe(kind)
  })
})

describe('createAddressPolicy', () => {
  it('lets public addresses pass and names the setting for private ones', () => {
    const policy = createAddressPolicy([])
    expect(policy.refusal('registry.example.com', '8.8.8.8')).toBeUndefined()
    const refusal = policy.refusal('registry.lan', '10.0.0.5')
    expect(refusal).toMatchObject({ code: 'address-private', kind: 'denied' })
    expect(refusal?.publicMessage).toContain('registry.lan (10.0.0.5)')
    expect(refusal?.remedy).toContain('PORTOLAN_ALLOW_PRIVATE_NETWORKS')
    expect(policy.refusal('localhost', '127.0.0.1')?.publicMessage).toContain('loopback')
  })

  it('opens what the list names: a host, an address, a network, everything', () => {
    const policy = createAddressPolicy(['Registry.lan', ' 10.0.0.5 ', '192.168.0.0/16', 'fd00::/8', ''])
    expect(policy.refusal('registry.LAN', '172.16.0.1')).toBeUndefined()
    expect(policy.refusal('other.lan', '172.16.0.1')).toBeDefined()
    expect(policy.refusal('other.lan', '10.0.0.5')).toBeUndefined()
    expect(policy.refusal('other.lan', '10.0.0.6')).toBeDefined()
    expect(policy.refusal('other.lan', '192.168.9.9')).toBeUndefined()
    expect(policy.refusal('other.lan', '::ffff:192.168.9.9')).toBeUndefined()
    expect(policy.refusal('other.lan', 'fd12::1')).toBeUndefined()
    expect(createAddressPolicy(['*']).refusal('any', '127.0.0.1')).toBeUndefined()
  })

  it('never opens link-local, metadata and reserved addresses', () => {
    const policy = createAddressPolicy(['*', '169.254.0.0/16', 'metadata', 'fd00:ec2::254'])
    for (const address of ['169.254.169.254', 'fd00:ec2::254', '::ffff:169.254.169.254', '224.0.0.1']) {
      expect(policy.refusal('metadata', address)).toMatchObject({ code: 'address-forbidden' })
    }
  })

  it.each([
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/x',
    'http://registry',
    'a b',
    '-x',
  ])('refuses the entry %s', (entry) => {
    expect(() => createAddressPolicy([entry])).toThrow(
      expect.objectContaining({ code: 'network-allow-list-invalid' }),
    )
  })
})
