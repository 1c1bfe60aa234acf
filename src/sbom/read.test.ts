import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAppError } from '../core/index.ts'
import { boundMemory } from '../test-support/memory.ts'
import { scaled } from '../test-support/scale.ts'
import { compareContents } from './compare.ts'
import { readSbom } from './read.ts'

boundMemory()

const read = (value: unknown): ReturnType<typeof readSbom> =>
  readSbom(new TextEncoder().encode(JSON.stringify(value)))
const lodash = { type: 'library', 'bom-ref': 'a', name: 'Lodash', version: '1', purl: 'pkg:npm/lodash@1' }
const cycloneDx = (more: object): object => ({ bomFormat: 'CycloneDX', specVersion: '1.4', ...more })

describe('CycloneDX', () => {
  it('counts components wherever they are nested', () => {
    const inner = { type: 'framework', group: '@a', name: 'B', purl: 'pkg:npm/%40a/b@2' }
    const { packages } = read(
      cycloneDx({ components: [{ ...lodash, components: [{ name: 'x', components: [inner] }] }] }),
    )
    expect(packages.map(({ name, ref }) => [name, ref])).toEqual([
      ['Lodash', 'a'],
      ['@a/B', ''],
    ])
  })

  it('takes names of Java from the purl', () => {
    const java = { type: 'library', group: 'g', name: 'Nice Name', purl: 'pkg:maven/org.a/b@1' }
    expect(read(cycloneDx({ components: [java] })).packages[0]?.name).toBe('org.a:b')
  })

  it('reads Trivy’s properties, licences and the operating system', () => {
    const document = read(
      cycloneDx({
        serialNumber: 'urn:uuid:1',
        version: 3,
        metadata: { component: { name: 'img', purl: 'pkg:oci/img@sha256%3Aab', properties: [] } },
        components: [
          { type: 'operating-system', name: 'debian', version: '12' },
          {
            type: 'library',
            name: 'libssl3',
            version: '3',
            purl: 'pkg:deb/debian/libssl3@3-1?arch=amd64',
            licenses: [{ license: { id: 'MIT' } }, { expression: 'A OR B' }, { license: { name: 'Own' } }],
            properties: [
              ['SrcName', 'openssl'],
              ['SrcVersion', '3'],
              ['SrcRelease', '1'],
              ['SrcEpoch', '2'],
              ['LayerDiffID', 'sha256:1'],
              ['FilePath', 'a/b'],
              ['ContentSet', 'x'],
            ].map(([name, value]) => ({ name: `aquasecurity:trivy:${name}`, value })),
          },
        ],
      }),
    )
    expect(document).toMatchObject({ id: 'urn:uuid:1', version: 3, os: { family: 'debian', release: '12' } })
    expect(document.packages).toMatchObject([
      {
        licenses: ['MIT', 'A OR B', 'Own'],
        path: 'a/b',
        layer: { digest: null, diffId: 'sha256:1' },
        source: { name: 'openssl', epoch: 2, version: '3', release: '1' },
        properties: [{ name: 'ContentSet', value: 'x' }],
      },
    ])
  })

  it('notes libraries without a purl', () => {
    const { notes, packages } = read(cycloneDx({ components: [{ type: 'library', name: 'x' }, lodash] }))
    expect([packages.length, notes]).toEqual([1, ['1 library without a readable package URL was left out.']])
    const two = read(cycloneDx({ components: [{ type: 'library' }, { type: 'framework' }] }))
    expect(two.notes).toEqual(['2 libraries without a readable package URL were left out.'])
  })
})

const tagValue = `SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
DocumentNamespace: https://example.com/1
DocumentName: img
# A comment
PackageName: debian
SPDXID: SPDXRef-OperatingSystem-1
PackageVersion: 12

PackageName: libssl3
SPDXID: SPDXRef-Package-1
PackageSourceInfo: built package from: openssl 2:3.0-1
PackageLicenseDeclared: MIT
PackageComment: <text>ExternalRef: PACKAGE-MANAGER purl pkg:npm/hidden@1
over lines</text>
ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/libssl3@3.0-1
PackageAttributionText: LayerDiffID: sha256:1

FileName: a/b
SPDXID: SPDXRef-File-1

Relationship: SPDXRef-Package-1 CONTAINS SPDXRef-File-1
`

