import { AppError, type Digest, safeText } from '../core/index.ts'
import {
  type ByteRange,
  type FileParts,
  type LayerFile,
  type LayerVisitor,
  type Whiteout,
} from '../images/index.ts'
import { FactBudget } from './fact-budget.ts'
import { FeatureCollector } from './features.ts'
import type { AnalyzerResult, LayerResults } from './layer-results.ts'
import { OwnedFiles } from './owned-files.ts'
import type { Analyzer, LayerFact } from './ports.ts'

/** What one layer may leave in memory and in the store, besides its facts; real layers have some thousands. */
const MAX_WHITEOUT_CHARACTERS = 64 * 1024 * 1024
const MAX_NOTES = 50

/** Runs the analyzers over a layer's files as they go by. */
export class LayerCollector implements LayerVisitor {
  readonly #layer: Digest
  readonly #analyzers: readonly Analyzer[]
  readonly #features = new FeatureCollector()
  readonly #whiteouts: Whiteout[] = []
  readonly #found: ReadonlyMap<string, Found>
  readonly #owned = new OwnedFiles()
  readonly #budget = new FactBudget()
  #whiteoutCharacters = 0
  #readers: readonly Analyzer[] = []

  constructor(layer: Digest, analyzers: readonly Analyzer[]) {
    this.#layer = layer
    this.#analyzers = analyzers
    this.#found = new Map(analyzers.map(({ id }) => [id, { byPath: new Map(), notes: [], dropped: 0 }]))
  }

  file(file: LayerFile): 'body' | 'head' | 'parts' | 'skip' {
    this.#features.file(file.path)
    this.#readers = this.#analyzers.filter(
      (analyzer) => analyzer.wants(file) && this.#canRead(analyzer, file),
    )
    if (this.#readers.length > 0) return this.#readers.every(({ partial }) => partial) ? 'parts' : 'body'
    return this.#features.executables ? 'skip' : 'head'
  }

  head(_: LayerFile, first: Uint8Array): void {
    this.#features.head(first)
  }

  content({ path }: LayerFile, content: Uint8Array): void {
    this.#features.head(content)
    for (const analyzer of this.#readers) this.#read(analyzer, path, () => analyzer.read(path, content))
  }

  begin({ path, size }: LayerFile, first: Uint8Array): readonly ByteRange[] {
    this.#features.head(first)
    const wanted = this.#readers.map((analyzer) => {
      const ranges = analyzer.partial?.ranges(first, size) ?? []
      const sum = ranges.reduce((total, { start, end }) => total + end - start, 0)
      if (sum <= analyzer.maxSize) return { analyzer, ranges }
      this.#note(analyzer.id, path, `more than ${analyzer.maxSize} bytes of it are needed`)
      return { analyzer, ranges: [] }
    })
    this.#readers = wanted.filter(({ ranges }) => ranges.length > 0).map(({ analyzer }) => analyzer)
    return wanted.flatMap(({ ranges }) => ranges)
  }

  gathered({ path }: LayerFile, parts: FileParts): void {
    for (const analyzer of this.#readers) {
      this.#read(analyzer, path, () => analyzer.partial?.read(path, parts) ?? [])
    }
  }

  whiteout(whiteout: Whiteout): void {
    this.#whiteoutCharacters += whiteout.path.length
    if (this.#whiteoutCharacters > MAX_WHITEOUT_CHARACTERS) throw this.#tooMuch('whiteouts')
    this.#whiteouts.push(whiteout)
  }

  /** After the last file: who owns what is known only now, for the lists may come behind the files. */
  results(): LayerResults {
    const byAnalyzer = new Map<string, AnalyzerResult>()
    const facts = new Map(this.#analyzers.map((analyzer) => [analyzer.id, this.#factsIn(analyzer)]))
    const owned = this.#owned.paths([...facts.values()].flat())
    for (const [id, { notes, dropped }] of this.#found) {
      const kept = (facts.get(id) ?? []).flatMap((fact) => withoutOwned(fact, owned))
      const more = dropped === 0 ? [] : [`${dropped} more files could not be read.`]
      byAnalyzer.set(id, { facts: kept, notes: [...notes, ...more] })
    }
    return { shape: { whiteouts: this.#whiteouts, features: this.#features.features() ?? null }, byAnalyzer }
  }

  #canRead({ id, maxSize, partial }: Analyzer, { path, size, sparse }: LayerFile): boolean {
    if ((size <= maxSize || partial !== undefined) && !sparse) return true
    this.#note(id, path, sparse ? 'it is stored sparse' : `it is larger than ${maxSize} bytes`)
    return false
  }

  /** Of two entries with one path the later counts, as it would on a disk. */
  #read(analyzer: Analyzer, path: string, read: () => readonly LayerFact[]): void {
    const facts = this.#factsOf(analyzer, path, read)
    const kept: LayerFact[] = []
    for (const fact of facts) {
      const excess = this.#budget.add(fact)
      if (excess !== undefined) throw this.#tooMuch(excess)
      if (fact.kind === 'owned-files') this.#owned.add(fact)
      else if (fact.kind === 'damage') this.#note(analyzer.id, path, fact.what)
      else kept.push(fact)
    }
    if (kept.length > 0) this.#found.get(analyzer.id)?.byPath.set(path, kept)
  }

  #factsOf(analyzer: Analyzer, path: string, read: () => readonly LayerFact[]): readonly LayerFact[] {
    try {
      return read()
    } catch (error) {
      this.#noteError(analyzer.id, path, error)
      return []
    }
  }

  #noteError(analyzer: string, path: string, error: unknown): void {
    this.#note(analyzer, path, error instanceof Error ? error.message : String(error))
  }

  #note(analyzer: string, path: string, why: string): void {
    const found = this.#found.get(analyzer)
    if (found === undefined) return
    if (found.notes.length < MAX_NOTES) found.notes.push(`could not read ${safeText(path)}: ${safeText(why)}`)
    else found.dropped += 1
  }

  /** Who fails over all its files has read none of them. */
  #factsIn(analyzer: Analyzer): readonly LayerFact[] {
    const byPath = this.#found.get(analyzer.id)?.byPath ?? new Map<string, readonly LayerFact[]>()
    const found = [...byPath.values()].flat()
    try {
      return analyzer.finish?.(found) ?? found
    } catch (error) {
      for (const path of byPath.keys()) this.#noteError(analyzer.id, path, error)
      return []
    }
  }

  #tooMuch(what: string): AppError {
    return new AppError({
      code: 'layer-too-much',
      kind: 'invalid',
      publicMessage: `Layer ${this.#layer}: it has more ${what} than any real image.`,
      remedy: 'Such an image is refused to protect the scanner.',
    })
  }
}

interface Found {
  readonly byPath: Map<string, readonly LayerFact[]>
  readonly notes: string[]
  dropped: number
}

/** Files of OS packages are reported with these packages (Trivy, pkg/fanal/handler/sysfile). */
function withoutOwned(fact: LayerFact, owned: ReadonlySet<string>): LayerFact[] {
  if (fact.kind !== 'packages' || fact.scope !== 'language') return [fact]
  if (owned.has(fact.path)) return []
  const packages = fact.packages.filter(({ path }) => path === undefined || !owned.has(path))
  return packages.length === fact.packages.length ? [fact] : [{ ...fact, packages }]
}
