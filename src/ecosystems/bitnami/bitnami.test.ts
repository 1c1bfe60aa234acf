import { describe, expect, it } from 'vitest'
import { go } from '../go/index.ts'
import { npm } from '../npm/index.ts'
import { bitnamiAnd } from './index.ts'
import { compareBitnamiVersions, satisfiesBitnami } from './version.ts'

const bitnami = bitnamiAnd([npm, go])
const [analyzer] = bitnami.analyzers

function read(path: string, document: unknown): unknown {
  return analyzer?.read(path, new TextEncoder().encode(JSON.stringify(document)))
}

const spdxPackage = (name: string, versionInfo: string, purl: string): object => ({
  name,
  SPDXID: `SPDXRef-${name}`,
  versionInfo,
  licenseDeclared: 'BSD-3-Clause',
  externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
})

describe('an SBOM file', () => {
  it('of Bitnami gives the component in its folder, and other packages where they say', () => {
    const document = {
      spdxVersion: 'SPDX-2.3',
      SPDXID: 'SPDXRef-DOCUMENT',
      name: 'SPDX document for Redis',
      documentNamespace: 'https://example.com/redis',
      packages: [
        spdxPackage('redis', '7.0.8-2', 'pkg:bitnami/redis@7.0.8-2?arch=amd64&distro=debian-11'),
        spdxPackage('lodash', '4.17.20', 'pkg:npm/lodash@4.17.20'),
        spdxPackage('unknown', '1', 'pkg:generic/unknown@1'),
      ],
      relationships: [
        {
          spdxElementId: 'SPDXRef-redis',
          relationshipType: 'CONTAINS',
          relatedSpdxElement: 'SPDXRef-lodash',
        },
      ],
    }
    const path = 'opt/bitnami/redis/.spdx-redis.spdx'
    expect(read(path, document)).toEqual([
      {
        kind: 'packages',
        scope: 'language',
        ecosystem: 'bitnami',
        path: 'opt/bitnami/redis',
        packages: [{ name: 'redis', version: '7.0.8-2', licenses: ['BSD-3-Clause'], arch: 'amd64' }],
      },
      {
        kind: 'packages',
        scope: 'language',
        ecosystem: 'npm',
        path,
        packages: [
          { name: 'lodash', version: '4.17.20', licenses: ['BSD-3-Clause'], path: 'opt/bitnami/redis' },
        ],
      },
    ])
  })

  it('of anyone gives the packages of the ecosystems that it names', () => {
    const document = {
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      components: [
        { type: 'library', name: 'lodash', version: '4.17.20', purl: 'pkg:npm/lodash@4.17.20' },
        {
          type: 'library',
          name: 'golang.org/x/net',
          version: 'v0.17.0',
          purl: 'pkg:golang/golang.org/x/net@v0.17.0',
          properties: [{ name: 'aquasecurity:trivy:FilePath', value: 'usr/bin/app' }],
        },
      ],
    }
    expect(read('app/bom.cdx.json', document)).toMatchObject([
      { ecosystem: 'npm', path: 'app/bom.cdx.json', packages: [{ name: 'lodash', version: '4.17.20' }] },
      {
        ecosystem: 'go',
        path: 'app/bom.cdx.json',
        packages: [{ name: 'golang.org/x/net', path: 'usr/bin/app' }],
      },
    ])
  })

  it('is told by its name', () => {
    const wants = (path: string): boolean | undefined => analyzer?.wants({ path, size: 1, mode: 0o644 })
    expect(['a.spdx', 'a.spdx.json', 'a/b.cdx', '.spdx-a.spdx', 'c.cdx.json'].map(wants)).not.toContain(false)
    expect(['a.json', 'spdx', 'x.dist-info/sboms/a.cdx.json', 'proc/a.spdx'].map(wants)).not.toContain(true)
  })

  it('that is none is noted', () => {
    for (const document of [{}, [], 'SPDX', null]) expect(() => read('a.spdx.json', document)).toThrow()
  })
})

describe('versions of Bitnami', () => {
  it('put a revision after the version, and take three numbers only', () => {
    const order = ['1.2.3', '1.2.3-0', '1.2.3-1', '1.2.3-10', '1.2.3-rc.1', '1.2.4', '1.10.0']
    for (const [index, version] of order.entries()) {
      for (const [other, text] of order.entries()) {
        expect(Math.sign(compareBitnamiVersions(version, text) ?? Number.NaN), `${version} ${text}`).toBe(
          Math.sign(index - other),
        )
      }
    }
    expect(compareBitnamiVersions('1.2.3+a', '1.2.3+b')).toBe(0)
    for (const text of ['1.2', 'v1.2.3', '1.2.3.4', '01.2.3', '']) {
      expect(compareBitnamiVersions(text, '1.2.3')).toBeUndefined()
    }
  })

  // Checked against bitnami/go-version's constraint_test.go and its rules.
  it.each([
    ['7.0.8-2', '<7.0.9', true],
    ['7.0.8-2', '<=7.0.8', false],
    ['7.0.8', '<=7.0.8', true],
    ['7.0.8-2', '<7.0.8-3', true],
    ['7.0.8-2', '>=6.0.0, <7.0.8', false],
    ['7.0.8-2', '=7.0', true],
    ['7.0.8-2', '7.x', true],
    ['7.0.8-2', '<7', false],
    ['7.0.8-2', '>7', false],
    ['7.0.8-2', '>=7', true],
    ['7.0.8-2', '~7.0.1', true],
    ['7.1.0', '~7.0.1', false],
    ['7.1.0', '^7.0.1', true],
    ['0.3.0', '^0.2.3', false],
    ['0.0.3', '^0.0.3', true],
    ['0.0.4', '^0.0.3', false],
    ['1.0.0', '*', true],
    ['1.0.0', 'not a range', undefined],
    ['1.0', '<2', undefined],
  ])('%s in "%s": %s', (version, range, expected) => {
    expect(satisfiesBitnami(version, range)).toBe(expected)
  })
})

describe('a component', () => {
  it('has a purl with its architecture, and is looked up by its name', () => {
    const context = { os: null, repository: null, buildInfo: null }
    const fact = { name: 'redis', version: '7.0.8-2', arch: 'amd64' }
    expect(bitnami.describe(fact, context)).toMatchObject({ purl: 'pkg:bitnami/redis@7.0.8-2?arch=amd64' })
    expect(bitnami.subject?.(fact)).toMatchObject({ subject: { space: 'bitnami::', lookupKey: 'redis' } })
  })
})
