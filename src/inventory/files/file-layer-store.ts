import { hash } from 'node:crypto'
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
 * A LayerStore in files that several processes share: `<2 hex>/<diff ID>.<analyzers>.layer`, with all that these analyzers found in the
 * layer (it is read by all of them at once, and merged from all of them), and `<2 hex>/<blob>.blob`.
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
      const stored = await resultsOf(files, diffId)
      const found = keys.map((key) => [key.id, stored[fieldOf(key)]] as const)
      return new Map(found.filter(([, value]) => value !== undefined))
    },
    async put(diffId, results) {
      const fields = results.map(({ key, value }) => [fieldOf(key), value] as const)
      await keep(
        resultsName(
          diffId,
          fields.map(([field]) => field),
        ),
        Object.fromEntries(fields),
      )
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

/** By analyzer and version: of one reading of the layer mostly; of more where analyzers have changed in between. */
async function resultsOf(files: RecordFiles, diffId: Digest): Promise<Readonly<Record<string, unknown>>> {
  const names = await files.list(`${digestHex(diffId)}.`)
  const stored = await Promise.all(names.map((name) => files.read(name)))
  return Object.assign({}, ...stored.filter((value) => typeof value === 'object'))
}

/** Readings by other analyzers lie beside each other: writers never wait for each other, nor lose what another wrote. */
function resultsName(diffId: Digest, fields: readonly string[]): string {
  const analyzers = hash('sha256', fields.toSorted().join(' '), 'hex').slice(0, 8)
  return `${digestHex(diffId)}.${analyzers}.layer`
}

function fieldOf({ id, version }: AnalyzerKey): string {
  return `${id}@${version}`
}

function blobName(blob: Digest): string {
  return `${digestHex(blob)}.blob`
}
