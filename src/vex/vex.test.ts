import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAppError } from '../core/index.ts'
import { boundMemory } from '../test-support/memory.ts'
import { scaled } from '../test-support/scale.ts'
import { createVexOverlay } from './overlay.ts'
import type { VexDocument, VexProduct, VexStatement, VexSubject } from './ports.ts'
import { readVex } from './read.ts'

boundMemory()

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const openVex = (...statements: object[]): object => ({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  timestamp: '2024-01-02T00:00:00Z',
  statements,
})
const image = 'pkg:oci/api@sha256:ab?arch=amd64&repository_url=r.example/team/api'
const target = {
  vulnerability: 'CVE-1',
  purl: 'pkg:deb/debian/openssl@3.0-1?arch=amd64&distro=debian-12',
  ref: null,
}

function statusOf(documents: readonly object[], about: Partial<VexSubject> = {}, ref: string | null = null) {
  const sources = documents.map((each) => ({ document: readVex(encode(each)), source: 's' }))
  return createVexOverlay(sources, { purls: [image], sbom: null, ...about }).verdict({ ...target, ref })
    ?.status
}

const statement = (products: unknown, more: object = {}): object => ({
  vulnerability: { name: 'CVE-1' },
  products,
  status: 'not_affected',
  ...more,
})

describe('OpenVEX', () => {
  it.each([
    ['the package', [{ '@id': 'pkg:deb/debian/openssl' }]],
    ['the package with version and qualifiers', [{ '@id': 'pkg:deb/debian/openssl@3.0-1?distro=debian-12' }]],
    ['the image', [{ '@id': 'pkg:oci/api' }]],
    ['the image by digest', [{ '@id': 'pkg:oci/api@sha256%3Aab' }]],
    ['the package in the image', [{ '@id': image, subcomponents: [{ '@id': 'pkg:deb/debian/openssl' }] }]],
    ['the package by another identifier', [{ identifiers: { purl: 'pkg:deb/debian/openssl' } }]],
    ['the package as a plain name (0.0.1)', ['pkg:deb/debian/openssl']],
  ])('is honoured for %s', (_, products) => {
    expect(statusOf([openVex(statement(products))])).toBe('not_affected')
  })

  it.each([
    ['another version', [{ '@id': 'pkg:deb/debian/openssl@3.0-2' }]],
    ['another distribution', [{ '@id': 'pkg:deb/ubuntu/openssl' }]],
    ['a qualifier that is not there', [{ '@id': 'pkg:deb/debian/openssl?arch=arm64' }]],
    ['another image', [{ '@id': 'pkg:oci/api@sha256:cd' }]],
    ['another package in the image', [{ '@id': image, subcomponents: [{ '@id': 'pkg:deb/debian/bash' }] }]],
    ['nothing', []],
  ])('is not for %s', (_, products) => {
    expect(statusOf([openVex(statement(products))])).toBeUndefined()
  })

  it('knows a vulnerability by its aliases', () => {
    const [named, other] = [{ name: 'GHSA-1', aliases: ['CVE-1'] }, { name: 'CVE-2' }]
    const products = [{ '@id': 'pkg:oci/api' }]
    expect(statusOf([openVex(statement(products, { vulnerability: named }))])).toBe('not_affected')
    expect(statusOf([openVex(statement(products, { vulnerability: 'CVE-1' }))])).toBe('not_affected')
    expect(statusOf([openVex(statement(products, { vulnerability: other }))])).toBeUndefined()
  })

  it('follows the latest of its statements, and any of several documents', () => {
    const products = [{ '@id': 'pkg:oci/api' }]
    const older = statement(products, { timestamp: '2024-01-01T00:00:00Z' })
    const newer = statement(products, { status: 'affected', timestamp: '2024-02-01T00:00:00Z' })
    expect(statusOf([openVex(newer, older)])).toBeUndefined()
    expect(statusOf([openVex({ ...older, timestamp: '2024-03-01T00:00:00Z' }, newer)])).toBe('not_affected')
    expect(statusOf([openVex(newer), openVex(older)])).toBe('not_affected')
    expect(statusOf([openVex({ ...older, status: 'under_investigation' })])).toBeUndefined()
    expect(statusOf([openVex({ ...older, status: 'fixed' })])).toBe('fixed')
  })
})

