import type { BuildInfo, LayerFact } from './ports.ts'

/** What one layer says of its build: of several files the later completes and corrects the earlier, by path. */
export function layerBuildInfo(facts: readonly LayerFact[]): BuildInfo | null {
  const stated = facts
    .filter((fact) => fact.kind === 'build-info')
    .sort((left, right) => (left.path < right.path ? -1 : 1))
  if (stated.length === 0) return null
  const build = stated.findLast(({ nvr, arch }) => nvr || arch)
  const contentSets = stated.findLast((fact) => fact.contentSets?.length)?.contentSets
  return {
    ...(contentSets === undefined ? {} : { contentSets }),
    ...(build?.nvr === undefined ? {} : { nvr: build.nvr }),
    ...(build?.arch === undefined ? {} : { arch: build.arch }),
  }
}

/**
 * The build that each layer's packages come from (Trivy, pkg/fanal/applier, lookupBuildInfo): its own; the base layer takes the
 * second's, for Red Hat's images state it there; layers that others put on top take that of the nearest one below.
 *
 * @param own of each layer, from the base up
 */
export function inheritBuildInfo(own: readonly (BuildInfo | null)[]): (BuildInfo | null)[] {
  const inherited: (BuildInfo | null)[] = []
  let below: BuildInfo | null = null
  for (const [index, info] of own.entries()) {
    inherited.push(info ?? (index === 0 ? (own[1] ?? null) : below))
    below = info ?? below
  }
  return inherited
}
