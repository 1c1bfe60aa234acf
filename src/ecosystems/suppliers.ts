import type { Advisory } from '../advisories/index.ts'
import type { Distribution, PackageFact } from '../indexing/index.ts'
import type { OperatingSystem, Subject } from '../inventory/index.ts'
import type { MatchingPlugin } from '../matching/index.ts'
import { holdsByOrder } from './constraint.ts'
import { spellVersion } from './os-package.ts'
import { matchedAs, notMatched, type OsVerdict, skipReasonOf } from './os-subject.ts'

/**
 * Suppliers rebuild a distribution's packages and publish what affects theirs (Trivy 0.74, pkg/detector/ospkg/{rapidfort,rootio,seal}):
 * where an image has such packages, their statements are read for it, whatever its release's own support.
 */
export interface Suppliers {
  /** Root.io: one package with such a version and all are looked up with it, over the distribution's own statements. */
  readonly rootIo?: {
    readonly marks: RegExp
    /** The distribution's own space. */
    readonly base: (release: string) => string
  }
  /** RapidFort: a file says that it made the image. Its statements alone hold. */
  readonly rapidFort?: {
    /** @param version of the source */
    readonly space: (version: string, release: string) => string
  }
  /** Seal: packages whose name begins with `seal-` are looked up with it, all others as ever. */
  readonly seal?: { readonly space: (release: string) => string }
}

/** A distribution and those who rebuild it. */
export function withSuppliers(own: Distribution, comparer: string, suppliers: Suppliers): Distribution {
  const { rootIo, rapidFort, seal } = suppliers
  const supplied = (verdict: (fact: PackageFact, os: OperatingSystem) => OsVerdict | null): Distribution => ({
    family: own.family,
    subject: (fact, context) => {
      // Seal's other packages are looked up by the image's release alone (Trivy hands on no repository).
      const plain = own.subject(fact, { ...context, repository: null })
      return { ...plain, ...(context.os === null ? null : verdict(fact, context.os)) }
    },
  })
  return {
    ...own,
    inPlace: (packages, os) => {
      if (rapidFort !== undefined && os.supplier === 'rapidfort') {
        return supplied((fact, { release }) => rapidFortVerdict(fact, release, comparer, rapidFort.space))
      }
      if (rootIo !== undefined && packages.some((fact) => rootIo.marks.test(versionOf(fact)))) {
        return supplied((fact, { release }) => rootIoVerdict(fact, comparer, rootIo.base(release)))
      }
      if (seal !== undefined && packages.some(isSeal)) {
        return supplied((fact) => (isSeal(fact) ? sealVerdict(fact, comparer, seal.space) : null))
      }
      return undefined
    },
  }
}

function rootIoVerdict(fact: PackageFact, comparer: string, base: string): OsVerdict {
  const skipped = skipReasonOf(fact)
  if (skipped !== null) return notMatched(skipped)
  const space = `${base}\nroot.io ${base}`
  return matchedAs({ space, lookupKey: sourceOrName(fact), comparer, version: sourceVersionOf(fact) })
}

/** Statements may stand under the package's own name; those under its source's go before them. */
function rapidFortVerdict(
  fact: PackageFact,
  release: string,
  comparer: string,
  space: (version: string, release: string) => string,
): OsVerdict {
  const skipped = skipReasonOf(fact, true)
  if (skipped !== null) return notMatched(skipped)
  const version = sourceVersionOf(fact) || versionOf(fact)
  const source = sourceOrName(fact)
  const lookupKey = source === fact.name ? source : `${fact.name}\n${source}`
  return matchedAs({ space: `rapidfort ${space(version, release)}`, lookupKey, comparer, version })
}

function sealVerdict(fact: PackageFact, comparer: string, space: (release: string) => string): OsVerdict {
  const release = fact.sourceName ? fact.sourceRelease : fact.release
  return matchedAs({
    space: `seal ${space(release ?? '')}`,
    lookupKey: sourceOrName(fact),
    comparer,
    version: sourceVersionOf(fact),
  })
}

function isSeal({ name, sourceName = '' }: PackageFact): boolean {
  return /^seal-/i.test(name) || /^seal-/i.test(sourceName)
}

function sourceOrName({ name, sourceName }: PackageFact): string {
  return sourceName || name
}

