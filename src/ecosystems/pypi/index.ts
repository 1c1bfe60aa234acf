/**
 * pypi: Python packages as pip, setuptools and others install them. Knows their metadata, eggs, PEP 440 versions and specifiers.
 * Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import { isInVulnerableRange, libraryFixedVersion, type MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, librarySubject, packageUrl, withSealedLibraries } from '../index.ts'
import { eggAnalyzer } from './egg-analyzer.ts'
import { metadataAnalyzer } from './metadata-analyzer.ts'
import { satisfiesSpecifiers } from './specifier.ts'
import { comparePythonVersions } from './version.ts'

const plain: IndexingPlugin & MatchingPlugin = {
  id: 'pypi',
  analyzers: [metadataAnalyzer, eggAnalyzer],
  distributions: [],
  report: { type: 'python-pkg', target: 'Python' },
  describe: (fact) =>
    describeLibrary(
      'pypi',
      fact,
      packageUrl({ type: 'pypi', name: normalise(fact.name), version: fact.version }),
    ),
  subject: ({ name, version }) => librarySubject('pypi', 'pip::', normalise(name), version),

  purlTypes: ['pypi'],
  matcherVersion: 2,
  // Local versions count in Seal's statements alone (Trivy, pkg/detector/library/seal, AllowLocalSpecifier).
  isAffected: ({ space, version }, advisory) =>
    isInVulnerableRange(advisory, (constraint) =>
      satisfiesSpecifiers(version, constraint, space === 'seal pip::'),
    ),
  fixedVersion: libraryFixedVersion,
  compare: comparePythonVersions,
}

/** No other package has local versions such as `4.2.8+sp1`. */
export const pypi = withSealedLibraries(plain, {
  name: /^seal-/,
  version: /\+sp\d+(?:p\d+)?$/,
  isProof: true,
})

/** Of purl-spec, type `pypi`, and of Trivy's database. Dots stay, against PEP 503. */
function normalise(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}
