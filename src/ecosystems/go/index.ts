/**
 * Go: modules and the standard library in compiled programs, and go.mod. Knows build information, module files and versions.
 * Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import {
  describeLibrary,
  genericRules,
  librarySubject,
  pathPackageUrl,
  withSealedLibraries,
} from '../index.ts'
import { binaryAnalyzer } from './binary-analyzer.ts'
import { moduleFileAnalyzer } from './module-file-analyzer.ts'

const plain: IndexingPlugin & MatchingPlugin = {
  id: 'go',
  analyzers: [binaryAnalyzer, moduleFileAnalyzer],
  distributions: [],
  report: (path) => ({ type: /(?:^|\/)go\.mod$/.test(path) ? 'gomod' : 'gobinary', target: path }),
  // purl-spec, type `golang`: lower case.
  describe: (fact) =>
    describeLibrary('go', fact, pathPackageUrl('golang', fact.name.toLowerCase(), fact.version)),
  // Names of modules have a case, here and in the database.
  subject: ({ name, version }) => librarySubject('go', 'go::', name, version),
  purlTypes: ['golang'],

  matcherVersion: 2,
  ...genericRules,
}

/** `-sp1` may be anybody's pre-release. */
export const go = withSealedLibraries(plain, {
  name: /^sealsecurity\.io\//,
  version: /-sp\d+(?:p\d+)?(?:\+incompatible)?$/,
  isProof: false,
})
