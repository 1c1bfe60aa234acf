import { describe, expect, it } from 'vitest'
import { hostList, isHostEntry } from './host-list.ts'

describe('hosts that an operator names', () => {
  it.each([
    [['registry.lan'], 'registry.lan', true],
    [['registry.lan'], 'REGISTRY.lan:5000', true],
    [['registry.lan:5000'], 'registry.lan:5000', true],
    [['registry.lan:5000'], 'registry.lan', false],
    [['registry.lan:5000'], 'registry.lan:5001', false],
    [['registry.lan'], 'evil-registry.lan', false],
    [['registry.lan'], 'registry.lan.evil.example', false],
    [['*.lan'], 'a.b.lan:5000', true],
    [['*.lan'], 'lan', false],
    [['*.lan:443'], 'a.lan:443', true],
    [['*.lan:443'], 'a.lan', false],
    [['[::1]:5000'], '[::1]:5000', true],
    [['*'], 'anything.example', true],
    [[], 'registry.lan', false],
  ])('%j has %s: %s', (entries, host, expected) => {
    expect(hostList('SETTING', entries).has(host)).toBe(expected)
  })

  it.each([
    'registry.lan',
    'Registry.LAN:5000',
    '*.lan',
    '*',
    '10.0.0.1',
    '[fd00::1]:5000',
  ])('takes %s', (entry) => {
    expect(isHostEntry(entry)).toBe(true)
  })

  it.each([
    '',
    'http://registry.lan',
    'a b',
    'registry.lan/path',
    '*lan',
    'a:port',
    '-a',
  ])('refuses %j', (entry) => {
    expect(isHostEntry(entry)).toBe(false)
  })
})