describe('a package URL', () => {
  it.each([
    ['pkg:golang/github.com/Masterminds/goutils@v1.1.0', 'pkg:golang/github.com/masterminds/goutils@v1.1.0'],
    ['pkg:pypi/Django_Rest@1.11', 'pkg:pypi/django-rest@1.11'],
    ['pkg:deb/debian/openssl@1%3A3.0-1', 'pkg:deb/debian/openssl@3.0-1?epoch=1'],
    ['pkg:deb/debian/openssl@3.0-1?epoch=1', 'pkg:deb/debian/openssl@1%3A3.0-1'],
    ['pkg:deb/debian/openssl@3.0-1', 'pkg:deb/debian/openssl@3.0-1?epoch=1'],
    ['pkg:npm/LODASH', 'pkg:npm/lodash@1'],
    ['pkg:oci/Api', 'pkg:oci/api@sha256:ab'],
  ])('%s names %s', (stated, purl) => {
    const document = readVex(encode(openVex(statement([{ '@id': stated }]))))
    const overlay = createVexOverlay([{ document, source: 's' }], { purls: [], sbom: null })
    expect(overlay.verdict({ ...target, purl })?.status).toBe('not_affected')
  })

  it.each([
    ['pkg:maven/Org/A', 'pkg:maven/org/A@1'],
    ['pkg:rpm/fedora/Curl', 'pkg:rpm/fedora/curl@1'],
    ['pkg:deb/debian/openssl@2%3A3.0-1', 'pkg:deb/debian/openssl@3.0-1?epoch=1'],
    ['pkg:deb/debian/openssl@3.0-1?epoch=2', 'pkg:deb/debian/openssl@3.0-1?epoch=1'],
  ])('%s does not name %s', (stated, purl) => {
    const document = readVex(encode(openVex(statement([{ '@id': stated }]))))
    const overlay = createVexOverlay([{ document, source: 's' }], { purls: [], sbom: null })
    expect(overlay.verdict({ ...target, purl })).toBeUndefined()
  })

  it('of the SBOM that is scanned names its package, however the package is called here', () => {
    const statedPurl = 'pkg:generic/x@1'
    const document = readVex(encode(openVex(statement([{ '@id': statedPurl }]))))
    const overlay = createVexOverlay([{ document, source: 's' }], { purls: [], sbom: null })
    expect(overlay.verdict(target)).toBeUndefined()
    expect(overlay.verdict({ ...target, statedPurl })?.status).toBe('not_affected')
  })
})

describe('CycloneDX', () => {
  const document = (ref: string, state = 'not_affected', more: object = {}): object => ({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    vulnerabilities: [{ id: 'CVE-1', analysis: { state }, affects: [{ ref }] }],
    ...more,
  })

  it.each([
    ['false_positive', 'not_affected'],
    ['resolved', 'fixed'],
    ['resolved_with_pedigree', 'fixed'],
    ['exploitable', undefined],
    ['in_triage', undefined],
  ])('reads the state %s', (state, status) => {
    expect(statusOf([document('pkg:deb/debian/openssl', state)])).toBe(status)
  })

  it('follows the latest of its statements', () => {
    const vulnerability = (state: string, updated: string): object => ({
      id: 'CVE-1',
      analysis: { state },
      affects: [{ ref: 'pkg:deb/debian/openssl' }],
      updated,
    })
    const [cleared, exploitable] = ['not_affected', 'exploitable']
    const two = (...vulnerabilities: object[]): object => document('x', '', { vulnerabilities })
    const [older, newer] = ['2024-01-01T00:00:00Z', '2024-02-01T00:00:00Z']
    expect(statusOf([two(vulnerability(exploitable, newer), vulnerability(cleared, older))])).toBeUndefined()
    expect(statusOf([two(vulnerability(cleared, newer), vulnerability(exploitable, older))])).toBe(cleared)
  })

  it.each([
    ['the version', [{ version: '3.0-1', status: 'unaffected' }], 'not_affected'],
    ['no version', undefined, 'not_affected'],
    ['none of its versions', [], 'not_affected'],
    ['another version', [{ version: '3.0-2', status: 'unaffected' }], undefined],
    ['the version as affected', [{ version: '3.0-1', status: 'affected' }], undefined],
    ['the version without a status', [{ version: '3.0-1' }], undefined],
    ['the version both ways', [{ version: '3.0-1', status: 'unaffected' }, { version: '3.0-1' }], undefined],
    ['a range', [{ range: 'vers:deb/<4', status: 'unaffected' }], undefined],
  ])('that names %s', (_, versions, status) => {
    const affects = [{ ref: 'pkg:deb/debian/openssl', versions }]
    const vulnerabilities = [{ id: 'CVE-1', analysis: { state: 'not_affected' }, affects }]
    expect(statusOf([document('x', '', { vulnerabilities })])).toBe(status)
  })

  it('that names a version means the whole of it, with its epoch', () => {
    const stated = (version: string) => {
      const affects = [{ ref: 'pkg:deb/debian/openssl', versions: [{ version, status: 'unaffected' }] }]
      const vulnerabilities = [{ id: 'CVE-1', analysis: { state: 'not_affected' }, affects }]
      const read = readVex(encode(document('x', '', { vulnerabilities })))
      const overlay = createVexOverlay([{ document: read, source: 's' }], { purls: [], sbom: null })
      return overlay.verdict({ ...target, purl: 'pkg:deb/debian/openssl@3.0-1?epoch=1' })?.status
    }
    expect(stated('1:3.0-1')).toBe('not_affected')
    expect(stated('3.0-1')).toBeUndefined()
  })

  it('is about components of the same document', () => {
    const components = [{ 'bom-ref': 'x', purl: 'pkg:deb/debian/openssl@3.0-1' }]
    expect(statusOf([document('x', 'not_affected', { components })])).toBe('not_affected')
    expect(statusOf([document('y', 'not_affected', { components })])).toBeUndefined()
  })

  it('is about components of the SBOM that is scanned, by BOM-Link', () => {
    const sbom = { serialNumber: 'urn:uuid:12', version: 1 }
    expect(statusOf([document('urn:cdx:12/1#a%2Fb')], { sbom }, 'a/b')).toBe('not_affected')
    expect(statusOf([document('urn:cdx:12/1#a/b')], { sbom }, 'a/b')).toBe('not_affected')
    expect(statusOf([document('urn:cdx:12/2#a%2Fb')], { sbom }, 'a/b')).toBeUndefined()
    expect(statusOf([document('urn:cdx:13/1#a%2Fb')], { sbom }, 'a/b')).toBeUndefined()
    expect(statusOf([document('urn:cdx:12/1#a%2Fb')])).toBeUndefined()
  })
})

