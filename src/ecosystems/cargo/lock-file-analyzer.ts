import { posix } from 'node:path'
import type { Analyzer, LayerFact } from '../../indexing/index.ts'
import { decodeText, isOutsideOfPrograms, libraryFacts } from '../index.ts'
import {
  type LockedCrate,
  type Manifest,
  parseLockFile,
  parseManifest,
  withoutDevelopment,
} from './lock-file.ts'

const MAX_COMPARISONS = 1_000_000
const MAX_WILDCARDS = 2

type Part = { readonly crates: readonly LockedCrate[] } | { readonly manifest: Manifest }

/** Cargo.lock, without what the Cargo.toml files beside it, in the same layer, need for development only. */
export const lockFileAnalyzer: Analyzer = {
  id: 'cargo-lock-file',
  version: 1,
  maxSize: 16 * 1024 * 1024,
  wants: ({ path }) => /(?:^|\/)Cargo\.(?:lock|toml)$/.test(path) && !isOutsideOfPrograms(path),
  concerns: ({ names }) => names.includes('Cargo.lock'),
  read: (path, content): LayerFact[] => {
    const text = decodeText(content)
    const part: Part = path.endsWith('.lock')
      ? { crates: parseLockFile(text) }
      : { manifest: parseManifest(text) }
    return [{ kind: 'part', path, part }]
  },
  finish: (facts) => {
    const parts = facts.flatMap((fact) =>
      fact.kind === 'part' ? [{ path: fact.path, part: fact.part as Part }] : [],
    )
    const manifests = new Map(
      parts.flatMap(({ path, part }) => ('manifest' in part ? [[path, part.manifest] as const] : [])),
    )
    const members = new Members(manifests)
    return parts.flatMap(({ path, part }): LayerFact[] => {
      const crates = 'crates' in part ? built(posix.dirname(path), part.crates, manifests, members) : []
      const packages = crates.map(({ name, version }) => ({ name, version }))
      return libraryFacts('cargo', path, packages)
    })
  },
}

function built(
  folder: string,
  crates: readonly LockedCrate[],
  manifests: ReadonlyMap<string, Manifest>,
  members: Members,
): readonly LockedCrate[] {
  const root = manifests.get(posix.join(folder, 'Cargo.toml'))
  if (root === undefined) return crates
  const found = root.members.flatMap((member) => members.find(posix.join(folder, member, 'Cargo.toml')))
  return withoutDevelopment(crates, root, [...new Set(found)])
}

/** Finds the manifests of a workspace's members; patterns of hostile layers cost no more than those of large real ones. */
class Members {
  readonly #manifests: ReadonlyMap<string, Manifest>
  #comparisons = MAX_COMPARISONS

  constructor(manifests: ReadonlyMap<string, Manifest>) {
    this.#manifests = manifests
  }

  /** @param pattern `*` and `?` match within one folder's name */
  find(pattern: string): Manifest[] {
    const wildcards = pattern.match(/[*?]+/g)?.length ?? 0
    const exact = this.#manifests.get(pattern)
    if (wildcards === 0) return exact === undefined ? [] : [exact]
    this.#comparisons -= this.#manifests.size
    if (wildcards > MAX_WILDCARDS || this.#comparisons < 0) return []
    const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
    const matcher = new RegExp(`^${escaped.replace(/\*+/g, '[^/]*').replaceAll('?', '[^/]')}$`)
    return Array.from(this.#manifests).flatMap(([path, manifest]) => (matcher.test(path) ? [manifest] : []))
  }
}
