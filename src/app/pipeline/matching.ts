import type { Clock } from '../../core/index.ts'
import { dueRepositories, foldCounters, recomputePostings, recountChanged } from '../../findings/index.ts'
import {
  type DatabaseChanged,
  drainDetails,
  drainStale,
  foldSetCounts,
  markChanged,
  type MatchingContext,
  matchInventory,
  noteOutdated,
  type OpenMatcher,
  outdateMatchers,
  recountSets,
  useDatabase,
} from '../../matching/sql.ts'
import type { Database } from '../../platform/db/index.ts'
import type { Turns } from '../../platform/jobs/index.ts'

export interface MatchingOptions {
  readonly db: Database
  readonly clock: Clock
  readonly turns: Turns
  readonly matcher: () => Promise<OpenMatcher | undefined>
  /** Findings changed; null: of any organisation. */
  readonly onFindings: (orgId: string | null) => void
  /** A re-match came some way. */
  readonly onProgress: () => void
}

/** Milliseconds between two words on how far it is. */
const SAY_EVERY = 1_000

/** Vulnerability data and findings: what is stale is matched, and what follows from matches follows. */
export class Matching {
  readonly #options: MatchingOptions
  readonly #context: MatchingContext

  constructor(options: MatchingOptions) {
    const { db, clock, onProgress } = options
    let said = Number.NEGATIVE_INFINITY
    this.#options = options
    this.#context = {
      db,
      observer: recountChanged,
      onWritten() {
        if (clock.now() - said < SAY_EVERY) return
        said = clock.now()
        onProgress()
      },
    }
  }

  /** Matches what is new in an inventory: its counts are then true. */
  async inventory({
    id,
    setIds,
  }: {
    readonly id: number
    readonly setIds: readonly number[]
  }): Promise<void> {
    await this.#match((open) => matchInventory(this.#context, open, id))
    await recountSets(this.#options.db, setIds)
  }

  /** Puts another database into use and matches what may differ. @returns what it changes; undefined when it was in use */
  async databaseChanged(
    open: OpenMatcher,
    source: string,
    signal?: AbortSignal,
  ): Promise<DatabaseChanged | undefined> {
    const { db, clock } = this.#options
    const changed = await useDatabase(db, open, { source, loadedAt: new Date(clock.now()) })
    await outdateMatchers(db, open.versions)
    await this.catchUp(signal)
    return changed
  }

  /** Whatever is behind, for whatever reason; where another server is at it, that one does it, or the next call. */
  async catchUp(signal?: AbortSignal): Promise<void> {
    await this.#options.turns.take('matching', (turn) => this.#catchUp(turn), signal)
  }

  async #catchUp(signal: AbortSignal): Promise<void> {
    const { db, onProgress } = this.#options
    await markChanged(db, signal)
    const isMuch = await noteOutdated(db.lane('bulk'))
    await this.#match((open) => drainDetails(this.#context, open, signal))
    await this.#match((open) => drainStale(this.#context, open, signal))
    await this.refreshFindings(signal)
    if (isMuch) onProgress()
  }

  /** Findings follow: postings of repositories whose images changed, counts of sets whose matches changed, counters of both. */
  async refreshFindings(signal?: AbortSignal): Promise<void> {
    const { db, clock, onFindings } = this.#options
    for (let due = await dueRepositories(db, 20); due.length > 0; due = await dueRepositories(db, 20)) {
      for (const id of due) {
        signal?.throwIfAborted()
        const orgId = await recomputePostings(db, id, new Date(clock.now()))
        if (orgId !== undefined) onFindings(orgId)
      }
    }
    let recounted = 0
    for (const fold of [foldSetCounts, foldCounters]) {
      for (let taken = await fold(db); taken > 0; taken = await fold(db)) {
        signal?.throwIfAborted()
        recounted += taken
      }
    }
    if (recounted > 0) onFindings(null)
  }

  /** Matches with the database in use; where it is replaced meanwhile, with the one that replaced it. */
  async #match(run: (open: OpenMatcher) => Promise<'current' | 'superseded'>): Promise<void> {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const open = await this.#options.matcher()
      if (open === undefined || (await run(open)) === 'current') return
    }
    // This process has an older file than the one in use: what is stale stays so until another process, or a later catchUp.
  }
}
