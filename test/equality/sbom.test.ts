import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AdvisoryDatabase, openDatabaseFolder } from '../../src/advisories/index.ts'
import { ecosystems } from '../../src/app/ecosystems.ts'
import { describeImage, imageContents, inventoryOfSbom } from '../../src/app/documents.ts'
import { createIndexer } from '../../src/indexing/index.ts'
import { createMemoryLayerStore, type Inventory, OPEN_ACCESS } from '../../src/inventory/index.ts'
import { resolveImage } from '../../src/images/index.ts'
import { createMatcher, type Matcher } from '../../src/matching/index.ts'
import { type ImageContents, readSbom, writeCycloneDx, writeSpdx } from '../../src/sbom/index.ts'
import { memorySource } from '../../src/test-support/image-builder/index.ts'
import { scaled } from '../../src/test-support/scale.ts'
import { buildVulnerabilityDatabase } from '../../src/test-support/vulnerability-database/index.ts'
import { trivyPath } from '../../tools/setup/trivy.ts'
import { exceptions } from '../goldens/exceptions/index.ts'
import { images } from './images/index.ts'
import { rows } from './rows/index.ts'
import { askTrivyAboutSbom, askTrivyForSbom, canonicalPurl } from './trivy.ts'
import type { Answer, FindingRow } from './golden.ts'
import { differences } from './compare.ts'
import { findingsOfInventory } from './portolan.ts'

const root = join(import.meta.dirname, '../..')
const trivy = trivyPath(root)
const names = [...images.keys()]
const stamp = {
  serial: '3e671687-395b-41f5-a30f-a58921a69b79',
  time: Date.UTC(2024, 0, 2, 3, 4, 5),
  tool: '1.2.3',
}
const remote = { registry: 'registry.example.com', repository: 'team/Api', tag: '1.4' }

let cache: string
let database: AdvisoryDatabase
beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), 'portolan-sbom-'))
  await buildVulnerabilityDatabase(rows).writeFolder(join(cache, 'db'))
  database = openDatabaseFolder(join(cache, 'db'))
})
afterAll(() => {
  database.close()
  rmSync(cache, { recursive: true, force: true })
})

async function contentsOf(name: string): Promise<{ inventory: Inventory; contents: ImageContents }> {
  const built = images.get(name)
  if (built === undefined) throw new Error(`no image ${name}`)
  const source = memorySource({ image: built })
  const { digest, images: resolved } = await resolveImage(source, 'image', {
    os: 'linux',
    architecture: 'amd64',
  })
  const [image] = resolved
  if (image === undefined) throw new Error('no platform')
  const indexer = createIndexer({ plugins: ecosystems, store: createMemoryLayerStore() })
  const inventory = await indexer.index({ source, layers: image.layers, access: OPEN_ACCESS })
  return { inventory, contents: imageContents({ name, remote, digest, inventory, ...describeImage(image) }) }
}

function bytesOf(document: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(document))
}

function errorsOf(validate: ValidateFunction, document: unknown): ErrorObject[] {
  return validate(JSON.parse(JSON.stringify(document))) ? [] : (validate.errors ?? [])
}

const schemas = join(root, 'node_modules/@cyclonedx/cyclonedx-library/res/schema')
function schemaOf(file: string): object {
  return JSON.parse(readFileSync(file, 'utf8')) as object
}

function cycloneDxValidator(version: string): ValidateFunction {
  const ajv = new Ajv({ strict: false, validateFormats: true })
  addFormats.default(ajv)
  ajv.addFormat('iri-reference', true)
  ajv.addFormat('idn-email', true)
  for (const part of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
    const file = `${part}.SNAPSHOT.schema.json`
    ajv.addSchema(schemaOf(join(schemas, file)), `http://cyclonedx.org/schema/${file}`)
  }
  return ajv.compile(schemaOf(join(schemas, `bom-${version}.SNAPSHOT.schema.json`)))
}

const spdxValidator = new Ajv2019({ strict: false }).compile(
  schemaOf(join(root, 'test/fixtures/spdx-2.3/schema.json')),
)

