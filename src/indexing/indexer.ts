import { hash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { AppError, type Digest, safeText } from '../core/index.ts'
import { type LayerLimits, type LayerReference, readLayer } from '../images/index.ts'
import type { Inventory, LayerStore } from '../inventory/index.ts'
import { Flights, Slots } from './flights.ts'
import { LayerCollector } from './layer-collector.ts'
import { fromStored, keysOf, type LayerResults, toStored } from './layer-results.ts'
import { needsNames } from './name-packages.ts'
import type { Analyzer, Indexer, IndexingPlugin, IndexRequest, NameDatabase } from './ports.ts'
import { ProgressMeter } from './progress.ts'
import { toInventory } from './to-inventory.ts'

export interface IndexerOptions {
  readonly plugins: readonly IndexingPlugin[]
  readonly store: LayerStore
  /**
   * The database of names in use, or null: asked for each image with packages that do not say their name. It must stay readable for
   * the rest of the turn.
   */
  readonly names?: () => Promise<NameDatabase | null>
  /** How many layers are read at once, over all requests: the processors and one more unless stated. */
  readonly concurrency?: number
  readonly limits?: Partial<LayerLimits>
}

/** Raise with any change of how facts become an inventory. */
const MERGE_VERSION = 1

/** A layer as it was found: its verified diff ID and what is in it. */
interface KnownLayer {
  readonly diffId: Digest
  readonly results: LayerResults
}

/**
 * The built-in indexer. A layer is read when the store lacks something that it may have, by all analyzers at once (who owns which
 * files decides over what others find). A stored result is used only for a blob that was verified to unpack to that diff ID, and
 * only where the request's access allows; what the config says of a layer is compared with what was verified, never believed.
 */
export function createIndexer(options: IndexerOptions): Indexer {
  const analyzers = options.plugins.flatMap((plugin) => plugin.analyzers)
  const reader = new LayerReader(options, analyzers)
  return {
    key: keyOf(options.plugins, analyzers),
    index: (request) => indexImage(request, reader, options),
  }
}

/** Ids are unique over all ecosystems: results are stored under them. */
function keyOf(plugins: readonly IndexingPlugin[], analyzers: readonly Analyzer[]): string {
  const names = analyzers.map(({ id, version }) => `${id}@${version}`)
  if (new Set(analyzers.map(({ id }) => id)).size < names.length) {
    throw new TypeError(`two analyzers have one id: ${names.join(' ')}`)
  }
  const parts = [`merge@${MERGE_VERSION}`, ...plugins.map(({ id }) => id).sort(), ...names.sort()]
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, 16)
}

async function indexImage(
  request: IndexRequest,
  reader: LayerReader,
  { plugins, names }: IndexerOptions,
): Promise<Inventory> {
  const unique = [...new Map(request.layers.map((layer) => [layer.blob.digest, layer])).values()]
  const stored = await reader.stored(request, unique)
  // Layers are read side by side: the largest first, so that none is left alone at the end.
  const missing = unique
    .filter(({ blob }) => !stored.has(blob.digest))
    .sort((left, right) => right.blob.size - left.blob.size)
  const meter = new ProgressMeter(unique.length, missing, request.onProgress)
  const read = await allOrNone(request.signal, missing, async (layer, signal) => {
    const known = await reader.read(request, layer, signal, (count) => meter.bytes(layer, count))
    meter.done(layer)
    return [layer.blob.digest, known] as const
  })
  const known = new Map([...stored, ...read])
  const notes = unique.filter((layer) => known.get(layer.blob.digest) === 'absent').map(absentNote)
  if (notes.length > 0 && notes.length === unique.length) throw allAbsent()
  const layers = request.layers.map((layer) => verified(layer, known.get(layer.blob.digest)))
  const database = needsNames(layers) ? ((await names?.()) ?? null) : null
  return toInventory(request.layers, layers, { plugins, names: database, notes })
}

/** One failure ends all; only when they have all ended does it reach the caller, so that nothing runs on behind its back. */
async function allOrNone<T, R>(
  outer: AbortSignal | undefined,
  items: readonly T[],
  task: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const failed = new AbortController()
  const signal = outer === undefined ? failed.signal : AbortSignal.any([outer, failed.signal])
  let cause: unknown
  const outcomes = await Promise.allSettled(
    items.map(async (item) => {
      try {
        return await task(item, signal)
      } catch (error) {
        if (!signal.aborted) cause = error
        failed.abort(error)
        throw error
      }
    }),
  )
  outer?.throwIfAborted()
  if (outcomes.some(({ status }) => status === 'rejected')) throw cause
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
}

function allAbsent(): AppError {
  return new AppError({
    code: 'image-layers-foreign',
    kind: 'unsupported',
    publicMessage: 'every layer of this image is kept outside the registry, so nothing in it can be read.',
    remedy: 'Push it with its foreign layers, as `docker push` does with allow-nondistributable-artifacts.',
  })
}

