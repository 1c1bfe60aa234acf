import type { Advisory } from '../../advisories/index.ts'
import type { Subject } from '../../inventory/index.ts'
import { isBelowFix } from '../../matching/index.ts'
import { compareDebVersions, spellVersion } from '../index.ts'
import { compareRpmVersions, parseRpmVersion } from './version.ts'

/** Where a statement without a fix means: affected. Elsewhere Trivy compares with the empty version, which nothing is below. */
const listUnfixed = /^(?:Red Hat$|CBL-Mariner |Azure Linux )/
/** Where a fix is shown in rpm's spelling, without an epoch of 0. */
const spelledAnew = /^(?:Red Hat$|CBL-Mariner |Azure Linux |alma |rocky )/

export function isAffected(subject: Subject, advisory: Advisory): boolean {
  // Trivy compares Amazon's versions in Debian's order (pkg/detector/ospkg/amazon): they differ in rare ones only.
  const compare = subject.space.startsWith('amazon linux ') ? compareDebVersions : compareRpmVersions
  if (advisory.fixedVersion === '' && !listUnfixed.test(subject.space)) return false
  return isBelowFix(subject.version, advisory, compare)
}

export function fixedVersion({ bucket, fixedVersion: fix }: Advisory): string {
  if (fix === '' || !spelledAnew.test(bucket)) return fix
  const { epoch, version, release } = parseRpmVersion(fix)
  return spellVersion(epoch, version, release)
}
