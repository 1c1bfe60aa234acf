/**
 * Bitnami: components that Bitnami's images describe in SBOM files, and with them any SBOM file in an image. Knows where such files
 * lie, and Bitnami's versions. Must not know images, layers or, by name, other ecosystems.
 */
import type { IndexingPlugin } from '../../indexing/index.ts'
import type { MatchingPlugin } from '../../matching/index.ts'
import { describeLibrary, librarySubject, packageUrl, rangeRules } from '../index.ts'
import { createSbomFilesAnalyzer } from './sbom-files-analyzer.ts'
import { compareBitnamiVersions, satisfiesBitnami } from './version.ts'

const bitnami: IndexingPlugin & MatchingPlugin = {
  id: 'bitnami',
  analyzers: [],
  distributions: [],
  report: (path) => ({ type: 'bitnami', target: path }),
  describe: (fact) => ({ ...describeLibrary('bitnami', fact, purlOf(fact)), arch: fact.arch ?? null }),
  subject: ({ name, version }) => librarySubject('bitnami', 'bitnami::', name.toLowerCase(), version),
  purlTypes: ['bitnami'],
  fromStated: (fact, { purl }) => {
    const { arch } = purl.qualifiers
    return arch === undefined ? fact : { ...fact, arch }
  },

  matcherVersion: 2,
  ...rangeRules(compareBitnamiVersions, satisfiesBitnami),
}

/** @param others whose packages SBOM files may name */
export function bitnamiAnd(others: readonly IndexingPlugin[]): IndexingPlugin & MatchingPlugin {
  return { ...bitnami, analyzers: [createSbomFilesAnalyzer([...others, bitnami])] }
}

function purlOf({ name, version, arch }: Parameters<IndexingPlugin['describe']>[0]): string {
  return packageUrl({ type: 'bitnami', name, version, qualifiers: { arch } })
}