describe('CSAF', () => {
  const product = (id: string, purl: string): object => ({
    category: 'product_version',
    product: { product_id: id, product_identification_helper: { purl } },
  })
  const csaf = (status: object): object => ({
    document: { csaf_version: '2.0', category: 'csaf_vex', publisher: { name: 'P' } },
    product_tree: {
      branches: [{ branches: [product('A', 'pkg:oci/api'), product('B', 'pkg:deb/debian/openssl')] }],
      relationships: [
        {
          relates_to_product_reference: 'A',
          product_reference: 'B',
          full_product_name: { product_id: 'B-in-A' },
        },
      ],
    },
    vulnerabilities: [{ cve: 'CVE-1', product_status: status }],
  })

  it.each([
    [{ known_not_affected: ['B'] }, 'not_affected'],
    [{ known_not_affected: ['B-in-A'] }, 'not_affected'],
    [{ fixed: ['B-in-A'] }, 'fixed'],
    [{ known_affected: ['B'] }, undefined],
    [{ known_not_affected: ['C'] }, undefined],
  ])('reads %j', (status, wanted) => {
    expect(statusOf([csaf(status)])).toBe(wanted)
    expect(statusOf([csaf(status)], { purls: [] })).toBe(
      JSON.stringify(status).includes('B-in-A') ? undefined : wanted,
    )
  })
})

describe('CSAF flags and threats', () => {
  const names = ['openssl', 'bash', 'zlib', 'curl']
  const product = (name: string): object => ({
    product_id: name,
    product_identification_helper: { purl: `pkg:deb/debian/${name}` },
  })
  const csaf = (vulnerabilities: readonly object[], tree: object = {}): object => ({
    document: { csaf_version: '2.0' },
    product_tree: { full_product_names: names.map(product), ...tree },
    vulnerabilities,
  })

  it('are those of the product', () => {
    const document = csaf(
      [
        {
          cve: 'CVE-1',
          product_status: { known_not_affected: names },
          flags: [
            { label: 'component_not_present', product_ids: ['bash'] },
            { label: 'vulnerable_code_not_present', group_ids: ['G'] },
            { label: 'inline_mitigations_already_exist' },
          ],
          threats: [
            { category: 'impact', details: 'of bash', product_ids: ['bash'] },
            { category: 'exploit_status', details: 'none', product_ids: ['zlib'] },
            { category: 'impact', details: 'of zlib', product_ids: ['zlib'] },
          ],
        },
      ],
      { product_groups: [{ group_id: 'G', product_ids: ['openssl', 'bash'] }] },
    )
    const sources = [{ document: readVex(encode(document)), source: 's' }]
    const overlay = createVexOverlay(sources, { purls: [], sbom: null })
    const said = names.map((name) => {
      const found = overlay.verdict({ ...target, purl: `pkg:deb/debian/${name}@1` })
      return [name, found?.justification, found?.impact]
    })
    expect(said).toEqual([
      ['openssl', 'vulnerable_code_not_present', ''],
      ['bash', 'component_not_present', 'of bash'],
      ['zlib', 'inline_mitigations_already_exist', 'of zlib'],
      ['curl', 'inline_mitigations_already_exist', ''],
    ])
  })

  it('of ids that stand for very many products are refused', () => {
    const relationship = {
      relates_to_product_reference: 'bash',
      product_reference: 'zlib',
      full_product_name: { product_id: 'A' },
    }
    const relationships = Array.from({ length: 5_001 }, () => relationship)
    const vulnerability = { cve: 'CVE-1', product_status: { fixed: ['A'] } }
    const document = csaf(
      Array.from({ length: 100 }, () => vulnerability),
      { relationships },
    )
    expect(() => readVex(encode(document))).toThrow('names too many products')
  })
})

