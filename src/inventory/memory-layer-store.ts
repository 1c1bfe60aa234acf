import type { Digest } from '../core/index.ts'
import type { AnalyzerKey, LayerStore } from './ports.ts'

/** A LayerStore that ends with the process: for tests, and where no folder may be used. */
export function createMemoryLayerStore(): LayerStore {
  const results = new Map<string, string>()
  const diffIds = new Map<Digest, Digest>()
  const nameOf = (diffId: Digest, { id, version }: AnalyzerKey): string => `${diffId}.${id}@${version}`
  return {
    async get(diffId, keys) {
      const found = keys.flatMap((key) => {
        const json = results.get(nameOf(diffId, key))
        return json === undefined ? [] : [[key.id, JSON.parse(json) as unknown] as const]
      })
      return new Map(found)
    },
    async put(diffId, entries) {
      for (const { key, value } of entries) results.set(nameOf(diffId, key), JSON.stringify(value))
    },
    async diffIdOf(blob) {
      return diffIds.get(blob)
    },
    async verified(blob, diffId) {
      diffIds.set(blob, diffId)
    },
  }
}

/** One trust domain: every known layer may be used by everyone. For the command line, and a server with one organisation. */
export const OPEN_ACCESS = {
  reusable: async (blobs: readonly Digest[]): Promise<ReadonlySet<Digest>> => new Set(blobs),
  pulled: async (): Promise<void> => undefined,
}
