/**
 * The whole story on one page: a schedule or a person says "look here" → discovered → indexed → matched → findings; and new
 * vulnerability data → matched again → findings. Plain functions: what turns them into jobs is beside (domain.ts). Each step keeps its
 * outcome in the database and says there what is due next, so that any of them can be killed at any moment and done again.
 */
import {
  type AppError,
  BUILT_IN_ENGINE,
  type Clock,
  type Digest,
  formatPlatform,
  reasonOf,
  toAppError,
} from '../core/index.ts'
import { type ConnectorSource, settle } from '../connections/index.ts'
import type { AttachedDocumentKeeper } from '../documents/index.ts'
import { createDiscoveryWorker, type DiscoveryEnd, type DiscoveryWorker } from '../discovery/index.ts'
import { type ImageSource, type PlatformImage, resolveImage } from '../images/index.ts'
import type { Indexer } from '../indexing/index.ts'
import type { LayerAccess } from '../inventory/index.ts'
import {
  createOrganisationLayerAccess,
  inventoryKey,
  type SavedInventory,
  saveInventory,
} from '../inventory/sql.ts'
import { type DatabaseChanged, matchingProgress, type OpenMatcher } from '../matching/sql.ts'
import type { Database } from '../platform/db/index.ts'
import { nameAt } from '../registries/index.ts'
import type { ImageEngine } from '../engines/index.ts'
import { engineUnknown } from './engine/engine-unknown.ts'
import { withUnsupported } from './engine/unsupported.ts'
import { keepAttached } from './pipeline/attached-documents.ts'
import { scanWithEngine } from './pipeline/engine-scan.ts'
import { holdLease } from './pipeline/lease.ts'
import { Matching } from './pipeline/matching.ts'
import { Renewal } from './pipeline/renewal.ts'
import { sweep, type SweptRows } from './pipeline/sweep.ts'
import { createTurns, type Turns } from '../platform/jobs/index.ts'
import {
  type ClaimedScan,
  createScanQueue,
  enqueueRepositories,
  type ScanQueue,
  type ScanResult,
} from '../scans/index.ts'

export interface PipelineOptions {
  readonly db: Database
  readonly clock: Clock
  readonly connectors: ConnectorSource
  readonly indexer: Indexer
  /** Other engines than the built-in one, by id; none when not given. */
  readonly engines?: ReadonlyMap<string, ImageEngine>
  /** Keeps what is attached to images; nobody looks for it when not given. */
  readonly documents?: AttachedDocumentKeeper
  /** The vulnerability database in use, opened; undefined while there is none. Asked again whenever a step finds it replaced. */
  readonly matcher: () => Promise<OpenMatcher | undefined>
  /** Digest of the database of names (Java archives) in use; absent or null: there is none. */
  readonly names?: () => Promise<Digest | null>
  /** Wakes workers: scans wait. */
  readonly onQueued?: () => void
  /** What is shown of a connection, or of its images, changed. */
  readonly onChange?: (change: PipelineChange) => void
  readonly onScanned?: (
    scan: ClaimedScan,
    outcome: 'completed' | 'retry' | 'failed' | 'cancelled' | 'lost' | 'released',
    error: AppError | null,
  ) => void
  /** Milliseconds; 60,000 when not given. */
  readonly leaseMs?: number
}

export type PipelineChange =
  | { readonly kind: 'connection' | 'images'; readonly orgId: string; readonly connectionId: string }
  | { readonly kind: 'findings'; readonly orgId: string | null }
  /** How far background work is: `progress` says it. */
  | { readonly kind: 'progress' }

/** Background work that goes on, each with how much of it is done; null: none. */
export interface PipelineProgress {
  /** Packages matched with new vulnerability data. */
  readonly matching: { readonly done: number; readonly total: number } | null
  /** Images read with new analyzers, or named with new names. */
  readonly renewing: { readonly done: number; readonly total: number } | null
}

