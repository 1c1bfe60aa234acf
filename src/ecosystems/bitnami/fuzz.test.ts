import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { isAppError } from '../../core/index.ts'
import { boundMemory } from '../../test-support/memory.ts'
import { mutations } from '../../test-support/mutations.ts'
import { scaled } from '../../test-support/scale.ts'
import { dpkg } from '../dpkg/index.ts'
import { maven } from '../maven/index.ts'
import { npm } from '../npm/index.ts'
import { bitnamiAnd } from './index.ts'

boundMemory()

vi.setConfig({ testTimeout: scaled(60_000, 900_000) })

const runs = { numRuns: scaled(2_000, 1_000_000), seed: 2024 }
const [analyzer] = bitnamiAnd([dpkg, maven, npm]).analyzers

/** What a component may say of itself, each of it hostile. */
const purl = fc
  .tuple(
    fc.constantFrom('pkg:', 'pkg:/', 'pkg://', 'PKG:', 'pk:', ''),
    fc.constantFrom('npm', 'deb', 'maven', 'bitnami', 'golang', 'nothing', '', 'np%6d', '__proto__'),
    fc.array(
      fc.constantFrom(
        '/',
        'a',
        '@scope',
        '%2F',
        '%',
        '%zz',
        '%00',
        '..',
        '@1.0',
        '@',
        '?',
        '#',
        '=',
        '&',
        'arch=x',
        'epoch=1',
        'distro=debian-12',
        'π',
      ),
      { maxLength: 10 },
    ),
  )
  .map(([scheme, type, rest]) => `${scheme}${type}${rest.join('')}`)
const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('', '../../etc', '/', '\u0000', '1.0', 'constructor'),
)
const property = fc.record({
  name: fc.oneof(
    text,
    fc
      .constantFrom('FilePath', 'SrcName', 'SrcVersion', 'SrcEpoch', 'PkgType', 'LayerDiffID')
      .map((one) => `aquasecurity:trivy:${one}`),
  ),
  value: fc.oneof(text, fc.jsonValue({ maxDepth: 1 })),
})
const component = fc.record(
  {
    type: fc.constantFrom('library', 'operating-system', 'application', 'x'),
    name: text,
    version: text,
    purl,
    group: text,
    'bom-ref': text,
    properties: fc.array(property, { maxLength: 4 }),
  },
  { requiredKeys: ['type'] },
)
const path = fc.constantFrom('opt/bitnami/redis/.spdx-redis.spdx', 'app/bom.cdx.json', 'bom.cdx')

/** Lists of packages whose fields are what they should be, or a reason. */
function survives(at: string, content: Uint8Array): void {
  try {
    for (const fact of analyzer?.read(at, content) ?? []) {
      expect(fact.kind).toBe('packages')
      if (fact.kind !== 'packages') continue
      for (const { name, version, path: own } of fact.packages) {
        expect([typeof name, typeof version]).toEqual(['string', 'string'])
        expect(own === undefined || typeof own === 'string').toBe(true)
      }
    }
  } catch (error) {
    expect(error).toSatisfy(isAppError)
  }
}

describe('whatever an SBOM file in an image states', () => {
  it('its components become packages, or nothing', () => {
    fc.assert(
      fc.property(path, fc.array(component, { maxLength: 6 }), (at, components) => {
        const bom = { bomFormat: 'CycloneDX', specVersion: '1.5', components }
        survives(at, Buffer.from(JSON.stringify(bom)))
      }),
      runs,
    )
  })

  it('so do the packages of SPDX', () => {
    fc.assert(
      fc.property(path, fc.array(fc.tuple(text, text, purl), { maxLength: 6 }), (at, stated) => {
        const packages = stated.map(([name, versionInfo, referenceLocator], index) => ({
          SPDXID: `SPDXRef-${index}`,
          name,
          versionInfo,
          externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator }],
        }))
        survives(
          at,
          Buffer.from(JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', packages })),
        )
      }),
      runs,
    )
  })

  it('damaged bytes give packages or a reason', () => {
    const bom = {
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      components: [
        {
          type: 'library',
          name: 'a',
          version: '1',
          purl: 'pkg:npm/%40s/a@1',
          properties: [{ name: 'aquasecurity:trivy:FilePath', value: 'a/b' }],
        },
        { type: 'library', name: 'b', version: '2', purl: 'pkg:deb/debian/b@2?arch=amd64&epoch=1' },
      ],
    }
    const tagValue =
      'SPDXVersion: SPDX-2.3\nPackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\n'
    fc.assert(
      fc.property(path, mutations([JSON.stringify(bom), tagValue].map((one) => Buffer.from(one))), survives),
      runs,
    )
  })
})
