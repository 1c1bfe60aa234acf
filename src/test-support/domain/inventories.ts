/** Inventories from short listings. */
import { createHash } from 'node:crypto'
import { type Digest, digestFromHex } from '../../core/index.ts'
import { buildPackageSet, type Inventory, type Package } from '../../inventory/index.ts'

export function digestOfText(text: string): Digest {
  return digestFromHex(createHash('sha256').update(text).digest('hex'))
}

/** @param text `name@version` */
function testPackage(text: string, space = 'test 1'): Package {
  const [name = '', version = ''] = text.split('@')
  return {
    ecosystem: 'test',
    name,
    version,
    arch: null,
    sourceName: null,
    sourceVersion: null,
    purl: `pkg:generic/${name}@${version}`,
    licenses: ['MIT'],
    subject: {
      space,
      lookupKey: name,
      comparer: 'test',
      version,
      arch: null,
      cpeContext: null,
      flavour: null,
    },
    skipReason: null,
  }
}

/** An image of one layer a set: OS packages as `name@version`, language packages as `name@version:path`. */
export function testInventory(os: readonly string[], ...language: readonly (readonly string[])[]): Inventory {
  const sets = [
    buildPackageSet(
      'os',
      os.map((text) => ({ package: testPackage(text), path: null, layer: 0 })),
    ),
    ...language.map((texts, index) =>
      buildPackageSet(
        'language',
        texts.map((text) => {
          const [name = '', path = ''] = text.split(':')
          return { package: testPackage(name), path, layer: index + 1 }
        }),
      ),
    ),
  ]
  return {
    os: { family: 'test', release: '1', extended: false },
    sets: sets.map(({ set }) => set),
    attribution: sets.map(({ attribution }) => attribution),
    layers: sets.map((_, index) => ({
      digest: digestOfText(`layer ${index}`),
      diffId: digestOfText(`diff ${index}`),
    })),
    notes: [],
    unresolved: 0,
    names: null,
  }
}
