import { posix } from 'node:path'
import { parsePackageUrl } from '../../core/index.ts'
import {
  type Analyzer,
  type IndexingPlugin,
  type LayerFact,
  type PackageFact,
  type PackagesFact,
  type StatedPackage,
  statedFact,
} from '../../indexing/index.ts'
import { readSbom, SBOM_LIMITS, type SbomPackage } from '../../sbom/index.ts'
import { isOutsideOfPrograms } from '../index.ts'

const BITNAMI = 'opt/bitnami/'

/**
 * SBOM files that lie in an image, as Trivy takes them (pkg/fanal/analyzer/sbom, 0.74): what they state is there. Their packages
 * belong to the ecosystems of their package URLs.
 * @param plugins those that may be meant
 */
export function createSbomFilesAnalyzer(plugins: readonly IndexingPlugin[]): Analyzer {
  return {
    id: 'bitnami-sbom-files',
    version: 1,
    maxSize: SBOM_LIMITS.bytes,
    // PEP 770's files in .dist-info/sboms describe what a Python package is made of.
    wants: ({ path }) =>
      /\.(?:spdx|cdx)(?:\.json)?$/.test(path) &&
      !path.includes('.dist-info/sboms/') &&
      !isOutsideOfPrograms(path),
    concerns: ({ extensions }) => ['json', 'spdx', 'cdx'].some((one) => extensions.includes(one)),
    read: (path, content): LayerFact[] => factsOf(path, readSbom(content).packages, plugins),
  }
}

function factsOf(
  path: string,
  packages: readonly SbomPackage[],
  plugins: readonly IndexingPlugin[],
): PackagesFact[] {
  const lists = new Map<string, Omit<PackagesFact, 'packages'> & { packages: PackageFact[] }>()
  for (const item of packages) {
    const stated = statedPackage(item)
    const found = stated && statedFact(stated, plugins)
    if (found === undefined) continue
    const { ecosystem, scope, fact } = found
    let list = lists.get(ecosystem)
    if (list === undefined) {
      list = { kind: 'packages', scope, ecosystem, path: listPath(path, item), packages: [] }
      lists.set(ecosystem, list)
    }
    const own = scope === 'os' ? undefined : ownPath(path, item)
    list.packages.push(own === undefined || own === list.path ? fact : { ...fact, path: own })
  }
  return Array.from(lists.values())
}

function statedPackage(item: SbomPackage): StatedPackage | undefined {
  const purl = parsePackageUrl(item.purl)
  const properties = Map.groupBy(item.properties, ({ name }) => name)
  return (
    purl && {
      ...item,
      purl,
      properties: new Map(Array.from(properties, ([name, all]) => [name, all.map(({ value }) => value)])),
    }
  )
}

/** A component of Bitnami's is in its folder, anything else in the SBOM file. */
function listPath(path: string, { purl }: SbomPackage): string {
  return path.startsWith(BITNAMI) && purl.startsWith('pkg:bitnami/') ? posix.dirname(path) : path
}

/** Paths in Bitnami's files begin at the component's folder. */
function ownPath(path: string, { purl, path: own }: SbomPackage): string | undefined {
  if (!path.startsWith(BITNAMI)) return own ?? undefined
  return purl.startsWith('pkg:bitnami/') ? undefined : posix.join(posix.dirname(path), own ?? '')
}
