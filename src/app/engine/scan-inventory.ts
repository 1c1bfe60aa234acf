import { setImmediate } from 'node:timers/promises'
import type { AdvisoryDatabase, VulnerabilityDetails } from '../../advisories/index.ts'
import { severityRank } from '../../core/index.ts'
import type { IndexingPlugin } from '../../indexing/index.ts'
import {
  type Inventory,
  type LayerAttribution,
  type Package,
  type PackageEntry,
  subjectKey,
} from '../../inventory/index.ts'
import type { Match, Matcher } from '../../matching/index.ts'

/** A vulnerability of one package at one place: a row of Trivy's list. */
export interface ScannedFinding {
  readonly match: Match
  /** null when the database knows the id by an advisory only. */
  readonly details: VulnerabilityDetails | null
  readonly package: Package
  /** The file that named the package; null for packages of the OS. */
  readonly path: string | null
  readonly layer: LayerAttribution | null
}

export interface ScannedPackage extends PackageEntry {
  readonly layer: LayerAttribution | null
}

/** Packages that are reported together: those of the OS, or those of one language. */
export interface ScannedGroup {
  readonly kind: PackageEntryKind
  /** Trivy's word: `debian`, `node-pkg`. */
  readonly type: string
  /** For people: `debian 12.4`, `Node.js`. */
  readonly title: string
  readonly packages: readonly ScannedPackage[]
  /** In Trivy's order: package, version, severity from the worst, vulnerability, path. */
  readonly findings: readonly ScannedFinding[]
}

type PackageEntryKind = 'os' | 'language'

/** What is known to be wrong with what an inventory holds. */
export interface InventoryScan {
  readonly inventory: Inventory
  readonly groups: readonly ScannedGroup[]
  /** Milliseconds since the epoch: how old the vulnerability data is; null where another engine does not say. */
  readonly databaseUpdatedAt: number | null
  /** What scanned, where it was not the built-in engine. */
  readonly engine?: { readonly id: string; readonly label: string; readonly version: string }
}

export interface Matching {
  readonly matcher: Pick<Matcher, 'match'>
  readonly database: Pick<AdvisoryDatabase, 'details'> & { readonly updatedAt: number | null }
  readonly plugins: readonly Pick<IndexingPlugin, 'id' | 'report'>[]
}

/** Matches an inventory, wherever it is from. @throws AppError `database-corrupt` */
export function scanInventory(inventory: Inventory, matching: Matching): InventoryScan {
  const steps = scanInSteps(inventory, matching)
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

/** As `scanInventory`, with pauses for others' work. @throws AppError `database-corrupt` */
export async function scanInventoryInSlices(
  inventory: Inventory,
  matching: Matching,
): Promise<InventoryScan> {
  const steps = scanInSteps(inventory, matching)
  let step = steps.next()
  while (step.done !== true) {
    await setImmediate()
    step = steps.next()
  }
  return step.value
}

/** About 10 ms of work. */
const packagesInOneTurn = 500

/** Stops where others may work. */
function* scanInSteps(
  inventory: Inventory,
  { matcher, database, plugins }: Matching,
): Generator<undefined, InventoryScan> {
  const groups: ScannedGroup[] = []
  for (const group of groupPackages(inventory, plugins)) {
    yield
    groups.push({ ...group, findings: yield* findingsOf(group.packages, matcher, database) })
  }
  return { inventory, groups, databaseUpdatedAt: database.updatedAt }
}

/** The OS first, then languages by title, as Trivy lists them. */
function groupPackages(inventory: Inventory, plugins: Matching['plugins']): Omit<ScannedGroup, 'findings'>[] {
  const groups = new Map<string, Omit<ScannedGroup, 'findings'> & { packages: ScannedPackage[] }>()
  for (const [setIndex, set] of inventory.sets.entries()) {
    for (const [index, entry] of set.entries.entries()) {
      const name = nameGroup(set.kind, entry, inventory, plugins)
      const key = set.kind === 'os' ? '' : `${name.type}\0${name.title}`
      let group = groups.get(key)
      if (group === undefined) {
        group = { kind: set.kind, ...name, packages: [] }
        groups.set(key, group)
      }
      const layer = inventory.layers[inventory.attribution[setIndex]?.[index] ?? -1] ?? null
      group.packages.push({ ...entry, layer })
    }
  }
  return Array.from(groups.values()).toSorted((left, right) => {
    if (left.kind !== right.kind) return left.kind === 'os' ? -1 : 1
    return compareText(left.title, right.title)
  })
}

function nameGroup(
  kind: PackageEntryKind,
  { package: { ecosystem }, path }: PackageEntry,
  { os }: Inventory,
  plugins: Matching['plugins'],
): { type: string; title: string } {
  if (kind === 'os') {
    return {
      type: os?.family ?? ecosystem,
      title: os === null ? ecosystem : `${os.family} ${os.release}`.trim(),
    }
  }
  const named = plugins.find((plugin) => plugin.id === ecosystem)?.report
  const report = typeof named === 'function' ? named(path ?? '') : named
  return { type: report?.type ?? ecosystem, title: report?.target ?? ecosystem }
}

function* findingsOf(
  packages: readonly ScannedPackage[],
  matcher: Pick<Matcher, 'match'>,
  database: Matching['database'],
): Generator<undefined, readonly ScannedFinding[]> {
  const matches = new Map<string, readonly Match[]>()
  const details = new Map<string, VulnerabilityDetails | null>()
  const found = new Map<string, ScannedFinding>()
  for (const [index, entry] of packages.entries()) {
    if (index % packagesInOneTurn === packagesInOneTurn - 1) yield
    const { subject } = entry.package
    if (subject === null) continue
    const key = subjectKey(subject)
    const known = matches.get(key) ?? matcher.match(subject)
    matches.set(key, known)
    for (const match of known) {
      const id = match.vulnerabilityId
      if (!details.has(id)) details.set(id, database.details(id) ?? null)
      keep(found, {
        match,
        details: details.get(id) ?? null,
        package: entry.package,
        path: entry.path,
        layer: entry.layer,
      })
    }
  }
  return Array.from(found.values()).toSorted(compareFindings)
}

/** Trivy's rule for rows that look the same (pkg/result/filter.go): the one whose fixed version sorts later, as text, stays. */
function keep(found: Map<string, ScannedFinding>, finding: ScannedFinding): void {
  const { match, package: item, path } = finding
  const key = [match.vulnerabilityId, item.name, item.version, path ?? ''].join('\u0000')
  const before = found.get(key)
  if (before === undefined || before.match.fixedVersion < match.fixedVersion) found.set(key, finding)
}

function compareFindings(left: ScannedFinding, right: ScannedFinding): number {
  return (
    compareText(left.package.name, right.package.name) ||
    compareText(left.package.version, right.package.version) ||
    severityRank(right.match.severity) - severityRank(left.match.severity) ||
    compareText(left.match.vulnerabilityId, right.match.vulnerabilityId) ||
    compareText(left.path ?? '', right.path ?? '')
  )
}

/** Go's order of strings, near enough: by code unit. */
function compareText(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
