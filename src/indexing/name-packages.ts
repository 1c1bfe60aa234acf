import type { LayerResults } from './layer-results.ts'
import type { IndexingPlugin, LayerFact, NameDatabase, Naming, PackagesFact } from './ports.ts'

/** Layers in which every package has its name, and what that depended on. */
export interface NamedLayers {
  readonly layers: readonly LayerResults[]
  /** Packages that newer data may name, or name otherwise. */
  readonly unresolved: number
  readonly notes: readonly string[]
}

/** Whether any of the layers holds a package that does not say its name. */
export function needsNames(layers: readonly LayerResults[]): boolean {
  return layers.some((layer) => factsOf(layer).some(isOpen))
}

/** Gives packages their names. Layers that have them all are handed through as they are. */
export function namePackages(
  layers: readonly LayerResults[],
  plugins: readonly IndexingPlugin[],
  names: NameDatabase | null,
): NamedLayers {
  const namer = new Namer(plugins, names)
  const named = layers.map((layer) => (factsOf(layer).some(isOpen) ? namer.layer(layer) : layer))
  return { layers: named, unresolved: namer.unresolved, notes: namer.notes() }
}

type OpenFact = PackagesFact & Required<Pick<PackagesFact, 'unnamed'>>

function isOpen(fact: LayerFact): fact is OpenFact {
  return fact.kind === 'packages' && fact.unnamed !== undefined
}

function factsOf(layer: LayerResults): LayerFact[] {
  return [...layer.byAnalyzer.values()].flatMap(({ facts }) => facts)
}

class Namer {
  unresolved = 0
  readonly #naming: ReadonlyMap<string, Naming>
  readonly #names: NameDatabase | null
  readonly #nameless = new Map<Naming, number>()

  constructor(plugins: readonly IndexingPlugin[], names: NameDatabase | null) {
    this.#naming = new Map(plugins.flatMap(({ id, naming }) => (naming === undefined ? [] : [[id, naming]])))
    this.#names = names
  }

  layer({ shape, byAnalyzer }: LayerResults): LayerResults {
    const named = [...byAnalyzer].map(([id, { facts, notes }]) => {
      return [
        id,
        { notes, facts: facts.flatMap((fact) => (isOpen(fact) ? this.#file(fact) : fact)) },
      ] as const
    })
    return { shape, byAnalyzer: new Map(named) }
  }

  /** Without a database of names every nameless package is a gap that people can close. */
  notes(): string[] {
    if (this.#names !== null) return []
    return [...this.#nameless].map(([naming, count]) => naming.missing(count))
  }

  #file({ unnamed, ...file }: OpenFact): PackagesFact[] {
    const naming = this.#naming.get(file.ecosystem)
    if (naming === undefined) return [file]
    const found = [...file.packages]
    for (const each of unnamed) {
      const named = naming.name(each, this.#names)
      if (named === undefined) this.#nameless.set(naming, (this.#nameless.get(naming) ?? 0) + 1)
      else found.push(named.package)
      if (named?.certain !== true) this.unresolved += 1
    }
    if (found.length === 0 && unnamed.length > 0) return []
    return [{ ...file, packages: naming.unique(found) }]
  }
}
