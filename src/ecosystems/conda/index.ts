/**
 * conda: packages of conda environments, for lists and SBOMs. Knows their records.
 * Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { compareGenericVersions, describeLibrary, packageUrl } from '../index.ts'
import { recordAnalyzer } from './record-analyzer.ts'

export const conda: IndexingPlugin & MatchingPlugin = {
  id: 'conda',
  analyzers: [recordAnalyzer],
  distributions: [],
  report: { type: 'conda-pkg', target: 'Conda' },
  describe: (fact) =>
    describeLibrary('conda', fact, packageUrl({ type: 'conda', name: fact.name, version: fact.version })),
  // No source makes statements on conda's packages: they have no bucket in the database.
  subject: () => ({ subject: null, skipReason: null }),

  purlTypes: ['conda'],
  matcherVersion: 1,
  isAffected: () => false,
  fixedVersion: () => '',
  compare: compareGenericVersions,
}
