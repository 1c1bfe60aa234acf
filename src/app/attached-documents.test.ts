import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type AdvisoryDatabase, openDatabaseFolder } from '../advisories/index.ts'
import { type Digest, parseDigest, systemClock } from '../core/index.ts'
import { createDiscoveryService, repositoriesAfter } from '../discovery/index.ts'
import { createDocumentService, type DocumentService } from '../documents/index.ts'
import { createFindingService, type FindingService } from '../findings/index.ts'
import { createMemoryLayerStore } from '../inventory/index.ts'
import type { OpenMatcher } from '../matching/sql.ts'
import type { Database } from '../platform/db/index.ts'
import { ociProvider } from '../registries/providers/oci/index.ts'
import { createScanService } from '../scans/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { addConnection, emptyDatabase, ManualClock } from '../test-support/domain/index.ts'
import { type BuiltImage, buildImage } from '../test-support/image-builder/index.ts'
import { testHttp } from '../test-support/http.ts'
import { debian, npm, rows } from '../test-support/pipeline/index.ts'
import { Cleanup } from '../test-support/registry-client.ts'
import {
  envelopeOf,
  pushAttached,
  pushBuilt,
  type RegistryServer,
  startRegistryServer,
} from '../test-support/registry-server/index.ts'
import { buildVulnerabilityDatabase } from '../test-support/vulnerability-database/index.ts'
import { createDocumentTools } from './document-tools.ts'
import { createBuiltInIndexer, createBuiltInMatcher } from './engine.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'

const REPOSITORY = 'acme/api'
const OPENVEX = 'https://openvex.dev/ns/v0.2.0'
const DSSE = 'application/vnd.dsse.envelope.v1+json'

const built: BuiltImage = buildImage({
  layers: [debian, npm],
  platform: { os: 'linux', architecture: 'amd64' },
})
const image: Digest = built.manifest.digest
const strange = parseDigest(`sha256:${'1'.repeat(64)}`)
const tagOf = (ending: string): string => `sha256-${image.slice(7)}.${ending}`

const vexOn = (id: string): object => ({
  '@context': OPENVEX,
  '@id': 'https://example.com/vex',
  author: 'Product Security',
  timestamp: '2026-01-01T00:00:00Z',
  statements: [
    {
      vulnerability: { name: id },
      products: [{ '@id': 'pkg:deb/debian/libssl3' }],
      status: 'not_affected',
      justification: 'vulnerable_code_not_present',
    },
  ],
})
const sbomOf = (purls: readonly string[]): object => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: purls.map((purl) => ({ type: 'library', name: 'x', version: '1', purl })),
})
const everything = [
  'pkg:deb/debian/libssl3@3.0.11-1',
  'pkg:deb/debian/zlib1g@1.2.13-1?epoch=1',
  'pkg:npm/lodash@4.17.20',
]

