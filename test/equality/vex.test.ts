import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AdvisoryDatabase, openDatabaseFolder } from '../../src/advisories/index.ts'
import { applyVex, scanSbom } from '../../src/app/documents.ts'
import { readSbom } from '../../src/sbom/index.ts'
import { buildVulnerabilityDatabase } from '../../src/test-support/vulnerability-database/index.ts'
import { readVex } from '../../src/vex/index.ts'
import { trivyPath } from '../../tools/setup/trivy.ts'
import { rows } from './rows/index.ts'
import { askTrivyAboutSbom } from './trivy.ts'

const trivy = trivyPath(join(import.meta.dirname, '../..'))
const serial = '3e671687-395b-41f5-a30f-a58921a69b79'
const lodash = 'pkg:npm/lodash@4.17.15'
const express = 'pkg:npm/express@4.17.1'

/** Names of the rows' packages, whatever their vulnerabilities are. */
const cycloneDx = {
  bomFormat: 'CycloneDX',
  specVersion: '1.4',
  serialNumber: `urn:uuid:${serial}`,
  version: 1,
  components: [lodash, express].map((purl) => ({
    'bom-ref': purl,
    type: 'library',
    name: purl.slice(8, purl.indexOf('@')),
    version: purl.slice(purl.indexOf('@') + 1),
    purl,
  })),
}
const spdx = {
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  dataLicense: 'CC0-1.0',
  name: 'x',
  documentNamespace: 'https://example.com/x',
  creationInfo: { created: '2024-01-01T00:00:00Z', creators: ['Tool: x'] },
  packages: [lodash, express].map((purl, number) => ({
    SPDXID: `SPDXRef-Package-${number}`,
    name: purl.slice(8, purl.indexOf('@')),
    downloadLocation: 'NONE',
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
  })),
}

let cache: string
let database: AdvisoryDatabase
beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), 'portolan-vex-'))
  await buildVulnerabilityDatabase(rows).writeFolder(join(cache, 'db'))
  database = openDatabaseFolder(join(cache, 'db'))
})
afterAll(() => {
  database.close()
  rmSync(cache, { recursive: true, force: true })
})

function idsWith(sbom: object, vex: object | null): string[] {
  const bytes = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  const document = readSbom(bytes(sbom))
  const sources = vex === null ? [] : [{ document: readVex(bytes(vex)), source: '' }]
  const about = { purls: [], sbom: { serialNumber: document.id ?? '', version: document.version } }
  const refs = new Map(document.packages.map(({ purl, ref }) => [purl, ref]))
  const { groups } = applyVex(scanSbom(document, database).groups, sources, about, (finding) => {
    return { ref: refs.get(finding.package.purl) ?? null }
  })
  return groups.flatMap(({ findings }) =>
    findings.map(({ match, package: { name } }) => `${match.vulnerabilityId} ${name}`),
  )
}

async function trivyIdsWith(sbom: object, vex: object): Promise<string[]> {
  const file = join(cache, 'vex.json')
  writeFileSync(file, JSON.stringify(vex))
  const found = await askTrivyAboutSbom(trivy, JSON.stringify(sbom), cache, '--vex', file)
  return found.map((row) => `${row.vulnerability} ${row.package}`)
}

/** The first vulnerability of each package does not matter; the second is looked into. */
function statements(
  all: readonly string[],
): { readonly id: string; readonly purl: string; readonly holds: boolean }[] {
  return [lodash, express].flatMap((purl) => {
    const name = purl.slice(8, purl.indexOf('@'))
    const ids = all.filter((each) => each.endsWith(` ${name}`)).map((each) => each.split(' ')[0] ?? '')
    return ids.slice(0, 2).map((id, number) => ({ id, purl, holds: number === 0 }))
  })
}

const link = (purl: string): string => `urn:cdx:${serial}/1#${encodeURIComponent(purl)}`

describe.skipIf(!existsSync(trivy))('Trivy 0.44.1 honours the same statements', () => {
  it.each([
    ['OpenVEX', spdx, (purl: string) => purl],
    ['OpenVEX, by BOM-Link', cycloneDx, link],
  ] as const)(
    'of %s',
    async (_, sbom, nameOf) => {
      const all = idsWith(sbom, null)
      const vex = {
        '@context': 'https://openvex.dev/ns',
        '@id': 'https://example.com/vex',
        author: 'x',
        timestamp: '2024-01-01T00:00:00Z',
        version: '1',
        statements: statements(all).map(({ id, purl, holds }) => ({
          vulnerability: id,
          products: [nameOf(purl)],
          status: holds ? 'not_affected' : 'under_investigation',
          ...(holds ? { justification: 'vulnerable_code_not_present' } : {}),
        })),
      }
      const ours = idsWith(sbom, vex)
      expect(ours.length).toBeLessThan(all.length)
      expect(ours.length).toBeGreaterThan(0)
      expect((await trivyIdsWith(sbom, vex)).toSorted()).toEqual(ours.toSorted())
    },
    120_000,
  )

  it('of CycloneDX', async () => {
    const all = idsWith(cycloneDx, null)
    const vex = {
      bomFormat: 'CycloneDX',
      specVersion: '1.4',
      version: 1,
      vulnerabilities: statements(all).map(({ id, purl, holds }) => ({
        id,
        analysis: { state: holds ? 'not_affected' : 'in_triage' },
        affects: [{ ref: link(purl) }],
      })),
    }
    const ours = idsWith(cycloneDx, vex)
    expect(ours.length).toBeLessThan(all.length)
    expect((await trivyIdsWith(cycloneDx, vex)).toSorted()).toEqual(ours.toSorted())
  }, 120_000)
})
