import type { OperatingSystem } from '../inventory/index.ts'
import { FileTree } from './file-tree.ts'
import type { LayerResults } from './layer-results.ts'
import { inheritBuildInfo, layerBuildInfo } from './merge-build-info.ts'
import { mergeOs, NO_OS } from './merge-os.ts'
import type { BuildInfo, ImageContext, LayerFact, OsFact, PackageFact, PackagesFact } from './ports.ts'

/** A package that is there in the end, and the index of the layer that brought it. */
export interface MergedPackage {
  readonly fact: PackageFact
  readonly file: PackagesFact
  readonly layer: number
  /** The image's, with the layer's own part. */
  readonly context: ImageContext
}

export interface MergedImage {
  /** Without any layer's own part. */
  readonly context: ImageContext
  readonly packages: readonly MergedPackage[]
}

/**
 * Lays the layers over each other with Trivy's rules (pkg/fanal/applier/docker.go, ApplyLayers): in each layer whiteouts first, then
 * its files, each replacing the file of its path. A package belongs to the first layer whose package databases have its name,
 * version and release (OS), or whose file of that path has them (languages), whatever happened to that file in between.
 *
 * @param layers from the base up
 */
export function mergeLayers(layers: readonly LayerResults[]): MergedImage {
  const tree = new FileTree<PackagesFact>()
  const origins = new Map<string, number>()
  const builds: (BuildInfo | null)[] = []
  let os: OperatingSystem = NO_OS
  let repository: ImageContext['repository'] = null
  for (const [index, layer] of layers.entries()) {
    for (const { path } of layer.shape.whiteouts.filter(({ kind }) => kind === 'opaque')) tree.delete(path)
    for (const { path } of layer.shape.whiteouts.filter(({ kind }) => kind === 'removed')) tree.delete(path)
    const facts = [...layer.byAnalyzer.values()].flatMap((result) => result.facts)
    os = mergeOs(os, osFacts(facts).reduce(mergeOs, NO_OS))
    builds.push(layerBuildInfo(facts))
    for (const fact of facts) {
      if (fact.kind === 'repository') repository = { family: fact.family, release: fact.release }
      if (fact.kind !== 'packages') continue
      tree.set(fact.path, fact.scope === 'os' ? 'os' : fact.ecosystem, fact)
      for (const item of fact.packages) keepFirst(origins, originKey(fact, item), index)
    }
  }
  const context = { os: os.family === '' ? assumedOs(repository) : os, repository, buildInfo: null }
  const contexts = inheritBuildInfo(builds).map((buildInfo) =>
    buildInfo === null ? context : { ...context, buildInfo },
  )
  const packages = tree.values().flatMap((file) =>
    file.packages.map((fact): MergedPackage => {
      const layer = origins.get(originKey(file, fact)) ?? 0
      return { fact, file, layer, context: contexts[layer] ?? context }
    }),
  )
  return { context, packages }
}

/** Without any release file, the repositories that packages come from are taken for it (Trivy, pkg/scanner/local). */
function assumedOs(repository: ImageContext['repository']): OperatingSystem | null {
  return repository === null ? null : { ...repository, extended: false }
}

/** By path: analyzers find them in parallel in Trivy, in any order; ours is always the same. */
function osFacts(facts: readonly LayerFact[]): OsFact[] {
  return facts.filter((fact) => fact.kind === 'os').sort((left, right) => (left.path < right.path ? -1 : 1))
}

function originKey(file: PackagesFact, { name, version, release }: PackageFact): string {
  const place = file.scope === 'os' ? '' : file.path
  return `${place}\0${name}\0${version}\0${release ?? ''}`
}

function keepFirst(origins: Map<string, number>, key: string, layer: number): void {
  if (!origins.has(key)) origins.set(key, layer)
}
