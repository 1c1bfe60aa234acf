import type { Advisory, AdvisoryDatabase, AdvisoryEntry, CpeKind } from '../../advisories/index.ts'
import type { Subject } from '../../inventory/index.ts'
import { flavourOf } from './oracle-flavour.ts'
import { compareRpmVersions } from './version.ts'

/** Which of the statements under a package's name are about this build of it. */
export function select(
  subject: Subject,
  advisories: readonly Advisory[],
  database: AdvisoryDatabase,
): readonly Advisory[] {
  if (subject.cpeContext !== null)
    return ofProducts(subject, advisories, productsOf(subject.cpeContext, database))
  const holding = advisories.map(withoutVendorIds).flatMap((each) => ofArch(subject.arch, each))
  if (!subject.space.startsWith('Oracle Linux ')) return holding
  return holding.filter((advisory) => flavourOf(advisory.fixedVersion) === subject.flavour)
}

/** Of Trivy's detectors of rpm families (pkg/detector/ospkg) only that of Red Hat hands on the ids of vendors. */
function withoutVendorIds(advisory: Advisory): Advisory {
  return advisory.vendorIds.length === 0 ? advisory : { ...advisory, vendorIds: [] }
}

/** Rocky, Oracle: an entry must name the architecture; a record without entries (older databases) holds for all. */
function ofArch(arch: string | null, advisory: Advisory): readonly Advisory[] {
  if (arch === null || advisory.entries.length === 0) return [advisory]
  return advisory.entries
    .filter((entry) => entry.arches.includes(arch))
    .map(({ fixedVersion, arches }) => ({ ...advisory, fixedVersion, arches }))
}

/**
 * Red Hat: of the entries for one of the products, one advisory a CVE, the one with the latest fix (Trivy 0.74, detector/ospkg/redhat).
 * An entry stands under its CVE while there is no fix, else under the RHSA that brought it. No product known: nothing holds
 * (Trivy fails the whole scan).
 */
function ofProducts(
  { arch }: Subject,
  advisories: readonly Advisory[],
  products: ReadonlySet<number>,
): readonly Advisory[] {
  const latest = new Map<string, Advisory>()
  for (const advisory of advisories) {
    for (const entry of advisory.entries) {
      if (!holdsFor(entry, arch) || !entry.affectedCpes.some((cpe) => products.has(cpe))) continue
      for (const each of perCve(advisory, entry)) {
        const before = latest.get(each.vulnerabilityId)
        const isLater = before === undefined || compareRpmVersions(before.fixedVersion, each.fixedVersion) < 0
        if (isLater) latest.set(each.vulnerabilityId, each)
      }
    }
  }
  return [...latest.values()]
}

/** Red Hat: no architecture named, or a package without one: all. */
function holdsFor({ arches }: AdvisoryEntry, arch: string | null): boolean {
  return arches.length === 0 || arch === 'noarch' || (arch !== null && arches.includes(arch))
}

function perCve(advisory: Advisory, { fixedVersion, arches, status, cves }: AdvisoryEntry): Advisory[] {
  const { vulnerabilityId } = advisory
  const isCve = vulnerabilityId.startsWith('CVE-')
  return cves.map((cve) => ({
    ...advisory,
    vulnerabilityId: isCve ? vulnerabilityId : cve.id,
    vendorIds: isCve ? [] : [vulnerabilityId],
    severity: cve.severity ?? 'UNKNOWN',
    fixedVersion,
    arches,
    status,
    entries: [],
  }))
}

/** Images have few contexts, and packages in them are many. A database never changes. */
const known = new WeakMap<AdvisoryDatabase, Map<string, ReadonlySet<number>>>()
const MAX_KNOWN = 10_000

function productsOf(context: string, database: AdvisoryDatabase): ReadonlySet<number> {
  const contexts = known.get(database) ?? new Map<string, ReadonlySet<number>>()
  known.set(database, contexts)
  const there = contexts.get(context)
  if (there !== undefined) return there
  const names = JSON.parse(context) as readonly string[]
  const products = new Set(names.flatMap((name) => database.cpes(...kindAndName(name))))
  if (contexts.size < MAX_KNOWN) contexts.set(context, products)
  return products
}

function kindAndName(text: string): [CpeKind, string] {
  const slash = text.indexOf('/')
  return [text.startsWith('nvr/') ? 'nvr' : 'repository', text.slice(slash + 1)]
}