function versionOf({ epoch, version, release }: PackageFact): string {
  return spellVersion(epoch, version, release)
}

function sourceVersionOf({ sourceEpoch, sourceVersion = '', sourceRelease }: PackageFact): string {
  return spellVersion(sourceEpoch, sourceVersion, sourceRelease)
}

type Rules = Pick<
  MatchingPlugin,
  'select' | 'isAffected' | 'fixedVersion' | 'packageSeveritySource' | 'compare'
>

/** The rules of suppliers for their subjects, and an ecosystem's own for all others. */
export function withSuppliersRules(own: Rules): Required<Rules> {
  return {
    select: (subject, advisories, database) => {
      if (!isSupplied(subject)) return own.select?.(subject, advisories, database) ?? advisories
      return advisories.flatMap(rangeByRange)
    },
    isAffected: (subject, advisory) =>
      isSupplied(subject)
        ? isInRanges(subject.version, advisory, own.compare)
        : own.isAffected(subject, advisory),
    fixedVersion: (advisory) => advisory.patchedVersions.join(', ') || own.fixedVersion(advisory),
    packageSeveritySource: (subject, advisory) =>
      isSupplied(subject)
        ? suppliersSource(advisory)
        : (own.packageSeveritySource?.(subject, advisory) ?? null),
    compare: own.compare,
  }
}

function isSupplied({ space }: Subject): boolean {
  return /(?:^|\n)(?:root\.io|rapidfort|seal) /.test(space)
}

/** Seal's severities are those of the distribution. */
function suppliersSource({ bucket, dataSource }: Advisory): string | null {
  const id = bucket.startsWith('seal ') ? dataSource?.baseId : dataSource?.id
  return id ?? null
}

/**
 * Suppliers state no status, and Trivy hands on no ids of vendors with them. Seal states a fix for each range: only the one that the
 * version is in may be shown, and without a range it states nothing (trivy-db, pkg/vulnsrc/seal, splitAdvisoriesByRanges).
 */
function rangeByRange(advisory: Advisory): readonly Advisory[] {
  const { bucket, vulnerableVersions, patchedVersions } = advisory
  const stated = { ...advisory, status: null, vendorIds: [] }
  if (!bucket.startsWith('seal ') || vulnerableVersions.length === 1) return [stated]
  return vulnerableVersions.map((range, index) => ({
    ...stated,
    vulnerableVersions: [range],
    patchedVersions: patchedVersions.slice(index, index + 1),
  }))
}

/**
 * A fix is the range below it; without a range every version is affected. A range that cannot be read ends the search with "not affected";
 * in RapidFort's statements it is passed over, and no version is never affected (Trivy 0.74, pkg/detector/ospkg/{rootio,rapidfort}).
 */
function isInRanges(version: string, advisory: Advisory, compare: Rules['compare']): boolean {
  const { bucket, fixedVersion, vulnerableVersions } = advisory
  const isRapidFort = bucket.startsWith('rapidfort ')
  const ranges = fixedVersion === '' ? vulnerableVersions : [`<${fixedVersion}`]
  if (ranges.length === 0) return version !== '' || !isRapidFort
  if (version === '') return false
  const verdicts = ranges.map((range) => isInRange(version, range, compare))
  return verdicts.find((isIn) => isIn ?? !isRapidFort) === true
}

const comparison = /^(>=|<=|>|<|==|!=|=)?\s*(\d[\w.\-+~:^]*)$/

/**
 * Comparisons that must all hold, separated by commas, or else by spaces (Trivy 0.74, pkg/detector/ospkg/version/constraint.go).
 * @returns undefined when one of them is none, or a version needed is none
 */
function isInRange(version: string, range: string, compare: Rules['compare']): boolean | undefined {
  const parts = range.split(range.includes(',') ? ',' : /\s+/).map((part) => part.trim())
  const stated = parts.filter((part) => part !== '')
  const comparisons = stated.flatMap((part) => {
    const [, operator = '', bound] = comparison.exec(part) ?? []
    return bound === undefined ? [] : [{ operator, bound }]
  })
  if (stated.length === 0 || comparisons.length < stated.length) return undefined
  for (const { operator, bound } of comparisons) {
    const order = compare(version, bound)
    if (order === undefined) return undefined
    if (holdsByOrder(operator, order) !== true) return false
  }
  return true
}
