import { ecosystems } from '../../src/app/ecosystems.ts'
import type { AdvisoryDatabase } from '../../src/advisories/index.ts'
import type { ImageSource, LayerReference } from '../../src/images/index.ts'
import { createIndexer, type NameDatabase } from '../../src/indexing/index.ts'
import {
  createMemoryLayerStore,
  type Inventory,
  OPEN_ACCESS,
  type PackageEntry,
} from '../../src/inventory/index.ts'
import { createMatcher, type Matcher } from '../../src/matching/index.ts'
import { type BuiltImage, memorySource } from '../../src/test-support/image-builder/index.ts'
import { type Answer, type FindingRow, type PackageRow, sorted } from './golden.ts'
import { canonicalPurl } from './trivy.ts'

interface Placed extends PackageEntry {
  readonly layer: string
}

/** Our own answer, by indexing and matching as the product does. */
export async function askPortolan(
  image: BuiltImage,
  database: AdvisoryDatabase,
  names: NameDatabase | null = null,
): Promise<Answer> {
  const layers = image.layers.map(({ digest, bytes, diffId }) => ({
    blob: { digest, size: bytes.length },
    diffId,
  }))
  return askPortolanAbout(memorySource({ image }), layers, database, names)
}

export async function askPortolanAbout(
  source: ImageSource,
  layers: readonly LayerReference[],
  database: AdvisoryDatabase,
  names: NameDatabase | null = null,
): Promise<Answer> {
  const store = createMemoryLayerStore()
  const indexer = createIndexer({ plugins: ecosystems, store, names: async () => names })
  const inventory = await indexer.index({ source, layers, access: OPEN_ACCESS })
  const matcher = createMatcher({ plugins: ecosystems, database })
  const placed = placedPackages(inventory)
  return sorted({
    os: inventory.os === null ? null : `${inventory.os.family} ${inventory.os.release}`,
    packages: placed.map(packageRow),
    purls: placed.map((entry) => canonicalPurl(entry.package.purl)),
    findings: findingsOfInventory(inventory, matcher),
  })
}

/** Sorted as `sorted` does. */
export function findingsOfInventory(inventory: Inventory, matcher: Matcher): readonly FindingRow[] {
  const findings = placedPackages(inventory).flatMap((entry) =>
    entry.package.subject === null
      ? []
      : matcher.match(entry.package.subject).map(
          (match): FindingRow => ({
            vulnerability: match.vulnerabilityId,
            package: entry.package.name,
            installed: entry.package.version,
            fixed: match.fixedVersion,
            severity: match.severity,
            severitySource: match.severitySource,
            status: match.status,
            path: entry.path ?? '',
            layer: entry.layer,
          }),
        ),
  )
  return sorted({ os: null, packages: [], purls: [], findings }).findings
}

function placedPackages({ sets, attribution, layers }: Inventory): Placed[] {
  return sets.flatMap((set, at) =>
    set.entries.map((entry, index) => {
      const layer = layers[attribution[at]?.[index] ?? -1]
      return { ...entry, layer: layer?.diffId ?? '' }
    }),
  )
}

function packageRow({ package: found, path, layer }: Placed): PackageRow {
  return {
    name: found.name,
    version: found.version,
    arch: found.arch ?? '',
    source: [found.sourceName ?? '', found.sourceVersion ?? ''].join(' ').trim(),
    path: path ?? '',
    layer,
  }
}