export interface Pipeline {
  readonly queue: ScanQueue
  /** Does one discovery that waits; undefined when none does. */
  discoverNext(worker: string, signal?: AbortSignal): Promise<DiscoveryEnd | undefined>
  /** Does one scan that waits; false when none does. */
  scanNext(worker: string, signal?: AbortSignal): Promise<boolean>
  /**
   * Puts another vulnerability database into use and matches with it what may differ.
   * @returns how much that is; undefined when the database was in use already
   */
  databaseChanged(
    open: OpenMatcher,
    source: string,
    signal?: AbortSignal,
  ): Promise<DatabaseChanged | undefined>
  /** Matches what is stale and brings postings and counters up to date: after a start, and now and then. */
  catchUp(signal?: AbortSignal): Promise<void>
  /** Makes anew what other analyzers, or other data on names, have made: after a start, and now and then. */
  renew(signal?: AbortSignal): Promise<void>
  /** Removes content that nothing names any more: now and then. @returns undefined where another server is at it */
  sweep(signal?: AbortSignal): Promise<SweptRows | undefined>
  progress(): Promise<PipelineProgress>
  /**
   * Work whose worker has gone waits again.
   * @param everyone all work, whatever its lease: for the start of the only process
   */
  expireLeases(everyone?: 'everyone'): Promise<number>
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const steps = new Steps(options)
  return {
    queue: steps.queue,
    discoverNext: (worker, signal) => steps.discovery.runNext(worker, signal),
    scanNext: (worker, signal) => steps.scanNext(worker, signal),
    databaseChanged: (open, source, signal) => steps.matching.databaseChanged(open, source, signal),
    catchUp: (signal) => steps.matching.catchUp(signal),
    renew: (signal) => steps.renewal.run(signal),
    sweep: (signal) => steps.sweep(signal),
    progress: async () => ({
      matching: await matchingProgress(options.db.lane('page')),
      renewing: steps.renewal.progress,
    }),
    expireLeases: async (everyone) =>
      (await steps.queue.expireLeases(everyone)) + (await steps.discovery.expireLeases(everyone)),
  }
}

class Steps {
  readonly queue: ScanQueue
  readonly discovery: DiscoveryWorker
  readonly matching: Matching
  readonly renewal: Renewal
  readonly #options: PipelineOptions
  readonly #turns: Turns
  readonly #access = new Map<string, LayerAccess>()

