import { posix } from 'node:path'
import type { Analyzer, LayerFact } from '../../indexing/index.ts'
import { decodeText, isOutsideOfPrograms, libraryFacts } from '../index.ts'
import { type ManifestEntry, parseManifest, parseProject, reachable } from './manifest.ts'

type Part = { readonly entries: readonly ManifestEntry[] } | { readonly direct: readonly string[] }

/** Manifest.toml with the Project.toml beside it in the same layer; without one it is no environment (as Trivy decides). */
export const manifestAnalyzer: Analyzer = {
  id: 'julia-manifest',
  version: 1,
  maxSize: 16 * 1024 * 1024,
  wants: ({ path }) => /(?:^|\/)(?:Manifest|Project)\.toml$/.test(path) && !isOutsideOfPrograms(path),
  concerns: ({ names }) => names.includes('Manifest.toml'),
  read: (path, content): LayerFact[] => {
    const text = decodeText(content)
    const isManifest = posix.basename(path) === 'Manifest.toml'
    const part: Part = isManifest ? { entries: parseManifest(text) } : { direct: parseProject(text) }
    return [{ kind: 'part', path, part }]
  },
  finish: (facts) => {
    const parts = new Map(
      facts.flatMap((fact) => (fact.kind === 'part' ? [[fact.path, fact.part as Part] as const] : [])),
    )
    return Array.from(parts).flatMap(([path, part]): LayerFact[] => {
      const project = parts.get(posix.join(posix.dirname(path), 'Project.toml'))
      if (!('entries' in part) || project === undefined || !('direct' in project)) return []
      const packages = reachable(part.entries, project.direct).map(({ name, version, uuid }) => ({
        name,
        version,
        ...(uuid === '' ? {} : { uuid }),
      }))
      return libraryFacts('julia', path, packages)
    })
  },
}
