/**
 * Julia: packages of an environment's Manifest.toml. Knows that file and Project.toml. Must not know images, layers or other
 * ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, genericRules, librarySubject, packageUrl } from '../index.ts'
import { manifestAnalyzer } from './manifest-analyzer.ts'

export const julia: IndexingPlugin & MatchingPlugin = {
  id: 'julia',
  analyzers: [manifestAnalyzer],
  distributions: [],
  report: (path) => ({ type: 'julia', target: path }),
  describe: (fact) => {
    const { name, version, uuid } = fact
    return describeLibrary('julia', fact, packageUrl({ type: 'julia', name, version, qualifiers: { uuid } }))
  },
  subject: ({ name, version }) => librarySubject('julia', 'julia::', name, version),
  purlTypes: ['julia'],
  fromStated: (fact, { purl }) => {
    const { uuid } = purl.qualifiers
    return uuid === undefined ? fact : { ...fact, uuid }
  },

  matcherVersion: 2,
  ...genericRules,
}