  constructor(options: PipelineOptions) {
    const { db, clock, connectors, onChange } = options
    const lease = options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }
    this.#options = options
    const turns = createTurns(db, clock)
    this.#turns = turns
    this.matching = new Matching({
      db,
      clock,
      turns,
      matcher: options.matcher,
      onFindings: (orgId) => onChange?.({ kind: 'findings', orgId }),
      onProgress: () => onChange?.({ kind: 'progress' }),
    })
    this.renewal = new Renewal({
      ...options,
      turns,
      accessOf: (orgId) => this.#accessOf(orgId),
      match: (inventory) => this.matching.inventory(inventory),
      onQueued: () => options.onQueued?.(),
      onProgress: () => onChange?.({ kind: 'progress' }),
    })
    this.queue = createScanQueue({ db, clock, ...lease })
    this.discovery = createDiscoveryWorker({
      db,
      clock,
      connectors,
      ...lease,
      onRepositories: (orgId, connectionId, repositories) =>
        this.#discovered(orgId, connectionId, repositories),
      onChange: (orgId, connectionId) => onChange?.({ kind: 'connection', orgId, connectionId }),
    })
  }

  /** Discovered: what is selected and not scanned yet waits now; what has gone leaves the findings. */
  async #discovered(orgId: string, connectionId: string, repositories: readonly number[]): Promise<void> {
    const { db, clock, onQueued, onChange } = this.#options
    const request = { orgId, connectionId, repositories, userPriority: false }
    if ((await enqueueRepositories({ db, clock }, request)) > 0) onQueued?.()
    onChange?.({ kind: 'images', orgId, connectionId })
    await this.matching.refreshFindings()
  }

  async sweep(signal?: AbortSignal): Promise<SweptRows | undefined> {
    let swept: SweptRows | undefined
    const run = async (turn: AbortSignal): Promise<void> => {
      swept = await sweep(this.#options.db, turn)
    }
    await this.#turns.take('sweep', run, signal)
    return swept
  }

  async scanNext(worker: string, signal?: AbortSignal): Promise<boolean> {
    const [scan] = await this.queue.claim(worker, 1)
    if (scan === undefined) return false
    const { onChange, onScanned } = this.#options
    const { orgId, connectionId } = scan
    onChange?.({ kind: 'images', orgId, connectionId })
    const { outcome, error } = await this.#work(scan, signal)
    onScanned?.(scan, outcome, error)
    onChange?.({ kind: 'images', orgId, connectionId })
    return true
  }

  async #work(scan: ClaimedScan, signal?: AbortSignal) {
    const held = holdLease(this.queue, scan, this.#options.leaseMs ?? 60_000)
    const stop = signal === undefined ? held.signal : AbortSignal.any([signal, held.signal])
    try {
      const result = await this.#indexAndMatch(scan, stop)
      const completed = await this.queue.complete(scan, result)
      await this.matching.refreshFindings()
      return { outcome: completed ? ('completed' as const) : ('lost' as const), error: null }
    } catch (cause) {
      const error = toAppError(cause)
      if (held.signal.aborted) return { outcome: 'lost' as const, error }
      if (error.kind === 'cancelled') {
        await this.queue.release(scan)
        return { outcome: 'released' as const, error: null }
      }
      if (error.code === 'connection-not-found' || error.code === 'connection-disabled') {
        const cancelled = await this.queue.cancel(scan)
        return { outcome: cancelled ? ('cancelled' as const) : ('lost' as const), error }
      }
      if (error.kind === 'auth') await this.#sayRefused(scan, error)
      return { outcome: await this.queue.fail(scan, error), error }
    } finally {
      held.end()
    }
  }

  /** Read what is in the image, keep it, match what is new in it: then its counts are true from the moment it is completed. */
  async #indexAndMatch(scan: ClaimedScan, signal: AbortSignal): Promise<ScanResult> {
    const { connectors } = this.#options
    const connector = await connectors.openConnector(scan.orgId, scan.connectionId)
    try {
      const source = connector.source(nameAt(connector, { host: scan.host, path: scan.repository }))
      const { images } = await resolveImage(source, scan.manifestDigest, 'all', signal)
      const [image] = images
      if (image === undefined) throw new Error('a resolved image has no platform')
      const read =
        scan.engine === BUILT_IN_ENGINE
          ? this.#read(scan, source, image, signal)
          : this.#ask(scan, source, image, signal)
      const saved = await read
      const { documents } = this.#options
      if (documents !== undefined)
        await keepAttached(documents, { scan, source, image, inventoryId: saved.id }, signal)
      return {
        inventoryId: saved.id,
        sizeBytes: image.manifest.size,
        platform: formatPlatform(image.platform),
      }
    } finally {
      await connector.close()
    }
  }

  async #read(
    scan: ClaimedScan,
    source: ImageSource,
    image: PlatformImage,
    signal: AbortSignal,
  ): Promise<SavedInventory> {
    const { db, indexer } = this.#options
    const access = this.#accessOf(scan.orgId)
    const indexed = await indexer.index({ source, layers: image.layers, access, signal })
    const inventory = withUnsupported(indexed, image)
    const manifest = image.manifest.digest
    const saved = await saveInventory(db, {
      manifest,
      indexerKey: inventoryKey(indexer.key, inventory),
      inventory,
    })
    await this.matching.inventory(saved)
    return saved
  }

  /** Another engine reads and matches in one. */
  async #ask(
    { orgId, engine: id }: ClaimedScan,
    source: ImageSource,
    image: PlatformImage,
    signal: AbortSignal,
  ): Promise<SavedInventory> {
    const { db, matcher, engines = new Map<string, ImageEngine>() } = this.#options
    const engine = engines.get(id)
    if (engine === undefined) throw engineUnknown(id, engines)
    return scanWithEngine({ db, engine, open: await matcher(), orgId, source, image, signal })
  }

  /** One object for each organisation: the indexer reads a layer once for all requests that share it. */
  #accessOf(orgId: string): LayerAccess {
    const { db, clock } = this.#options
    const access = this.#access.get(orgId) ?? createOrganisationLayerAccess(db, clock, orgId)
    this.#access.set(orgId, access)
    return access
  }

  /** Refused credentials are the connection's trouble, not only this scan's. */
  async #sayRefused({ orgId, connectionId }: ClaimedScan, error: AppError): Promise<void> {
    const { db, clock, onChange } = this.#options
    const checkedAt = new Date(clock.now())
    await settle(db.lane('bulk'), orgId, connectionId, {
      status: 'Error',
      reason: reasonOf(error),
      checkedAt,
    })
    onChange?.({ kind: 'connection', orgId, connectionId })
  }
}
