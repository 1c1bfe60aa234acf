/**
 * npm: packages installed under node_modules, and any other package.json with a name and a version.
 * Knows that file, semantic versions and the ranges of its advisories. Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, librarySubject, pathPackageUrl, rangeRules, withSealedLibraries } from '../index.ts'
import { packageJsonAnalyzer } from './package-json-analyzer.ts'
import { satisfies } from './range.ts'
import { compareNpmVersions } from './version.ts'

const plain: IndexingPlugin & MatchingPlugin = {
  id: 'npm',
  analyzers: [packageJsonAnalyzer],
  distributions: [],
  report: { type: 'node-pkg', target: 'Node.js' },
  // purl-spec, type `npm`: lower case, the scope as namespace.
  describe: (fact) =>
    describeLibrary('npm', fact, pathPackageUrl('npm', fact.name.toLowerCase(), fact.version)),
  subject: ({ name, version }) => librarySubject('npm', 'npm::', name.toLowerCase(), version),

  purlTypes: ['npm'],
  matcherVersion: 2,
  ...rangeRules(compareNpmVersions, satisfies),
}

/** `-sp1` may be anybody's pre-release. */
export const npm = withSealedLibraries(plain, {
  name: /^@seal-security\//,
  version: /-sp\d+(?:p\d+)?$/,
  isProof: false,
})
