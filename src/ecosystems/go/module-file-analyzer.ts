import type { Analyzer, LayerFact, PackageFact } from '../../indexing/index.ts'
import { decodeText, isOutsideOfPrograms, libraryFacts } from '../index.ts'
import { type ModuleFile, parseChecksumFile, parseModuleFile } from './module-file.ts'

/** What is known of a go.mod or of the go.sum beside it. */
type Part = { readonly mod: ModuleFile } | { readonly sum: ReadonlyMap<string, string> }

/** go.mod, with go.sum of the same folder and layer where go.mod is not the whole list. Trivy 0.44.1 reads them in images. */
export const moduleFileAnalyzer: Analyzer = {
  id: 'go-module-file',
  version: 1,
  maxSize: 16 * 1024 * 1024,
  wants: ({ path }) => /(?:^|\/)go\.(?:mod|sum)$/.test(path) && !isOutsideOfPrograms(path),
  concerns: ({ names }) => names.includes('go.mod'),
  read: (path, content): LayerFact[] => {
    const text = decodeText(content)
    const part: Part = path.endsWith('.mod')
      ? { mod: parseModuleFile(text) }
      : { sum: parseChecksumFile(text) }
    return [{ kind: 'part', path, part }]
  },
  finish: (facts) => {
    const parts = new Map(
      facts.flatMap((fact) => (fact.kind === 'part' ? [[fact.path, fact.part as Part] as const] : [])),
    )
    return Array.from(parts).flatMap(([path, part]): LayerFact[] => {
      if (!('mod' in part)) return []
      const sum = parts.get(path.replace(/mod$/, 'sum'))
      const packages = withChecksums(part.mod, sum !== undefined && 'sum' in sum ? sum.sum : new Map())
      return libraryFacts('go', path, packages)
    })
  },
}

function withChecksums(mod: ModuleFile, sum: ReadonlyMap<string, string>): readonly PackageFact[] {
  if (mod.packages.length === 0 || mod.isComplete) return mod.packages
  const named = new Set(mod.packages.map(({ name }) => name))
  const others = Array.from(sum, ([name, version]) => ({ name, version }))
  return [...mod.packages, ...others.filter(({ name }) => !named.has(name))]
}
