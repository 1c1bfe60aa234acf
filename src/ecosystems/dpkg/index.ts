/**
 * dpkg: Debian, Ubuntu and what is built on them. Knows their package database, their releases, their version order and
 * which names their advisories stand under. Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import { isBelowFix, type MatchingPlugin } from '../../matching/index.ts'
import { describeOsPackage } from '../index.ts'
import { createUbuntu, debian } from './distributions.ts'
import { ownedFilesAnalyzer } from './owned-files-analyzer.ts'
import { debPackageUrl } from './purl.ts'
import { releaseAnalyzer } from './release-analyzer.ts'
import { statusAnalyzer } from './status-analyzer.ts'
import { compareDebVersions, parseDebVersion } from './version.ts'

export const dpkg: IndexingPlugin & MatchingPlugin = {
  id: 'dpkg',
  analyzers: [statusAnalyzer, ownedFilesAnalyzer, releaseAnalyzer],
  distributions: [debian, createUbuntu()],
  describe: (fact, context) => describeOsPackage('dpkg', fact, debPackageUrl(fact, context.os)),

  versionParts: parseDebVersion,

  matcherVersion: 1,
  isAffected: (subject, advisory) => isBelowFix(subject.version, advisory, compareDebVersions),
  fixedVersion: (advisory) => advisory.fixedVersion,
  /** Only Debian's tracker states severity and status per package; Trivy's Ubuntu detector reads neither. */
  packageSeveritySource: (subject) => (subject.space.startsWith('debian ') ? 'debian' : null),
  compare: compareDebVersions,
}
