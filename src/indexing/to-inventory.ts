import { safeText } from '../core/index.ts'
import type { LayerReference } from '../images/index.ts'
import {
  type AttributedSet,
  buildPackageSet,
  type Inventory,
  type Package,
  type PlacedPackage,
} from '../inventory/index.ts'
import type { LayerResults } from './layer-results.ts'
import { type MergedImage, type MergedPackage, mergeLayers } from './merge.ts'
import { namePackages } from './name-packages.ts'
import { distributionOf, unmatchedNotes, withEndOfLife } from './os-distribution.ts'
import type { Distribution, ImageContext, IndexingPlugin, NameDatabase } from './ports.ts'

const MAX_NOTES = 200

export interface MergeOptions {
  readonly plugins: readonly IndexingPlugin[]
  /** null: there is no database of names, or nothing that needs one. */
  readonly names: NameDatabase | null
  readonly notes?: readonly string[]
}

/** Facts of layers → what is in the image, with the identity that each package has in this image's operating system. */
export function toInventory(
  references: readonly LayerReference[],
  layers: readonly LayerResults[],
  { plugins, names, notes: extraNotes = [] }: MergeOptions,
): Inventory {
  const named = namePackages(layers, plugins, names)
  const notes = [
    ...extraNotes,
    ...named.notes,
    ...layers.flatMap((layer) => [...layer.byAnalyzer.values()].flatMap((result) => result.notes)),
  ]
  return {
    ...assemble(mergeLayers(named.layers), plugins, notes),
    layers: references.map(({ blob, diffId }) => ({ digest: blob.digest, diffId })),
    unresolved: named.unresolved,
    names: names?.digest ?? null,
  }
}

/** Packages that are there in the end → sets, each package with its identity in this operating system. */
export function assemble(
  { context, packages }: MergedImage,
  plugins: readonly IndexingPlugin[],
  notes: string[],
): Pick<Inventory, 'os' | 'sets' | 'attribution' | 'notes'> {
  const distribution = distributionOf(plugins, context.os, packages)
  const describe = describer(plugins, distribution, notes)
  const system = osSet(packages, describe)
  notes.push(...unmatchedNotes(system.set, context.os))
  const sets = [system, ...languageSets(packages, describe)].filter(({ set }) => set.entries.length > 0)
  return {
    os: withEndOfLife(context.os, distribution),
    sets: sets.map(({ set }) => set),
    attribution: sets.map(({ attribution }) => attribution),
    notes: bounded([...new Set(notes)]),
  }
}

type Describe = (merged: MergedPackage) => Package | undefined

/** A package whose names no purl can be made of is noted and left out: it fails alone. */
function describer(
  plugins: readonly IndexingPlugin[],
  distribution: Distribution | undefined,
  notes: string[],
): Describe {
  const byId = new Map(plugins.map((plugin) => [plugin.id, plugin]))
  return ({ fact, file, context }) => {
    const plugin = byId.get(file.ecosystem)
    if (plugin === undefined) return undefined
    try {
      const shown = plugin.describe(fact, context)
      if (file.scope === 'os') return { ...shown, ...osSubject(fact, distribution, context) }
      return { ...shown, ...(plugin.subject?.(fact) ?? { subject: null, skipReason: null }) }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      notes.push(`left out ${safeText(fact.name)} of ${safeText(file.path)}: ${safeText(why)}`)
      return undefined
    }
  }
}

/** The image's one distribution speaks for all OS packages, whatever database names them (Trivy, pkg/scan/ospkg). */
function osSubject(
  fact: MergedPackage['fact'],
  distribution: Distribution | undefined,
  context: ImageContext,
): ReturnType<Distribution['subject']> {
  return distribution?.subject(fact, context) ?? { subject: null, skipReason: 'unsupported-os' }
}

/** One set for all databases; of packages with equal name and version the first counts (Trivy: De-duplicate same debian packages). */
function osSet(packages: readonly MergedPackage[], describe: Describe): AttributedSet {
  const unique = new Map<string, PlacedPackage>()
  for (const merged of packages) {
    if (merged.file.scope !== 'os') continue
    const found = describe(merged)
    const key = found === undefined ? '' : `${found.name}@${found.version}`
    if (found === undefined || unique.has(key)) continue
    unique.set(key, { package: found, path: null, layer: merged.layer })
  }
  return buildPackageSet('os', [...unique.values()])
}

/** One set for each layer that brought language packages, so that images sharing the layer share the set. */
function languageSets(packages: readonly MergedPackage[], describe: Describe): AttributedSet[] {
  const byLayer = new Map<number, PlacedPackage[]>()
  for (const merged of packages) {
    if (merged.file.scope !== 'language') continue
    const found = describe(merged)
    if (found === undefined) continue
    const placed = byLayer.get(merged.layer) ?? []
    placed.push({ package: found, path: merged.fact.path ?? merged.file.path, layer: merged.layer })
    byLayer.set(merged.layer, placed)
  }
  return [...byLayer]
    .sort(([left], [right]) => left - right)
    .map(([, placed]) => buildPackageSet('language', placed))
}

function bounded(notes: readonly string[]): string[] {
  if (notes.length <= MAX_NOTES) return [...notes]
  return [...notes.slice(0, MAX_NOTES), `${notes.length - MAX_NOTES} more notes were left out.`]
}