/** What is no tar, and does not say that it is one, is no damaged layer but one of another kind. */
function otherKind({ blob, unknownType }: LayerReference, error: unknown): AppError | undefined {
  if (unknownType === undefined || !(error instanceof AppError) || !notTar.has(error.code)) return undefined
  return new AppError({
    code: 'layer-type-unsupported',
    kind: 'unsupported',
    publicMessage: `layer ${blob.digest} is of the type ${safeText(unknownType, 100)}, which is no tar of files.`,
    remedy: 'Encrypted and special layers cannot be read; push the image with plain layers beside it.',
    cause: error,
  })
}

const notTar = new Set(['layer-tar-invalid', 'layer-compression-invalid'])

function absentNote({ blob }: LayerReference): string {
  return `Layer ${blob.digest} is kept outside the registry and was not read.`
}

const nothing: LayerResults = { shape: { whiteouts: [], features: null }, byAnalyzer: new Map() }

function verified(layer: LayerReference, known: KnownLayer | 'absent' | undefined): LayerResults {
  if (known === undefined || known === 'absent') return nothing
  if (known.diffId === layer.diffId) return known.results
  throw new AppError({
    code: 'config-diff-id-mismatch',
    kind: 'invalid',
    publicMessage: `The image's config says that layer ${layer.blob.digest} unpacks to ${layer.diffId}; it unpacks to ${known.diffId}.`,
    remedy: 'The image was damaged or made to deceive. Build and push it again.',
  })
}

/** Finds out what is in a layer: from the store, or by reading it. */
class LayerReader {
  readonly #store: LayerStore
  readonly #analyzers: readonly Analyzer[]
  readonly #limits: Partial<LayerLimits> | undefined
  readonly #slots: Slots
  readonly #flights = new Flights<KnownLayer>()

  constructor(options: IndexerOptions, analyzers: readonly Analyzer[]) {
    this.#store = options.store
    this.#analyzers = analyzers
    this.#limits = options.limits
    this.#slots = new Slots(options.concurrency ?? availableParallelism() + 1)
  }

  async stored(
    { access, fresh }: IndexRequest,
    layers: readonly LayerReference[],
  ): Promise<Map<Digest, KnownLayer>> {
    const blobs = layers.map(({ blob }) => blob.digest)
    const reusable = fresh === true ? new Set<Digest>() : await access.reusable(blobs)
    const allowed = blobs.filter((blob) => reusable.has(blob))
    const found = await Promise.all(
      allowed.map(async (blob) => [blob, await this.#storedLayer(blob)] as const),
    )
    return new Map(found.flatMap(([blob, layer]) => (layer === undefined ? [] : [[blob, layer] as const])))
  }

  async #storedLayer(blob: Digest): Promise<KnownLayer | undefined> {
    const diffId = await this.#store.diffIdOf(blob)
    if (diffId === undefined) return undefined
    const results = fromStored(await this.#store.get(diffId, keysOf(this.#analyzers)), this.#analyzers)
    return results === undefined ? undefined : { diffId, results }
  }

  /** @returns `absent` for a layer that its registry need not have, and has not */
  async read(
    request: IndexRequest,
    layer: LayerReference,
    signal: AbortSignal,
    onBytes: (count: number) => void,
  ): Promise<KnownLayer | 'absent'> {
    const task = (): Promise<KnownLayer> => this.#read(request, layer, signal, onBytes)
    try {
      return await this.#flights.run(request.access, layer.blob.digest, signal, () =>
        this.#alone(request, layer, signal, () => this.#slots.run(signal, task)),
      )
    } catch (error) {
      if (layer.foreign === true && error instanceof AppError && error.kind === 'not-found') return 'absent'
      throw otherKind(layer, error) ?? error
    }
  }

  /** Waiting for another worker takes no slot: this one's other layers go on meanwhile. */
  async #alone(
    { access, fresh }: IndexRequest,
    { blob }: LayerReference,
    signal: AbortSignal,
    task: () => Promise<KnownLayer>,
  ): Promise<KnownLayer> {
    const lease = await access.lease?.(blob.digest, signal)
    try {
      const mayBeKnown = lease?.waited === true && fresh !== true
      const known = mayBeKnown && (await access.reusable([blob.digest])).has(blob.digest)
      return (known ? await this.#storedLayer(blob.digest) : undefined) ?? (await task())
    } finally {
      await lease?.release()
    }
  }

  async #read(
    { source, access }: IndexRequest,
    { blob }: LayerReference,
    signal: AbortSignal,
    onBytes: (count: number) => void,
  ): Promise<KnownLayer> {
    const collector = new LayerCollector(blob.digest, this.#analyzers)
    const reading = await readLayer(source, blob, collector, { limits: this.#limits, signal, onBytes })
    const { diffId } = reading
    const results = collector.results()
    await this.#store.put(diffId, toStored(results, this.#analyzers))
    await this.#store.verified(blob.digest, diffId, reading.size)
    await access.pulled(blob.digest)
    return { diffId, results }
  }
}
