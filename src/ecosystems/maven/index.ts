/**
 * Maven: Java archives (jar, war, ear, par), what is nested in them and shaded into them, and the order of Maven's versions.
 * Knows these files, how they name themselves, and what to ask a database of names. Must not know images, layers, that database or
 * other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, librarySubject, pathPackageUrl, rangeRules, withSealedLibraries } from '../index.ts'
import { archiveAnalyzer } from './archive-analyzer.ts'
import { naming } from './naming.ts'
import { satisfies } from './range.ts'
import { compareMavenVersions } from './version.ts'

const plain: IndexingPlugin & MatchingPlugin = {
  id: 'maven',
  analyzers: [archiveAnalyzer],
  distributions: [],
  naming,
  report: { type: 'jar', target: 'Java' },
  // purl-spec, type `maven`: the group as namespace.
  describe: (fact) =>
    describeLibrary('maven', fact, pathPackageUrl('maven', fact.name.replaceAll(':', '/'), fact.version)),
  subject: ({ name, version }) => librarySubject('maven', 'maven::', name.toLowerCase(), version),

  purlTypes: ['maven'],
  matcherVersion: 2,
  ...rangeRules(compareMavenVersions, satisfies),
}

/** No other library has versions such as `9.4.48+sp1`. */
export const maven = withSealedLibraries(plain, {
  name: /^seal\.sp\d/,
  version: /\+sp\d+(?:p\d+)?$/,
  isProof: true,
})