describe('SPDX', () => {
  it.each([
    ['a comment', '# made by hand\n\n#\n', ''],
    ['another tag', 'DataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\n', ''],
    ['an empty line and a carriage return', '\r\n', ''],
  ])('may begin with %s', (_, first) => {
    expect(readSbom(new TextEncoder().encode(first + tagValue)).packages).toHaveLength(1)
  })

  it.each(['# SPDXVersion: SPDX-2.3\n', 'Name: x\n', '#', ''])('is not %j', (text) => {
    expect(() => readSbom(new TextEncoder().encode(text))).toThrow('neither JSON nor SPDX tag-value')
  })

  it('leaves out an application only where that is no package', () => {
    const purl = 'pkg:npm/lodash@1'
    const externalRefs = [
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl },
    ]
    const { packages, notes } = read({
      spdxVersion: 'SPDX-2.3',
      packages: [
        { SPDXID: 'SPDXRef-Application-1', name: 'package-lock.json' },
        { SPDXID: 'SPDXRef-Application-2', name: 'lodash', externalRefs },
        { SPDXID: 'SPDXRef-Package-3', name: 'x' },
      ],
    })
    expect(packages).toMatchObject([{ purl }])
    expect(notes).toEqual(['1 package without a readable package URL was left out.'])
  })

  it('is read as tag-value as it is as JSON', () => {
    const fromText = readSbom(new TextEncoder().encode(tagValue))
    const fromJson = read({
      spdxVersion: 'SPDX-2.3',
      documentNamespace: 'https://example.com/1',
      packages: [
        { SPDXID: 'SPDXRef-OperatingSystem-1', name: 'debian', versionInfo: '12' },
        {
          SPDXID: 'SPDXRef-Package-1',
          name: 'libssl3',
          sourceInfo: 'built package from: openssl 2:3.0-1',
          licenseDeclared: 'MIT',
          attributionTexts: ['LayerDiffID: sha256:1'],
          externalRefs: [
            {
              referenceCategory: 'PACKAGE_MANAGER',
              referenceType: 'purl',
              referenceLocator: 'pkg:deb/debian/libssl3@3.0-1',
            },
          ],
        },
      ],
      files: [{ SPDXID: 'SPDXRef-File-1', fileName: 'a/b' }],
      relationships: [
        {
          spdxElementId: 'SPDXRef-Package-1',
          relationshipType: 'CONTAINS',
          relatedSpdxElement: 'SPDXRef-File-1',
        },
      ],
    })
    expect(fromText).toEqual(fromJson)
    expect(fromText.packages).toEqual([
      {
        ref: 'SPDXRef-Package-1',
        purl: 'pkg:deb/debian/libssl3@3.0-1',
        name: 'libssl3',
        version: '',
        type: null,
        licenses: ['MIT'],
        path: 'a/b',
        layer: { digest: null, diffId: 'sha256:1' },
        source: { name: 'openssl', epoch: 2, version: '3.0', release: '1' },
        properties: [],
      },
    ])
  })
})

describe('an attestation', () => {
  const statement = (predicate: unknown): object => ({
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://cyclonedx.org/bom/v1.4',
    predicate,
  })
  const sealed = (value: object): object => ({
    payload: Buffer.from(JSON.stringify(value)).toString('base64'),
  })
  const document = cycloneDx({ components: [lodash] })

  it.each([
    ['a statement', statement(document)],
    ['an envelope', sealed(statement(document))],
    ['a bundle', { dsseEnvelope: sealed(statement(document)) }],
    ['old cosign, as JSON', sealed(statement({ Data: document }))],
    ['old cosign, as text', sealed(statement({ Data: JSON.stringify(document) }))],
  ])('is opened: %s', (_, value) => {
    expect(read(value).packages).toHaveLength(1)
  })

  it('of something else is refused', () => {
    expect(() => read(statement({ a: 1 }))).toThrow('holds no CycloneDX and no SPDX 2 document')
  })
})

