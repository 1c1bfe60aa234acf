/**
 * dpkg: Debian, Ubuntu and what is built on them. Knows their package database, their releases, their version order and
 * which names their advisories stand under. Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import { isBelowFix, type MatchingPlugin } from '../../matching/index.ts'
import {
  compareDebVersions,
  createOsReleaseAnalyzer,
  describeOsPackage,
  parseDebVersion,
  withSuppliersRules,
} from '../index.ts'
import { createUbuntu, debian, echo } from './distributions.ts'
import { ownedFilesAnalyzer } from './owned-files-analyzer.ts'
import { debPackageUrl } from './purl.ts'
import { releaseAnalyzer } from './release-analyzer.ts'
import { statusAnalyzer } from './status-analyzer.ts'
import { supplierAnalyzer } from './supplier-analyzer.ts'

export const dpkg: IndexingPlugin & MatchingPlugin = {
  id: 'dpkg',
  analyzers: [
    statusAnalyzer,
    ownedFilesAnalyzer,
    releaseAnalyzer,
    createOsReleaseAnalyzer('dpkg-os-release', 1, (id) => (id === 'echo' ? id : undefined)),
    supplierAnalyzer,
  ],
  distributions: [debian, createUbuntu(), echo],
  describe: (fact, context) => describeOsPackage('dpkg', fact, debPackageUrl(fact, context.os)),

  versionParts: parseDebVersion,

  purlTypes: ['deb'],
  matcherVersion: 2,
  ...withSuppliersRules({
    isAffected: (subject, advisory) => isBelowFix(subject.version, advisory, compareDebVersions),
    fixedVersion: (advisory) => advisory.fixedVersion,
    /** Only Debian and Echo state severity and status per package; Trivy's Ubuntu detector reads neither. */
    packageSeveritySource: ({ space }) =>
      space.startsWith('debian ') ? 'debian' : space === 'echo' ? 'echo' : null,
    compare: compareDebVersions,
  }),
}