eachDatabase((_name, open) => {
  let db: Database
  let folder: string
  let database: AdvisoryDatabase
  let registry: RegistryServer
  let cleanup: Cleanup
  let clock: ManualClock
  let pipeline: Pipeline
  let documents: DocumentService
  let findings: FindingService
  const connections = new Map<string, string>()

  beforeAll(async () => {
    db = await open()
    folder = await mkdtemp(join(tmpdir(), 'portolan-attached-'))
    await buildVulnerabilityDatabase(rows).writeFolder(folder)
  })
  afterAll(async () => rm(folder, { recursive: true, force: true }))
  beforeEach(async () => {
    await emptyDatabase(db)
    cleanup = new Cleanup()
    // What was stored of a database is remembered with it.
    database = cleanup.keep(openDatabaseFolder(folder))
    registry = cleanup.keep(await startRegistryServer())
    pushBuilt(registry, REPOSITORY, ['1'], built)
    clock = new ManualClock()
    documents = createDocumentService({ db, clock, tools: createDocumentTools(() => database), version: '1' })
    findings = createFindingService(db, documents.overlays)
    const matcher: OpenMatcher = {
      database,
      matcher: createBuiltInMatcher(database),
      versions: { dpkg: 1, npm: 1 },
    }
    const settings = { url: registry.url, allowPlainHttp: true }
    const openConnector = async () => ociProvider.open(settings, { http: testHttp, clock: systemClock })
    pipeline = createPipeline({
      db,
      clock,
      indexer: createBuiltInIndexer(createMemoryLayerStore()),
      matcher: async () => matcher,
      connectors: { openConnector },
      documents,
    })
    await pipeline.databaseChanged(matcher, 'test')
    for (const orgId of ['one', 'two'])
      connections.set(orgId, await addConnection(db, orgId, { host: registry.host }))
  })
  afterEach(async () => cleanup.close())

  const discovery = () => createDiscoveryService({ db, clock, findSuppressed: findings.suppressed })
  const scan = async (orgId: string): Promise<void> => {
    await discovery().request(orgId, connections.get(orgId) ?? '')
    while ((await pipeline.discoverNext('worker')) !== undefined);
    while (await pipeline.scanNext('worker'));
  }
  const again = async (orgId: string): Promise<void> => {
    await createScanService({ db, clock, repositoriesAfter }).requestImage(orgId, (await only(orgId)).id)
    while (await pipeline.scanNext('worker'));
  }
  const only = async (orgId: string) => {
    const { items } = await discovery().listImages(orgId, { limit: 10, kind: 'image' })
    const [found] = items
    if (found === undefined || items.length !== 1) throw new Error('there is one image')
    return found
  }
  const attached = async (orgId: string) =>
    (await documents.list(orgId, { limit: 50, image: (await only(orgId)).id })).items
  const put = (ending: string, mediaType: string, content: object): Digest =>
    pushAttached(registry, { repository: REPOSITORY, tags: [tagOf(ending)], mediaType, content })
  const expectCompleted = async (orgId: string): Promise<void> => {
    expect(await only(orgId)).toMatchObject({ scanStatus: 'Completed', scanReason: null })
  }

  it('statements are honoured in lists, counts and totals, in the organisation that scanned', async () => {
    put('att', DSSE, envelopeOf(OPENVEX, vexOn('CVE-2024-0001'), image))
    await scan('one')
    const [document] = await attached('one')
    expect(document).toMatchObject({ kind: 'vex', source: 'attached', entries: 1, manifestDigest: image })
    expect(await only('one')).toMatchObject({ counts: { CRITICAL: 0, HIGH: 1, MEDIUM: 1 }, suppressed: 1 })
    const detail = await discovery().getImage('one', (await only('one')).id)
    expect(detail.platformDetails[0]?.counts).toMatchObject({ CRITICAL: 0, HIGH: 1 })
    const list = await findings.list('one', { digest: image, limit: 10 })
    expect(list.total).toBe('2')
    expect(list.items.map(({ vulnerabilityId, vex }) => [vulnerabilityId, vex?.source ?? null])).toEqual([
      ['CVE-2024-0001', 'attached to the image'],
      ['GHSA-35jh-r3h4-6jhm', null],
      ['CVE-2024-0003', null],
    ])
    expect(await findings.summary('one', { digest: image })).toMatchObject({ suppressed: 1 })

    // The other organisation looks for itself, when it scans.
    registry.deleteTag(REPOSITORY, tagOf('att'))
    await scan('two')
    expect(await attached('two')).toEqual([])
    expect(await only('two')).toMatchObject({ counts: { CRITICAL: 1 }, suppressed: 0 })
    await expect(documents.remove('two', document?.id ?? '')).rejects.toMatchObject({
      code: 'document-not-found',
    })
    await expect(documents.remove('one', document?.id ?? '')).rejects.toMatchObject({
      code: 'document-attached',
    })
  })

  it('is looked for under tags that there are, unless a person asks', async () => {
    await scan('one')
    const asked = () => registry.requests.all.filter(({ path }) => path.includes('/sha256-')).length
    expect(asked()).toBe(0)
    put('att', DSSE, envelopeOf(OPENVEX, vexOn('CVE-2024-0001'), image))
    await again('one')
    expect(asked()).toBeGreaterThan(0)
    expect(await attached('one')).toHaveLength(1)
  })

  it('an SBOM is compared with what was found, and nothing comes from it', async () => {
    put('sbom', 'application/vnd.cyclonedx+json', sbomOf(everything))
    await scan('one')
    expect(await attached('one')).toMatchObject([
      {
        kind: 'sbom',
        format: 'cyclonedx 1.6',
        entries: 3,
        comparison: { common: 3, onlyInSbom: 0, onlyInImage: 0 },
      },
    ])
    put('sbom', 'application/vnd.cyclonedx+json', sbomOf([...everything.slice(1), 'pkg:npm/evil\u0000@1']))
    await again('one')
    const [document, ...more] = await attached('one')
    expect(more).toEqual([])
    expect(document?.comparison).toMatchObject({
      common: 2,
      onlyInImage: 1,
      onlyInImagePackages: ['pkg:deb/debian/libssl3@3.0.11-1'],
    })
    expect((await only('one')).counts).toMatchObject({ CRITICAL: 1 })
    await expect(documents.findings('one', document?.id ?? '')).rejects.toMatchObject({
      code: 'document-attached',
    })
    await expectCompleted('one')
  })

  it('what is pushed anew or gone follows with the next scan; what a person uploaded stays', async () => {
    put('att', DSSE, envelopeOf(OPENVEX, vexOn('CVE-2024-0001'), image))
    await scan('one')
    const [first] = await attached('one')
    await again('one')
    expect(await attached('one')).toEqual([first])
    const imageId = (await only('one')).id
    const content = JSON.stringify(vexOn('CVE-2024-0003'))
    const own = await documents.upload('one', 'Ann', { kind: 'vex', name: 'own.json', content, imageId })
    put('att', DSSE, envelopeOf(OPENVEX, vexOn('CVE-2024-9999'), image))
    await again('one')
    const now = await attached('one')
    expect(now.map(({ source }) => source).sort()).toEqual(['attached', 'upload'])
    expect(now.map(({ id }) => id)).not.toContain(first?.id)
    expect(await only('one')).toMatchObject({ counts: { CRITICAL: 1 }, suppressed: 0 })
    registry.deleteTag(REPOSITORY, tagOf('att'))
    await again('one')
    expect(await attached('one')).toEqual([own])
  })

  it('what cannot be read is noted on the image and fails nothing', async () => {
    put('att', DSSE, envelopeOf(OPENVEX, vexOn('CVE-2024-0001'), strange))
    put('sbom', 'application/vnd.cyclonedx+json', { bomFormat: 'other' })
    await scan('one')
    await expectCompleted('one')
    const notes = async () => (await discovery().getImage('one', (await only('one')).id)).notes
    expect(await notes()).toEqual([
      expect.stringContaining('is about another image'),
      expect.stringContaining('was left out'),
    ])
    expect(await attached('one')).toEqual([])

    put('att', DSSE, envelopeOf(OPENVEX, vexOn('CVE-2024-0001'), image))
    registry.deleteTag(REPOSITORY, tagOf('sbom'))
    await again('one')
    expect([await notes(), (await attached('one')).length]).toEqual([[], 1])

    // Refused from now on: what was known stays.
    registry.faults = [
      (request, plain) =>
        request.path.includes('/sha256-') ? { ...plain, status: 403, body: Buffer.from('{}') } : plain,
    ]
    await again('one')
    await expectCompleted('one')
    expect((await attached('one')).length).toBe(1)
    expect(await notes()).toEqual([expect.stringContaining('could not be read')])
  })
})
