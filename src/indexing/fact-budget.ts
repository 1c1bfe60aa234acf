import type { LayerFact } from './ports.ts'

/** What one layer may leave in memory and in the store; real layers have some thousands of packages. */
const MAX_PACKAGES = 500_000
/** Whole installations of a distribution have some 500,000 files, which dpkg lists twice, with paths of 30 MB. */
const MAX_OWNED_FILES = 2_000_000
/** Characters, and for each string, however short, what V8 keeps beside them. Go's whole module cache stays below it. */
const MAX_TEXT = 192 * 1024 * 1024
const STRING_HEADER = 16

/** Counts what the facts of one layer hold. */
export class FactBudget {
  #packages = 0
  #ownedFiles = 0
  #text = 0

  /** @returns what there is too much of, to be said in a sentence; undefined while all is within bounds */
  add(fact: LayerFact): string | undefined {
    if (fact.kind === 'owned-files') this.#ownedFiles += fact.files.length
    this.#packages += fact.kind === 'packages' ? fact.packages.length + (fact.unnamed?.length ?? 0) : 1
    this.#text += textIn(fact)
    if (this.#packages > MAX_PACKAGES) return 'packages'
    if (this.#ownedFiles > MAX_OWNED_FILES) return 'files of packages'
    return this.#text > MAX_TEXT ? 'text about its packages' : undefined
  }
}

/** Of all strings, however deep they stand. */
function textIn(fact: LayerFact): number {
  let sum = 0
  const rest: unknown[] = [fact]
  while (rest.length > 0) {
    for (const value of valuesOf(rest.pop())) {
      if (typeof value === 'string') sum += value.length + STRING_HEADER
      else if (typeof value === 'object') rest.push(value)
    }
  }
  return sum
}

function valuesOf(value: unknown): Iterable<unknown> {
  if (typeof value !== 'object' || value === null) return []
  return Array.isArray(value) || value instanceof Map || value instanceof Set ? value : Object.values(value)
}