describe.each(['1.5', '1.6', '1.7'] as const)('CycloneDX %s', (version) => {
  const validate = cycloneDxValidator(version)
  it.each(names)('of %s is valid, and each purl is one', async (name) => {
    const document = writeCycloneDx((await contentsOf(name)).contents, stamp, version)
    expect(errorsOf(validate, document)).toEqual([])
    for (const { purl } of readSbom(bytesOf(document)).packages) expect(canonicalPurl(purl)).toMatch(/^pkg:/)
  })
})

describe('SPDX 2.3', () => {
  it.each(names)('of %s is valid', async (name) => {
    expect(errorsOf(spdxValidator, writeSpdx((await contentsOf(name)).contents, stamp))).toEqual([])
  })
})

/** For Trivy, a package without a source counts in a document as its own; in an image it has none, and in our documents too. */
const sourceless = ['no-origin', 'sourceless']

describe.each([
  ['CycloneDX', writeCycloneDx],
  ['SPDX', writeSpdx],
] as const)('%s', (_, write) => {
  it.each(names)('of %s leads to the findings of the image', async (name) => {
    const { inventory, contents } = await contentsOf(name)
    expect(oursOf(JSON.stringify(write(contents, stamp)))).toEqual(findingsOfInventory(inventory, matcher()))
  })

  it('is the same for the same image', async () => {
    const [once, twice] = [await contentsOf('npm-layers'), await contentsOf('npm-layers')]
    expect(JSON.stringify(write(once.contents, stamp))).toBe(JSON.stringify(write(twice.contents, stamp)))
  })
})

const matcher = (): Matcher => createMatcher({ plugins: ecosystems, database })

function oursOf(document: string): readonly FindingRow[] {
  return findingsOfInventory(inventoryOfSbom(readSbom(new TextEncoder().encode(document))), matcher())
}

/** 0.44.1 forgets the layers of documents; in SPDX it knows no paths but those of files, which need hashes, and takes names from purls. */
function comparable(findings: readonly FindingRow[], document: string): FindingRow[] {
  const isSpdx = document.includes('SPDX-2')
  return findings.map((row) => ({
    ...row,
    layer: '',
    ...(isSpdx ? { package: row.package.toLowerCase(), path: '' } : {}),
  }))
}

function expectSame(name: string, document: string, theirs: readonly FindingRow[]): void {
  const answer = (findings: readonly FindingRow[]): Answer => {
    return { os: null, packages: [], purls: [], findings: comparable(findings, document) }
  }
  const allowed = exceptions.filter((exception) => exception.images.includes(name))
  const all = differences(answer(oursOf(document)), answer(theirs)).filter(
    ({ row }) => !('package' in row && sourceless.includes(row.package)),
  )
  expect(all.filter((difference) => !allowed.some((exception) => exception.covers(difference)))).toEqual([])
}

/** A run takes seconds: few in short tests. */
const some = (short: readonly string[]): string[] =>
  names.filter((name) => short.includes(name) || scaled(0, 1) === 1)

describe.skipIf(!existsSync(trivy))('Trivy 0.44.1 finds the same', () => {
  it.each(some(['npm-app', 'debian-12-upgraded', 'alpine-3.18']))('in our documents of %s', async (name) => {
    const { contents } = await contentsOf(name)
    for (const document of [writeCycloneDx(contents, stamp, '1.5'), writeSpdx(contents, stamp)]) {
      const text = JSON.stringify(document)
      expectSame(name, text, await askTrivyAboutSbom(trivy, text, cache))
    }
  }, 240_000)

  it.each(some(['debian-12-distroless-npm']))('in its documents of %s', async (name) => {
    const image = images.get(name)
    if (image === undefined) throw new Error(`no image ${name}`)
    for (const format of ['cyclonedx', 'spdx-json', 'spdx'] as const) {
      const text = await askTrivyForSbom(trivy, image, cache, format)
      const theirs = await askTrivyAboutSbom(trivy, text, cache)
      expect(theirs.length).toBeGreaterThan(0)
      expectSame(name, text, theirs)
    }
  }, 240_000)
})
