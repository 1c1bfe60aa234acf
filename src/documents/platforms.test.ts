import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDocumentTools } from '../app/document-tools.ts'
import { type Digest, digestBytes, type Severity } from '../core/index.ts'
import { createFindingService, type FindingService, recountChanged } from '../findings/index.ts'
import { saveInventory } from '../inventory/sql.ts'
import { changeDatabase, drainStale } from '../matching/sql.ts'
import type { Database } from '../platform/db/index.ts'
import { readSbom } from '../sbom/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import {
  changeTo,
  digestOfText,
  emptyDatabase,
  holdImage,
  ManualClock,
  openMatcher,
  rowsOf,
  testInventory,
} from '../test-support/domain/index.ts'
import { createDocumentService, type DocumentService } from './index.ts'

const amd64: Digest = digestOfText(JSON.stringify(testInventory(['openssl@1'])))
const arm64: Digest = digestOfText('arm64')

const openVex = (vulnerability: string, product: string): string =>
  JSON.stringify({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    statements: [{ vulnerability: { name: vulnerability }, products: [product], status: 'fixed' }],
  })
const severities: Readonly<Record<string, Severity>> = { openssl: 'HIGH', musl: 'HIGH' }

eachDatabase((_name, open) => {
  let db: Database
  let documents: DocumentService
  let findings: FindingService
  let image: number
  let inventories: ReadonlyMap<Digest, number>
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    const tools = createDocumentTools(() => undefined)
    documents = createDocumentService({ db, clock: new ManualClock(), tools, version: '1' })
    findings = createFindingService(db, documents.overlays)
    const held = await holdImage(db, 'one', 'team/api', '1', testInventory(['openssl@1']))
    image = held.imageId
    const inventory = testInventory(['openssl@1', 'musl@1'])
    const other = await saveInventory(db, { manifest: arm64, indexerKey: 'test', inventory })
    await db.execute(
      `insert into image_platform (image_id, manifest_digest, platform, inventory_id) values ($1, $2, 'linux/arm64', $3)`,
      [image, digestBytes(arm64), other.id],
    )
    inventories = new Map([
      [amd64, held.inventoryId],
      [arm64, other.id],
    ])
    await use(1, 'GHSA-1')
  })

  /** Vulnerability data that has one vulnerability of openssl, under this id. */
  async function use(number: number, id: string, formerly: readonly string[] = []): Promise<void> {
    const matcher = openMatcher(number, ({ lookupKey }) => {
      const severity = severities[lookupKey]
      return severity === undefined ? [] : [{ id: lookupKey === 'openssl' ? id : 'CVE-2', severity }]
    })
    const match: typeof matcher.matcher.match = (subject) =>
      matcher.matcher.match(subject).map((each) => ({ ...each, vendorIds: formerly }))
    const named = { ...matcher, matcher: { ...matcher.matcher, match } }
    await changeDatabase(db, changeTo(named))
    await drainStale({ db, observer: recountChanged }, named)
  }

  const upload = (vulnerability: string, product: string) =>
    documents.upload('one', 'Ann', {
      kind: 'vex',
      name: 'v.json',
      content: openVex(vulnerability, product),
      imageId: image,
    })
  const attach = (to: Digest, vulnerability: string, product: string) =>
    documents.attach('one', {
      imageId: image,
      manifestDigest: to,
      inventoryId: inventories.get(to) ?? 0,
      documents: [
        {
          kind: 'vex',
          digest: digestOfText('vex'),
          format: 'openvex',
          entries: 1,
          content: Buffer.from(openVex(vulnerability, product)),
        },
      ],
      notes: [],
    })
  const stated = async (digest: Digest): Promise<string[]> => {
    const { items } = await findings.list('one', { digest, limit: 10 })
    const listed = items.filter(({ vex }) => vex !== null).map((each) => each.vulnerabilityId)
    expect((await findings.summary('one', { digest })).suppressed).toBe(listed.length)
    return listed
  }
  const suppressedHigh = async (): Promise<number[]> => {
    const inventoryIds = [...inventories.values()]
    const byInventory = (await findings.suppressed('one', [{ imageId: image, inventoryIds }])).get(image)
    return inventoryIds.map((id) => byInventory?.get(id)?.HIGH ?? 0)
  }

  describe('an image for two platforms', () => {
    it('has an SBOM of each', async () => {
      const namesIn = async (manifest?: Digest): Promise<string[]> => {
        const document = await documents.imageSbom('one', image, { format: 'spdx', manifest })
        return readSbom(Buffer.from(JSON.stringify(document)))
          .packages.map(({ name }) => name)
          .sort()
      }
      expect(await namesIn()).toEqual(['openssl'])
      expect(await namesIn(amd64)).toEqual(['openssl'])
      expect(await namesIn(arm64)).toEqual(['musl', 'openssl'])
      await expect(namesIn(digestOfText('strange'))).rejects.toMatchObject({ code: 'image-not-scanned' })
      await expect(
        documents.imageSbom('two', image, { format: 'spdx', manifest: arm64 }),
      ).rejects.toMatchObject({ code: 'image-not-scanned' })
    })

    it('has statements on all of it, and such as name one platform', async () => {
      await upload('GHSA-1', 'pkg:generic/openssl')
      expect([await stated(amd64), await stated(arm64)]).toEqual([['GHSA-1'], ['GHSA-1']])
      await upload('CVE-2', `pkg:oci/api@${encodeURIComponent(arm64)}`)
      expect([await stated(amd64), await stated(arm64)]).toEqual([['GHSA-1'], ['CVE-2', 'GHSA-1']])
      expect(await suppressedHigh()).toEqual([1, 2])
    })

    it.each([
      ['the package', 'pkg:generic/openssl'],
      ['the image', 'pkg:oci/api'],
    ])('has statements on %s that are attached to one platform: they hold for that one', async (_, product) => {
      await attach(arm64, 'GHSA-1', product)
      expect([await stated(amd64), await stated(arm64)]).toEqual([[], ['GHSA-1']])
      expect(await suppressedHigh()).toEqual([0, 1])
      const [finding] = (await findings.list('one', { digest: arm64, cve: 'GHSA-1', limit: 1 })).items
      expect(await findings.get('one', finding?.id ?? ''), 'of both platforms').toMatchObject({ vex: null })
    })
  })

  it('a statement on a GHSA holds when that gets its CVE', async () => {
    await upload('GHSA-1', 'pkg:generic/openssl')
    await use(2, 'CVE-1', ['GHSA-1'])
    expect(await rowsOf(db, 'select name from vulnerability where canonical_id is not null')).toEqual([
      { name: 'GHSA-1' },
    ])
    expect([await stated(amd64), await stated(arm64)]).toEqual([['CVE-1'], ['CVE-1']])
    const [finding] = (await findings.list('one', { digest: amd64, limit: 1 })).items
    expect(await findings.get('one', finding?.id ?? '')).toMatchObject({
      vulnerabilityId: 'CVE-1',
      vex: { status: 'fixed', source: 'v.json' },
    })
    await upload('GHSA-2', 'pkg:generic/musl')
    expect(await suppressedHigh()).toEqual([1, 1])
  })
})
