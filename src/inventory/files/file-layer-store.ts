import { type Clock, type Digest, digestHex, isDigest, systemClock } from '../../core/index.ts'
import { createMemoryLayerStore } from '../memory-layer-store.ts'
import type { AnalyzerKey, LayerStore } from '../ports.ts'
import { privateFolder, RecordFiles } from './record-files.ts'

export interface FileLayerStore extends LayerStore {
  /** Why nothing is kept for the next run, as a sentence; null when all is well. */
  readonly note: string | null
}

export interface FileLayerStoreOptions {
  /** What all files together may take, roughly. Bytes. */
  readonly maxBytes?: number
  readonly clock?: Clock
}

const DEFAULT_MAX_BYTES = 2 * 1024 ** 3

/**
 * A LayerStore in files that several processes share: `<2 hex>/<diff ID>.<analyzer>@<version>` and `<2 hex>/<blob>.blob`.
 * It is a cache: a full or read-only disk makes it forgetful, never an error. A folder that belongs to another user, or that
 * cannot be made, is not used at all: results then live in memory, and `note` says so.
 */
export async function createFileLayerStore(
  directory: string,
  options: FileLayerStoreOptions = {},
): Promise<FileLayerStore> {
  const refusal = await privateFolder(directory).catch((error: unknown) =>
    error instanceof Error && 'code' in error
      ? `it cannot be made (${String(error.code)})`
      : 'it cannot be made',
  )
  if (refusal !== undefined) {
    const note = `The layer cache ${directory} is not used: ${refusal}. Layers are read anew in each run.`
    return { ...createMemoryLayerStore(), note }
  }
  const files = new RecordFiles(
    directory,
    options.maxBytes ?? DEFAULT_MAX_BYTES,
    options.clock ?? systemClock,
  )
  return { ...storeOver(files), note: null }
}

function storeOver(files: RecordFiles): LayerStore {
  const keep = (name: string, value: unknown): Promise<void> =>
    files.write(name, value).catch(() => undefined)
  return {
    async get(diffId, keys) {
      const found = await Promise.all(
        keys.map(async (key) => [key.id, await files.read(resultName(diffId, key))] as const),
      )
      return new Map(found.filter(([, value]) => value !== undefined))
    },
    async put(diffId, results) {
      await Promise.all(results.map(({ key, value }) => keep(resultName(diffId, key), value)))
    },
    async diffIdOf(blob) {
      const value = await files.read(blobName(blob))
      return typeof value === 'string' && isDigest(value) ? value : undefined
    },
    async verified(blob, diffId) {
      await keep(blobName(blob), diffId)
    },
  }
}

function resultName(diffId: Digest, { id, version }: AnalyzerKey): string {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) throw new TypeError(`"${id}" is no analyzer id`)
  return `${digestHex(diffId)}.${id}@${version}`
}

function blobName(blob: Digest): string {
  return `${digestHex(blob)}.blob`
}
