import { hash } from 'node:crypto'
import type { PlatformImage } from '../images/index.ts'
import {
  buildPackageSet,
  type OperatingSystem,
  type PlacedPackage,
  type Subject,
  subjectKey,
} from '../inventory/index.ts'
import type { DescribePackage, EngineScan, ForeignPackage, Verdict } from './ports.ts'

/** A package that another scanner found, where it found it, and what it said of it. */
export interface JudgedPackage {
  readonly foreign: ForeignPackage
  /** Index of the layer that brought it. */
  readonly layer: number
  readonly verdicts: readonly Verdict[]
}

export interface JudgedImage {
  readonly engine: string
  readonly owner: string
  readonly image: PlatformImage
  readonly os: OperatingSystem | null
  readonly packages: readonly JudgedPackage[]
  readonly describe: DescribePackage
}

/**
 * Packages and verdicts in the shapes that our own engine uses: one set for the OS, one for each layer's language files. A
 * subject's identity holds its owner and its verdicts, so that a row once written never changes and belongs to one organisation:
 * images on one base still share their sets.
 */
export function judgedInventory(judged: JudgedImage): Pick<EngineScan, 'inventory' | 'verdicts'> {
  const { image, os, packages } = judged
  const verdicts = new Map<string, readonly Verdict[]>()
  const osPackages: PlacedPackage[] = []
  const byLayer = new Map<number, PlacedPackage[]>()
  for (const { foreign, layer, verdicts: said } of packages) {
    const shown = judged.describe(foreign, os)
    const subject = subjectOf(judged, shown, said)
    if (said.length > 0) verdicts.set(subjectKey(subject), said)
    const placed = { package: { ...shown, subject, skipReason: null }, path: foreign.path, layer }
    if (foreign.kind === 'os') osPackages.push(placed)
    else byLayer.set(layer, [...(byLayer.get(layer) ?? []), placed])
  }
  const sets = [
    buildPackageSet('os', osPackages),
    ...[...byLayer]
      .sort(([left], [right]) => left - right)
      .map(([, placed]) => buildPackageSet('language', placed)),
  ].filter(({ set }) => set.entries.length > 0)
  return {
    inventory: {
      os,
      sets: sets.map(({ set }) => set),
      attribution: sets.map(({ attribution }) => attribution),
      layers: image.layers.map(({ blob, diffId }) => ({ digest: blob.digest, diffId })),
      notes: [],
      unresolved: 0,
      names: null,
    },
    verdicts,
  }
}

function subjectOf(
  { engine, owner }: JudgedImage,
  shown: { readonly name: string; readonly version: string },
  verdicts: readonly Verdict[],
): Subject {
  const matches = verdicts.map(({ match }) => match)
  return {
    space: `engine ${engine} ${owner}`,
    lookupKey: shown.name,
    comparer: `engine:${engine}`,
    version: shown.version,
    arch: null,
    cpeContext: null,
    flavour: hash('sha256', JSON.stringify(matches), 'hex').slice(0, 32),
  }
}
