/**
 * rpm: Red Hat, SUSE, Amazon, Oracle and all that is built like them. Knows rpm's databases, its version order, and what its
 * distributions are called. Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import { isBelowFix, type MatchingPlugin } from '../../matching/index.ts'
import { describeOsPackage } from '../index.ts'
import { databasesAnalyzer } from './databases-analyzer.ts'
import { distributions } from './distributions.ts'
import { rpmPackageUrl } from './purl.ts'
import { compareRpmVersions } from './version.ts'

export const rpm: IndexingPlugin & MatchingPlugin = {
  id: 'rpm',
  analyzers: [databasesAnalyzer],
  distributions,
  describe: (fact, context) => describeOsPackage('rpm', fact, rpmPackageUrl(fact, context.os)),

  matcherVersion: 1,
  isAffected: (subject, advisory) => isBelowFix(subject.version, advisory, compareRpmVersions),
  fixedVersion: (advisory) => advisory.fixedVersion,
  compare: compareRpmVersions,
}
