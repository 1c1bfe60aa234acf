/**
 * composer: PHP packages as Composer installs them. Knows its lists of packages.
 * Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, genericRules, librarySubject, pathPackageUrl } from '../index.ts'
import { isLockFile, packagesAnalyzer } from './packages-analyzer.ts'

export const composer: IndexingPlugin & MatchingPlugin = {
  id: 'composer',
  analyzers: [packagesAnalyzer],
  distributions: [],
  report: (path) => ({ type: isLockFile(path) ? 'composer' : 'composer-vendor', target: path }),
  // purl-spec, type `composer`: lower case, the vendor as namespace.
  describe: (fact) =>
    describeLibrary('composer', fact, pathPackageUrl('composer', fact.name.toLowerCase(), fact.version)),
  subject: ({ name, version }) => librarySubject('composer', 'composer::', name.toLowerCase(), version),

  purlTypes: ['composer'],
  matcherVersion: 2,
  ...genericRules,
}
