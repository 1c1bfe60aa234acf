/**
 * gem: Ruby packages as RubyGems installs them. Knows their specifications, versions and requirements.
 * Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, librarySubject, packageUrl, rangeRules } from '../index.ts'
import { gemspecAnalyzer } from './gemspec-analyzer.ts'
import { compareGemVersions, satisfiesGem } from './version.ts'

export const gem: IndexingPlugin & MatchingPlugin = {
  id: 'gem',
  analyzers: [gemspecAnalyzer],
  distributions: [],
  report: { type: 'gemspec', target: 'Ruby' },
  describe: (fact) =>
    describeLibrary('gem', fact, packageUrl({ type: 'gem', name: fact.name, version: fact.version })),
  // Seal Security's renamed packages have statements of their own (Trivy 0.71, pkg/detector/library/seal).
  subject: ({ name, version }) => {
    const key = name.toLowerCase()
    return librarySubject('gem', key.startsWith('seal-') ? 'seal rubygems::' : 'rubygems::', key, version)
  },

  purlTypes: ['gem'],
  matcherVersion: 2,
  ...rangeRules(compareGemVersions, satisfiesGem),
}
