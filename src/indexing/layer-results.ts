import type { Whiteout } from '../images/index.ts'
import type { AnalyzerKey } from '../inventory/index.ts'
import type { Analyzer, LayerFact, LayerFeatures } from './ports.ts'

/** What a layer is besides its packages: kept like an analyzer's result, so that merging needs no tar. */
export interface LayerShape {
  /** In the tar's order. */
  readonly whiteouts: readonly Whiteout[]
  /** null: unknown, so every analyzer is concerned. */
  readonly features: LayerFeatures | null
}

/** What one analyzer found in one layer. */
export interface AnalyzerResult {
  readonly facts: readonly LayerFact[]
  /** Files that could not be read, each a sentence. */
  readonly notes: readonly string[]
}

/** All that was read of one layer. */
export interface LayerResults {
  readonly shape: LayerShape
  readonly byAnalyzer: ReadonlyMap<string, AnalyzerResult>
}

const SHAPE: AnalyzerKey = { id: 'layer-shape', version: 2 }

/** What to ask a LayerStore for. */
export function keysOf(analyzers: readonly Analyzer[]): AnalyzerKey[] {
  return [SHAPE, ...analyzers.map(({ id, version }) => ({ id, version }))]
}

export function toStored(
  results: LayerResults,
  analyzers: readonly Analyzer[],
): { key: AnalyzerKey; value: unknown }[] {
  const empty: AnalyzerResult = { facts: [], notes: [] }
  const values = analyzers.map(({ id, version }) => ({
    key: { id, version },
    value: results.byAnalyzer.get(id) ?? empty,
  }))
  return [{ key: SHAPE, value: results.shape }, ...values]
}

/**
 * @param stored by analyzer id, as a LayerStore gives it
 * @returns undefined when something is missing that the layer must be read for
 */
export function fromStored(
  stored: ReadonlyMap<string, unknown>,
  analyzers: readonly Analyzer[],
): LayerResults | undefined {
  const shape = stored.get(SHAPE.id)
  if (!isShape(shape)) return undefined
  const byAnalyzer = new Map<string, AnalyzerResult>()
  for (const analyzer of analyzers) {
    const value = stored.get(analyzer.id)
    if (isResult(value)) byAnalyzer.set(analyzer.id, value)
    else if (isConcerned(analyzer, shape.features)) return undefined
  }
  return { shape, byAnalyzer }
}

function isConcerned(analyzer: Analyzer, features: LayerFeatures | null): boolean {
  return features === null || (analyzer.concerns?.(features) ?? true)
}

/** What a store gives is what we put there (checksums see to damage): the outer form is enough to tell. */
function isShape(value: unknown): value is LayerShape {
  return isObject(value) && Array.isArray(value['whiteouts']) && 'features' in value
}

function isResult(value: unknown): value is AnalyzerResult {
  return isObject(value) && Array.isArray(value['facts']) && Array.isArray(value['notes'])
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