describe('a document on many products', () => {
  const products = ['pkg:oci/api@sha256:cd', 'pkg:oci/api@sha256:ab', 'pkg:deb/debian/openssl', 'urn:x']
  const document = (read: () => void): VexDocument => {
    const statement = (id: string): VexStatement => {
      const named = products.map((name): VexProduct => {
        const parts = [['pkg:deb/debian/openssl']]
        return {
          parts,
          get ids() {
            read()
            return [name]
          },
        } // prettier-ignore
      })
      const common = { justification: '', impact: '', time: null, status: 'not_affected' as const }
      return { ...common, vulnerabilities: [id, 'CVE-1', 'CVE-2'], products: named }
    }
    return { format: 'openvex', id: '', author: '', statements: [statement('A'), statement('B')] }
  }

  it('is read once, however many findings ask', () => {
    let reads = 0
    const read = document(() => {
      reads += 1
    })
    for (const vulnerability of ['CVE-1', 'CVE-2', 'A', 'B', 'C']) {
      const overlay = createVexOverlay([{ document: read, source: 's' }], { purls: [image], sbom: null })
      const asked = ['openssl', 'bash', 'openssl'].map(
        (name) => overlay.verdict({ vulnerability, purl: `pkg:deb/debian/${name}@3`, ref: null })?.status,
      )
      const found = vulnerability === 'C' ? undefined : 'not_affected'
      expect(asked).toEqual([found, undefined, found])
    }
    expect(reads).toBe(2 * products.length)
  })

  it('is refused when it names too many, with the numbers', () => {
    const products = Array.from({ length: 50_001 }, () => 'a')
    const aliases = Array.from({ length: 9 }, (_, index) => `CVE-${index}`)
    const many = openVex(statement(products, { vulnerability: { name: 'X', aliases } }))
    expect(() => readVex(encode(many))).toThrow(
      'names 500010 products of its vulnerabilities; at most 500000',
    )
    const named = { name: 'X', aliases: Array.from({ length: 200 }, () => 'a') }
    const known = openVex(statement([], { vulnerability: named }))
    expect(() => readVex(encode(known))).toThrow('201 names and aliases for its vulnerability; at most 200')
  })
})

describe('hostile documents', { timeout: scaled(60_000, 7_200_000) }, () => {
  it('of any JSON are read or refused', () => {
    const key = fc.constantFrom(
      'statements',
      'products',
      'vulnerability',
      'status',
      'vulnerabilities',
      'affects',
      'analysis',
      'state',
      'components',
      'branches',
      'product_tree',
      'document',
      'csaf_version',
      'id',
      '@id',
      'ref',
      'x',
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom('CVE-1', 'pkg:npm/a', 'not_affected', null, 1),
        fc.string(),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      ),
    }))
    const head = fc.constantFrom({ bomFormat: 'CycloneDX' }, { '@context': 'https://openvex.dev/ns' }, {})
    fc.assert(
      fc.property(head, fc.dictionary(key, value, { maxKeys: 6 }), (first, rest) => {
        try {
          const document = readVex(encode({ ...rest, ...first }))
          createVexOverlay([{ document, source: '' }], { purls: [image], sbom: null }).verdict(target)
        } catch (error) {
          if (!isAppError(error) || error.kind !== 'invalid') throw error
        }
      }),
      { numRuns: scaled(2_000, 1_000_000), seed: 3 },
    )
  })

  it('larger than any real one are refused', () => {
    expect(() => readVex(new Uint8Array(16 * 1024 * 1024 + 1))).toThrow('larger than 16 MiB')
  })
})
