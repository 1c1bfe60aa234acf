/**
 * rpm: Red Hat, SUSE, Amazon, Oracle and all that is built like them. Knows rpm's databases, its version order, and what its
 * distributions are called. Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { createOsReleaseAnalyzer, describeOsPackage, withSuppliersRules } from '../index.ts'
import { fixedVersion, isAffected } from './affected.ts'
import { buildInfoAnalyzer } from './build-info-analyzer.ts'
import { databasesAnalyzer } from './databases-analyzer.ts'
import { distributions } from './distributions.ts'
import { manifestAnalyzer } from './manifest-analyzer.ts'
import { rpmPackageUrl } from './purl.ts'
import { familyOfOsRelease, releaseAnalyzer } from './release-analyzer.ts'
import { select } from './select.ts'
import { compareRpmVersions, parseRpmVersion } from './version.ts'

export const rpm: IndexingPlugin & MatchingPlugin = {
  id: 'rpm',
  analyzers: [
    databasesAnalyzer,
    manifestAnalyzer,
    releaseAnalyzer,
    createOsReleaseAnalyzer('rpm-os-release', 1, familyOfOsRelease),
    buildInfoAnalyzer,
  ],
  distributions,
  describe: (fact, context) => describeOsPackage('rpm', fact, rpmPackageUrl(fact, context.os)),

  versionParts: (text) => {
    const { epoch, version, release } = parseRpmVersion(text)
    return { epoch, upstream: version, revision: release }
  },

  purlTypes: ['rpm'],
  matcherVersion: 2,
  ...withSuppliersRules({
    select,
    isAffected,
    fixedVersion,
    /** Only Red Hat's statements carry a severity and a status of their own: per product, and even where it is unknown. */
    packageSeveritySource: (subject) => (subject.space === 'Red Hat' ? 'redhat' : null),
    compare: compareRpmVersions,
  }),
}