describe('compareContents', () => {
  it('takes no notice of spellings that mean the same', () => {
    const sbom = ['pkg:oci/Api@1', 'pkg:rpm/Fedora/Curl@1', 'pkg:deb/debian/a@1:2', 'pkg:hex/Acme/B@1']
    const image = ['pkg:oci/api@1', 'pkg:rpm/fedora/Curl@1', 'pkg:deb/debian/a@2?epoch=1', 'pkg:hex/acme/b@1']
    expect(compareContents(sbom, image)).toEqual({ common: 4, onlyInSbom: [], onlyInImage: [] })
    expect(compareContents(['pkg:rpm/a/Curl@1'], ['pkg:rpm/a/curl@1']).common).toBe(0)
  })

  it('leaves out of account what tools write differently', () => {
    expect(
      compareContents(
        [
          'pkg:npm/%40A/b@1',
          'pkg:deb/debian/a@1:2-3?arch=amd64',
          'pkg:pypi/My_Lib@1',
          'nonsense',
          'pkg:gem/x@1',
        ],
        [
          'pkg:npm/@a/b@1',
          'pkg:deb/debian/a@2-3?epoch=1&distro=debian-12',
          'pkg:pypi/my-lib@1',
          'pkg:gem/X@1',
        ],
      ),
    ).toEqual({ common: 3, onlyInSbom: ['pkg:gem/x@1'], onlyInImage: ['pkg:gem/X@1'] })
  })
})

/** Either a document or a named error. */
function readsOrRefuses(bytes: Uint8Array): void {
  try {
    readSbom(bytes)
  } catch (error) {
    if (!isAppError(error) || error.kind !== 'invalid') throw error
  }
}

describe('hostile documents', { timeout: scaled(60_000, 7_200_000) }, () => {
  const numRuns = scaled(2_000, 1_000_000)

  it('of any JSON are read or refused', () => {
    const key = fc.constantFrom(
      'components',
      'packages',
      'purl',
      'name',
      'properties',
      'bom-ref',
      'SPDXID',
      'externalRefs',
      'files',
      'payload',
      'predicate',
      'relationships',
      'licenses',
      'type',
      'x',
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom('pkg:npm/a@1', 'pkg:deb/%zz@', 'operating-system', 'library', null, 1, 'e30='),
        fc.string(),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      ),
    }))
    const head = fc.constantFrom(
      { bomFormat: 'CycloneDX' },
      { spdxVersion: 'SPDX-2.3' },
      { predicateType: 'x' },
      {},
    )
    fc.assert(
      fc.property(head, fc.dictionary(key, value, { maxKeys: 6 }), (first, rest) => {
        readsOrRefuses(new TextEncoder().encode(JSON.stringify({ ...rest, ...first })))
      }),
      { numRuns, seed: 1 },
    )
  })

  it('of damaged tag-value are read or refused', () => {
    const bytes = new TextEncoder().encode(tagValue)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, byte, end) => {
        const changed = bytes.slice(0, Math.max(end, 40))
        changed[at] = byte
        readsOrRefuses(changed)
      }),
      { numRuns, seed: 2 },
    )
  })

  it('nested without end, or too large, are read or refused', () => {
    const deep = `{"bomFormat":"CycloneDX","components":[${'{"components":['.repeat(50_000)}${']}'.repeat(50_000)}]}`
    readsOrRefuses(new TextEncoder().encode(deep))
    expect(() => readSbom(new Uint8Array(64 * 1024 * 1024 + 1))).toThrow('larger than 64 MiB')
    const many = cycloneDx({ components: Array.from({ length: 200_001 }, () => ({})) })
    expect(() => read(many)).toThrow('more than 200000 components')
  })
})
