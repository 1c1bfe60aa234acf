/**
 * apk: Alpine Linux. Knows its package database, releases, repositories, version order and lookup names.
 * Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { createOsReleaseAnalyzer, describeOsPackage } from '../index.ts'
import { isAffected } from './affected.ts'
import { alpine } from './distributions.ts'
import { installedAnalyzer } from './installed-analyzer.ts'
import { apkPackageUrl } from './purl.ts'
import { releaseAnalyzer } from './release-analyzer.ts'
import { repositoriesAnalyzer } from './repositories-analyzer.ts'
import { compareApkVersions } from './version.ts'

export const apk: IndexingPlugin & MatchingPlugin = {
  id: 'apk',
  analyzers: [
    installedAnalyzer,
    repositoriesAnalyzer,
    releaseAnalyzer,
    createOsReleaseAnalyzer('apk-os-release', 1, { alpine: 'alpine' }),
  ],
  distributions: [alpine],
  describe: (fact, context) => describeOsPackage('apk', fact, apkPackageUrl(fact, context.os)),

  matcherVersion: 1,
  isAffected,
  fixedVersion: (advisory) => advisory.fixedVersion,
  compare: compareApkVersions,
}
