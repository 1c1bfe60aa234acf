import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AdvisoryDatabase, openDatabaseFolder } from '../../src/advisories/index.ts'
import { buildImage, type ImageListing } from '../../src/test-support/image-builder/index.ts'
import { scaled } from '../../src/test-support/scale.ts'
import { buildVulnerabilityDatabase } from '../../src/test-support/vulnerability-database/index.ts'
import type { Answer } from './golden.ts'
import { listings } from './images/index.ts'
import { askPortolan } from './portolan.ts'
import { rows } from './rows/index.ts'
import { isPlain, padded, recompressed, reversed, squashed } from './transform.ts'

/** What is done to an image must not move a verdict. No golden is needed: the image is its own. */
let folder: string
let database: AdvisoryDatabase
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-metamorphic-'))
  await buildVulnerabilityDatabase(rows).writeFolder(folder)
  database = openDatabaseFolder(folder)
})
afterAll(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

const names = [...listings.keys()]

/** Squashing changes what is true of these, by Trivy's rules. */
const layersMatter: Readonly<Record<string, string>> = {
  'npm-layers': 'a package.json that a later one without a package replaces stays reported',
  'java-layers': 'an archive that a later one without a name replaces stays reported',
  'go-layers': 'a program that a later file without modules replaces stays reported',
  'redhat-8-two-content-sets': 'each layer was built with products of its own',
  'npm-owned-by-dpkg': 'files are owned within their layer only',
  'ubuntu-18.04-to-22.04': 'the first release that layers name stays',
  'ubuntu-18.04-pro': 'Pro, once a layer says that it is attached, stays so',
}

function listingOf(name: string): ImageListing {
  const listing = listings.get(name)
  if (listing === undefined) throw new Error(`no image ${name}`)
  return listing
}

async function ask(listing: ImageListing): Promise<Answer> {
  return askPortolan(buildImage(listing), database)
}

/** Without layers: their digests follow from their bytes. */
function verdicts({ os, packages, findings }: Answer): unknown {
  const bare = (all: readonly { readonly layer: string }[]): string[] =>
    all.map((row) => JSON.stringify({ ...row, layer: '' })).sort()
  return { os, packages: bare(packages), findings: bare(findings) }
}

describe('verdicts do not move when', () => {
  it.each(names)('%s is compressed otherwise', async (name) => {
    const listing = listingOf(name)
    const before = await ask(listing)
    for (const compression of ['zstd', 'none'] as const) {
      expect(await ask(recompressed(listing, compression))).toEqual(before)
    }
  })

  it.each(
    names.filter((name) => isPlain(listingOf(name))),
  )('files of %s come in another order', async (name) => {
    const listing = listingOf(name)
    expect(verdicts(await ask(reversed(listing)))).toEqual(verdicts(await ask(listing)))
  })

  it.each(names)('layers without packages come between those of %s', async (name) => {
    const listing = listingOf(name)
    expect(verdicts(await ask(padded(listing)))).toEqual(verdicts(await ask(listing)))
  })

  const squashable = names.filter((name) => isPlain(listingOf(name)) && listingOf(name).layers.length > 1)
  it.each(squashable.filter((name) => !(name in layersMatter)))('layers of %s are squashed', async (name) => {
    const listing = listingOf(name)
    expect(verdicts(await ask(squashed(listing)))).toEqual(verdicts(await ask(listing)))
  })

  it.each(Object.keys(layersMatter))('(but %s says something else in one layer)', async (name) => {
    const listing = listingOf(name)
    expect(verdicts(await ask(squashed(listing)))).not.toEqual(verdicts(await ask(listing)))
  })
})

describe('packages take their verdicts along when they are shuffled between images of one context', () => {
  it.each([
    { names: ['debian-12-debootstrap', 'debian-12-status-words'], path: 'var/lib/dpkg/status' },
    { names: ['alpine-3.18', 'alpine-npm-owned'], path: 'lib/apk/db/installed' },
  ])('$path', async ({ names: from, path }) => {
    const images = from.map((name) => listingOf(name))
    const stanzas = oneOfEachName(images.flatMap((image) => stanzasOf(image, path)))
    const context = images[0]
    if (context === undefined) throw new Error('no image')
    const whole = await findingsOf(withStanzas(context, path, stanzas))
    expect(whole.length).toBeGreaterThan(0)
    const split = fc.array(fc.boolean(), { minLength: stanzas.length, maxLength: stanzas.length })
    await fc.assert(
      fc.asyncProperty(split, async (first) => {
        const parts = [true, false].map((side) => stanzas.filter((_, at) => first[at] === side))
        const found = await Promise.all(parts.map((part) => findingsOf(withStanzas(context, path, part))))
        expect(found.flat().sort()).toEqual(whole)
      }),
      { numRuns: scaled(10, 300) },
    )
  })

  /** Of packages with one name and version in an image only the first counts. */
  function oneOfEachName(stanzas: readonly string[]): string[] {
    return [
      ...new Map(stanzas.map((stanza) => [/^(?:Package: |P:)(.*)$/m.exec(stanza)?.[1], stanza])).values(),
    ]
  }

  function stanzasOf(image: ImageListing, path: string): string[] {
    const content = image.layers.flatMap(({ files }) => files?.[path] ?? []).at(-1)
    if (typeof content !== 'string' && !(content instanceof Uint8Array)) throw new Error(`no ${path}`)
    return Buffer.from(content)
      .toString('utf8')
      .split(/\n\n+/)
      .filter((stanza) => stanza.trim() !== '')
  }

  function withStanzas(image: ImageListing, path: string, stanzas: readonly string[]): ImageListing {
    const files = { ...squashed(image).layers[0]?.files, [path]: `${stanzas.join('\n\n')}\n\n` }
    return { layers: [{ files }] }
  }

  async function findingsOf(listing: ImageListing): Promise<string[]> {
    const { findings } = await ask(listing)
    return findings
      .filter(({ path }) => path === '')
      .map((row) => JSON.stringify({ ...row, layer: '' }))
      .sort()
  }
})
