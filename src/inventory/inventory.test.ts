import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scaled } from '../test-support/scale.ts'
import { layerOf, packAttribution, unpackAttribution } from './attribution.ts'
import { packageKey, subjectKey } from './keys.ts'
import { buildPackageSet, type PlacedPackage } from './package-set.ts'
import type { Package, Subject } from './ports.ts'

const subject: Subject = {
  space: 'debian 12',
  lookupKey: 'openssl',
  comparer: 'dpkg',
  version: '3.0.11-1',
  arch: null,
  cpeContext: null,
  flavour: null,
}
const libssl: Package = {
  ecosystem: 'dpkg',
  name: 'libssl3',
  version: '3.0.11-1',
  arch: 'amd64',
  sourceName: 'openssl',
  sourceVersion: '3.0.11-1',
  purl: 'pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12.4',
  licenses: ['Apache-2.0'],
  subject,
  skipReason: null,
}

describe('keys', () => {
  it('cover every field of a subject, and null is not empty', () => {
    const changed: readonly Partial<Subject>[] = [
      { space: 'debian 11' },
      { lookupKey: 'curl' },
      { comparer: 'apk' },
      { version: '3.0.11-2' },
      { arch: 'amd64' },
      { arch: '' },
      { cpeContext: 'x' },
      { flavour: 'fips' },
    ]
    const keys = [subject, ...changed.map((change) => ({ ...subject, ...change }))].map(subjectKey)
    expect(new Set(keys).size).toBe(changed.length + 1)
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/)
  })

  it('cover every field of a package', () => {
    const changed: readonly Partial<Package>[] = [
      { ecosystem: 'apk' },
      { name: 'libssl1' },
      { version: '1' },
      { arch: 'arm64' },
      { sourceName: null },
      { sourceVersion: null },
      { purl: 'pkg:deb/ubuntu/libssl3@3.0.11-1' },
      { subject: null, skipReason: 'third-party' },
      { subject: { ...subject, space: 'debian 11' } },
      { licenses: [] },
      { licenses: ['a', 'b'] },
      { licenses: ['a b'] },
    ]
    const keys = [libssl, ...changed.map((change) => ({ ...libssl, ...change }))].map(packageKey)
    expect(new Set(keys).size).toBe(changed.length + 1)
  })

  it('keep neighbouring fields apart', () => {
    expect(subjectKey({ ...subject, space: 'a', lookupKey: 'bc' })).not.toBe(
      subjectKey({ ...subject, space: 'ab', lookupKey: 'c' }),
    )
  })
})

describe('a package set', () => {
  const named = (name: string, path: string | null, layer: number): PlacedPackage => ({
    package: { ...libssl, name },
    path,
    layer,
  })
  const placed = [named('b', 'x', 3), named('a', 'y', 1), named('a', 'x', 2), named('a', 'x', 5)]

  it('has each pair once, and one hash whatever the order and the layers', () => {
    const { set, attribution } = buildPackageSet('language', placed)
    expect(set.entries).toHaveLength(3)
    const layers = Object.fromEntries(
      set.entries.map((entry, index) => [`${entry.package.name} ${entry.path}`, attribution[index]]),
    )
    expect(layers).toEqual({ 'a x': 2, 'a y': 1, 'b x': 3 })
    const shuffled = buildPackageSet(
      'language',
      placed.toReversed().map((entry) => ({ ...entry, layer: 9 })),
    )
    expect(shuffled.set).toEqual(set)
  })

  it('differs by kind, path and content', () => {
    const sets = [
      buildPackageSet('language', placed),
      buildPackageSet('os', placed),
      buildPackageSet('language', placed.slice(1)),
      buildPackageSet('language', [named('b', null, 3), ...placed.slice(1)]),
    ]
    expect(new Set(sets.map(({ set }) => set.hash)).size).toBe(4)
  })
})

describe('attribution', () => {
  it('is packed by its commonest layer', () => {
    expect(packAttribution([[0, 0, 2, 0], [4, 4], []])).toEqual([
      [0, { '2': 2 }],
      [4, {}],
      [0, {}],
    ])
  })

  it('comes back from JSON as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(5), { maxLength: 20 })), (attribution) => {
        const stored = JSON.parse(JSON.stringify(packAttribution(attribution))) as ReturnType<
          typeof packAttribution
        >
        expect(
          unpackAttribution(
            stored,
            attribution.map((layers) => layers.length),
          ),
        ).toEqual(attribution)
        for (const [set, layers] of attribution.entries()) {
          for (const [entry, layer] of layers.entries())
            expect(layerOf(stored[set] ?? [0, {}], entry)).toBe(layer)
        }
      }),
      { numRuns: scaled(100, 5_000) },
    )
  })
})
