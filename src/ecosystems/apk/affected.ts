import type { Advisory } from '../../advisories/index.ts'
import type { Subject } from '../../inventory/index.ts'
import { isBelowFix } from '../../matching/index.ts'
import { compareApkVersions } from './version.ts'

/**
 * Below the fix, and not below the first affected version where one is stated. A fix of `0` is above nothing. Only Alpine lists what
 * has no fix; Wolfi and the like compare with the empty version, which nothing is below.
 */
export function isAffected(subject: Subject, advisory: Advisory): boolean {
  if (advisory.affectedVersion !== '') {
    const sinceAffected = compareApkVersions(advisory.affectedVersion, subject.version)
    if (sinceAffected === undefined || sinceAffected > 0) return false
  }
  if (advisory.fixedVersion === '' && !subject.space.startsWith('alpine ')) return false
  return isBelowFix(subject.version, advisory, compareApkVersions)
}
