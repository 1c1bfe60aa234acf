/**
 * gem: Ruby packages as RubyGems installs them. Knows their specifications, versions and requirements.
 * Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, librarySubject, packageUrl, rangeRules, withSealedLibraries } from '../index.ts'
import { gemspecAnalyzer } from './gemspec-analyzer.ts'
import { compareGemVersions, satisfiesGem } from './version.ts'

const plain: IndexingPlugin & MatchingPlugin = {
  id: 'gem',
  analyzers: [gemspecAnalyzer],
  distributions: [],
  report: { type: 'gemspec', target: 'Ruby' },
  describe: (fact) =>
    describeLibrary('gem', fact, packageUrl({ type: 'gem', name: fact.name, version: fact.version })),
  subject: ({ name, version }) => librarySubject('gem', 'rubygems::', name.toLowerCase(), version),

  purlTypes: ['gem'],
  matcherVersion: 2,
  ...rangeRules(compareGemVersions, satisfiesGem),
}

/** `.0.1.sp1` may be anybody's pre-release. */
export const gem = withSealedLibraries(plain, {
  name: /^seal-/,
  version: /\.0\.1\.sp\d+(?:p\d+)?$/,
  isProof: false,
})
