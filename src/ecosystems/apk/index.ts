/**
 * apk: Alpine, Wolfi, Chainguard and MinimOS. Knows their package database, releases, repositories, version order and lookup names.
 * Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { createOsReleaseAnalyzer, describeOsPackage, withSuppliersRules } from '../index.ts'
import { isAffected } from './affected.ts'
import { alpine, chainguard, minimOs, wolfi } from './distributions.ts'
import { installedAnalyzer } from './installed-analyzer.ts'
import { apkPackageUrl } from './purl.ts'
import { releaseAnalyzer } from './release-analyzer.ts'
import { repositoriesAnalyzer } from './repositories-analyzer.ts'
import { compareApkVersions } from './version.ts'

/** Trivy's family words are the systems' own. */
const osReleaseIds = new Set(['alpine', 'wolfi', 'chainguard', 'minimos'])

export const apk: IndexingPlugin & MatchingPlugin = {
  id: 'apk',
  analyzers: [
    installedAnalyzer,
    repositoriesAnalyzer,
    releaseAnalyzer,
    createOsReleaseAnalyzer('apk-os-release', 2, (id) => (osReleaseIds.has(id) ? id : undefined)),
  ],
  distributions: [alpine, wolfi, chainguard, minimOs],
  describe: (fact, context) => describeOsPackage('apk', fact, apkPackageUrl(fact, context.os)),

  purlTypes: ['apk'],
  matcherVersion: 2,
  ...withSuppliersRules({
    isAffected,
    fixedVersion: (advisory) => advisory.fixedVersion,
    compare: compareApkVersions,
  }),
}
