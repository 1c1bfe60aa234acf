import { type Clock, digestBytes, type Digest, isAppError } from '../../core/index.ts'
import type { ImageSource } from '../../images/index.ts'
import type { Indexer } from '../../indexing/index.ts'
import type { LayerAccess } from '../../inventory/index.ts'
import {
  countOutdatedInventories,
  inventoryKey,
  markRenewed,
  type OutdatedInventory,
  outdatedInventories,
  type RenewalGoal,
  type SavedInventory,
  saveInventory,
} from '../../inventory/sql.ts'
import { type Database, inTransaction } from '../../platform/db/index.ts'
import type { Turns } from '../../platform/jobs/index.ts'
import { enqueueManifest, replaceInventory, waitingScans } from '../../scans/index.ts'
import { withUnsupported } from '../engine/unsupported.ts'

export interface RenewalOptions {
  readonly db: Database
  readonly clock: Clock
  readonly turns: Turns
  readonly indexer: Indexer
  /** Digest of the database of names in use; absent or null: there is none. */
  readonly names?: () => Promise<Digest | null>
  readonly accessOf: (orgId: string) => LayerAccess
  readonly match: (inventory: SavedInventory) => Promise<void>
  /** Scans wait. */
  readonly onQueued: () => void
  readonly onProgress: () => void
}

/** How far it is, in images. */
export interface RenewalProgress {
  readonly done: number
  readonly total: number
}

const CHUNK = 20
/** No more scans than this may wait while images are queued again: others' work goes first. */
const WINDOW = 20

/**
 * Makes inventories anew that other analyzers made, or that newer data on names may name otherwise: from what is stored of their layers,
 * and where that lacks something by queueing the image, whose scan then reads only the layers that it must. What was known before is
 * shown until the new inventory is matched. Killed at any moment it goes on with what is left.
 */
export class Renewal {
  readonly #options: RenewalOptions
  #goal = ''
  #after = 0
  #progress: RenewalProgress | null = null

  constructor(options: RenewalOptions) {
    this.#options = options
  }

  get progress(): RenewalProgress | null {
    return this.#progress
  }

  /**
   * One pass over all inventories for each goal; it stops where too many scans wait, and goes on there the next time. Where another
   * server is at it nothing is done: what that one leaves is found the next time.
   */
  async run(signal?: AbortSignal): Promise<void> {
    await this.#options.turns.take('renewal', (turn) => this.#run(turn), signal)
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { db, indexer, names, onProgress } = this.#options
    const goal: RenewalGoal = { indexerKey: indexer.key, names: (await names?.()) ?? null }
    await this.#begin(goal)
    while (this.#after < Number.POSITIVE_INFINITY) {
      const batch = await outdatedInventories(db, goal, this.#after, CHUNK)
      for (const outdated of batch) {
        signal.throwIfAborted()
        if (!(await this.#renew(outdated, goal, signal))) return
        this.#after = outdated.id
        this.#advance()
      }
      if (batch.length > 0) onProgress()
      else this.#end()
    }
  }

  async #begin(goal: RenewalGoal): Promise<void> {
    const text = `${goal.indexerKey} ${goal.names ?? ''}`
    if (text === this.#goal) return
    const total = await countOutdatedInventories(this.#options.db, goal)
    this.#goal = text
    this.#after = 0
    this.#progress = total === 0 ? null : { done: 0, total }
  }

  #advance(): void {
    if (this.#progress === null) return
    const done = this.#progress.done + 1
    this.#progress = { done, total: Math.max(done, this.#progress.total) }
  }

  #end(): void {
    this.#after = Number.POSITIVE_INFINITY
    if (this.#progress === null) return
    this.#progress = null
    this.#options.onProgress()
  }

  /** @returns false where it has to wait */
  async #renew(outdated: OutdatedInventory, goal: RenewalGoal, signal: AbortSignal): Promise<boolean> {
    const { db, match } = this.#options
    const saved = await this.#fromStored(outdated, signal)
    if (saved === undefined) return this.#queue(outdated, goal)
    await match(saved)
    await inTransaction(db, 'bulk', (tx) =>
      replaceInventory(tx, digestBytes(outdated.manifest), outdated.id, saved.id),
    )
    return true
  }

  /** @returns undefined where something must be read from the registry */
  async #fromStored(
    { manifest, orgId, platform, layers }: OutdatedInventory,
    signal: AbortSignal,
  ): Promise<SavedInventory | undefined> {
    const { db, indexer, accessOf } = this.#options
    try {
      const inventory = await indexer.index({
        source: nowhere,
        layers: layers.map(({ digest, diffId }) => ({ blob: { digest, size: 0 }, diffId })),
        access: accessOf(orgId),
        signal,
      })
      const [os = ''] = platform.split('/')
      const whole = withUnsupported(inventory, { platform: { os } })
      return await saveInventory(db, {
        manifest,
        indexerKey: inventoryKey(indexer.key, whole),
        inventory: whole,
      })
    } catch (error) {
      signal.throwIfAborted()
      // What cannot be made from it now a scan will say, image by image.
      if (error instanceof NotStored || (isAppError(error) && error.kind === 'invalid')) return undefined
      throw error
    }
  }

  async #queue(outdated: OutdatedInventory, goal: RenewalGoal): Promise<boolean> {
    const { db, clock, onQueued } = this.#options
    if ((await waitingScans(db.lane('bulk'), WINDOW)) >= WINDOW) return false
    await inTransaction(db, 'bulk', async (tx) => {
      await enqueueManifest(tx, digestBytes(outdated.manifest), new Date(clock.now()))
      await markRenewed(tx, outdated.id, goal)
    })
    onQueued()
    return true
  }
}

class NotStored extends Error {}

/** What is asked of it is not stored. */
const nowhere: ImageSource = {
  name: 'what is stored',
  manifest: () => Promise.reject(new NotStored()),
  blob: () => Promise.reject(new NotStored()),
}
