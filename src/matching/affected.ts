import type { Advisory } from '../advisories/index.ts'

/** Negative, zero, positive; undefined when one of the two is no version. */
export type CompareVersions = (left: string, right: string) => number | undefined

/**
 * The rule of operating systems: no fix known means affected, whatever is installed; else affected below the fix.
 * An installed version that is none is never affected, nor does a fix that is no version affect anything.
 */
export function isBelowFix(installed: string, advisory: Advisory, compare: CompareVersions): boolean {
  if (compare(installed, installed) === undefined) return false
  if (advisory.fixedVersion === '') return true
  const order = compare(installed, advisory.fixedVersion)
  return order !== undefined && order < 0
}

/**
 * The rule of libraries (Trivy, pkg/detector/library/compare): an empty range among the vulnerable or patched ones means
 * every version; else the version must be in a vulnerable range, if there are any, and in no patched or unaffected one.
 * @param satisfies whether the version is in a constraint, alternatives joined by `||`; undefined when one of them does not parse
 */
export function isInVulnerableRange(
  advisory: Advisory,
  satisfies: (constraint: string) => boolean | undefined,
): boolean {
  const { vulnerableVersions, patchedVersions, unaffectedVersions } = advisory
  if (vulnerableVersions.includes('') || patchedVersions.includes('')) return true
  if (vulnerableVersions.length > 0 && satisfies(vulnerableVersions.join(' || ')) !== true) return false
  const safe = [...patchedVersions, ...unaffectedVersions]
  if (safe.length === 0) return vulnerableVersions.length > 0
  return satisfies(safe.join(' || ')) === false
}

/**
 * What to upgrade a library to: the patched ranges, else every `<X` of the vulnerable ones (a `<=X` names no fix). Each once
 * (Trivy, pkg/detector/library, createFixedVersions).
 */
export function libraryFixedVersion({ patchedVersions, vulnerableVersions }: Advisory): string {
  const fixes = patchedVersions.length > 0 ? patchedVersions : exclusiveEnds(vulnerableVersions)
  return [...new Set(fixes)].join(', ')
}

function exclusiveEnds(ranges: readonly string[]): string[] {
  return ranges
    .flatMap((range) => range.split(','))
    .map((bound) => bound.trim())
    .filter((bound) => bound.startsWith('<') && !bound.startsWith('<='))
    .map((bound) => bound.slice(1).trim())
}
