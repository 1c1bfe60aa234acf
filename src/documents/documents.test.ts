import { beforeAll, beforeEach, expect, it } from 'vitest'
import { createDocumentTools } from '../app/document-tools.ts'
import { createFindingService, recountChanged } from '../findings/index.ts'
import { changeDatabase, drainStale } from '../matching/sql.ts'
import type { Database } from '../platform/db/index.ts'
import { readSbom } from '../sbom/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import {
  changeTo,
  emptyDatabase,
  holdImage,
  ManualClock,
  openMatcher,
  rowsOf,
  testInventory,
} from '../test-support/domain/index.ts'
import { createDocumentService, type DocumentService } from './index.ts'

const openVex = (id: string): string =>
  JSON.stringify({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    author: 'Ann',
    timestamp: '2024-01-01T00:00:00Z',
    statements: [
      {
        vulnerability: { name: id },
        products: [{ '@id': 'pkg:oci/api' }],
        status: 'not_affected',
        justification: 'component_not_present',
      },
    ],
  })
const cycloneDx = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [{ type: 'library', name: 'secret-lib', version: '1.0.0', purl: 'pkg:npm/secret-lib@1.0.0' }],
})

eachDatabase((_name, open) => {
  let db: Database
  let documents: DocumentService
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    const tools = createDocumentTools(() => undefined)
    documents = createDocumentService({ db, clock: new ManualClock(), tools, version: '1' })
  })

  const page = { limit: 50 }
  const code = (wanted: string) => expect.objectContaining({ code: wanted })

  async function hold(): Promise<number> {
    const { imageId } = await holdImage(db, 'one', 'team/api', '1', testInventory(['openssl@1', 'zlib@1']))
    return imageId
  }

  it('keeps an SBOM in its organisation, and writes nothing that others share', async () => {
    const content = async (): Promise<unknown[]> =>
      Promise.all(
        ['name', 'subject', 'package', 'package_set', 'inventory', 'match', 'layer_result'].map((table) =>
          rowsOf(db, `select count(*)::int as n from ${table}`),
        ),
      )
    const before = await content()
    const kept = await documents.upload('one', 'Ann', { kind: 'sbom', name: 'a.json', content: cycloneDx })
    expect(kept).toMatchObject({ kind: 'sbom', format: 'cyclonedx 1.6', entries: 1, uploadedBy: 'Ann' })
    expect(await documents.findings('one', kept.id)).toMatchObject({ asOf: null })
    expect(await content()).toEqual(before)
    expect((await documents.list('one', page)).items).toEqual([kept])
    expect((await documents.list('two', page)).items).toEqual([])
    await expect(documents.findings('two', kept.id)).rejects.toEqual(code('document-not-found'))
    await expect(documents.remove('two', kept.id)).rejects.toEqual(code('document-not-found'))
    await documents.remove('one', kept.id)
    expect((await documents.list('one', page)).items).toEqual([])
  })

  it('refuses what it cannot read, and statements without an image of the organisation', async () => {
    const upload = (more: object) =>
      documents.upload('two', 'Bob', { kind: 'vex', name: 'v', content: openVex('CVE-1'), ...more })
    const image = await hold()
    await expect(upload({})).rejects.toEqual(code('document-image-missing'))
    await expect(upload({ imageId: image })).rejects.toEqual(code('document-image-not-found'))
    await expect(upload({ content: '{}', imageId: image })).rejects.toEqual(code('vex-unreadable'))
    await expect(upload({ kind: 'sbom', content: 'x' })).rejects.toEqual(code('sbom-unreadable'))
  })

  it('writes the SBOM of an image, for its organisation alone', async () => {
    const image = await hold()
    for (const format of ['cyclonedx', 'spdx'] as const) {
      const document = await documents.imageSbom('one', image, { format })
      const { packages } = readSbom(new TextEncoder().encode(JSON.stringify(document)))
      expect(packages.map(({ name }) => name).sort()).toEqual(['openssl', 'zlib'])
      await expect(documents.imageSbom('two', image, { format })).rejects.toEqual(code('image-not-scanned'))
    }
  })

  it('lays statements over the findings of the image: listed with the statement, not counted', async () => {
    const image = await hold()
    const matcher = openMatcher(1, ({ lookupKey }) =>
      lookupKey === 'openssl' ? [{ id: 'CVE-1', severity: 'HIGH' }] : [{ id: 'CVE-2', severity: 'LOW' }],
    )
    await changeDatabase(db, changeTo(matcher))
    await drainStale({ db, observer: recountChanged }, matcher)
    const findings = createFindingService(db, documents.overlays)
    const [row] = await rowsOf<{ hex: string }>(db, "select encode(digest, 'hex') as hex from image")
    const digest = `sha256:${row?.hex ?? ''}`
    const look = async () => {
      const { items } = await findings.list('one', { digest, limit: 10 })
      return items.map(({ vulnerabilityId, vex }) => [vulnerabilityId, vex?.status ?? null])
    }
    expect(await findings.summary('one', { digest })).toMatchObject({
      counts: { HIGH: 1, LOW: 1 },
      suppressed: 0,
    })
    const vex = await documents.upload('one', 'Ann', {
      kind: 'vex',
      name: 'v.json',
      content: openVex('CVE-1'),
      imageId: image,
    })
    expect(await look()).toEqual([
      ['CVE-1', 'not_affected'],
      ['CVE-2', null],
    ])
    expect(await findings.summary('one', { digest })).toMatchObject({
      counts: { HIGH: 0, LOW: 1 },
      suppressed: 1,
    })
    const [first] = (await findings.list('one', { digest, limit: 10 })).items
    expect((await findings.get('one', first?.id ?? '')).vex).toEqual({
      status: 'not_affected',
      justification: 'component_not_present',
      impact: '',
      author: 'Ann',
      source: 'v.json',
    })
    await documents.remove('one', vex.id)
    expect(await look()).toEqual([
      ['CVE-1', null],
      ['CVE-2', null],
    ])
  })
})
