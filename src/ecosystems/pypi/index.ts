/**
 * pypi: Python packages as pip, setuptools and others install them. Knows their metadata, eggs, PEP 440 versions and specifiers.
 * Must not know images, layers or other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import { isInVulnerableRange, libraryFixedVersion, type MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, librarySubject, packageUrl } from '../index.ts'
import { eggAnalyzer } from './egg-analyzer.ts'
import { metadataAnalyzer } from './metadata-analyzer.ts'
import { satisfiesSpecifiers } from './specifier.ts'
import { comparePythonVersions } from './version.ts'

const SEAL_SPACE = 'seal pip::'

export const pypi: IndexingPlugin & MatchingPlugin = {
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
  subject: ({ name, version }) => {
    const key = normalise(name)
    return librarySubject('pypi', isFromSeal(key, version) ? SEAL_SPACE : 'pip::', key, version)
  },

  purlTypes: ['pypi'],
  matcherVersion: 2,
  isAffected: ({ space, version }, advisory) =>
    isInVulnerableRange(advisory, (constraint) =>
      satisfiesSpecifiers(version, constraint, space === SEAL_SPACE),
    ),
  fixedVersion: libraryFixedVersion,
  compare: comparePythonVersions,
}

/** Of purl-spec, type `pypi`, and of Trivy's database. Dots stay, against PEP 503. */
function normalise(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

/** Seal Security's rebuilt packages have statements of their own (Trivy 0.70, pkg/detector/library/seal). */
function isFromSeal(key: string, version: string): boolean {
  return key.startsWith('seal-') || /\+sp\d+(?:p\d+)?$/.test(version)
}
