/**
 * composer: PHP packages as Composer installs them. Knows its lists of packages.
 * Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, genericRules, librarySubject, packageUrl } from '../index.ts'
import { isLockFile, packagesAnalyzer } from './packages-analyzer.ts'

export const composer: IndexingPlugin & MatchingPlugin = {
  id: 'composer',
  analyzers: [packagesAnalyzer],
  distributions: [],
  report: (path) => ({ type: isLockFile(path) ? 'composer' : 'composer-vendor', target: path }),
  describe: (fact) => describeLibrary('composer', fact, composerPackageUrl(fact.name, fact.version)),
  subject: ({ name, version }) => librarySubject('composer', 'composer::', name.toLowerCase(), version),

  purlTypes: ['composer'],
  matcherVersion: 2,
  ...genericRules,
}

/** purl-spec, type `composer`: lower case, the vendor as namespace. */
function composerPackageUrl(name: string, version: string): string {
  const lower = name.toLowerCase()
  const slash = lower.lastIndexOf('/')
  return packageUrl({
    type: 'composer',
    namespace: lower.slice(0, Math.max(slash, 0)),
    name: lower.slice(slash + 1),
    version,
  })
}
