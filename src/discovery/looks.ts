import { type AppError, toAppError } from '../core/index.ts'
import { mapBounded } from '../registries/index.ts'
import { arrangeRepository } from './arrange.ts'
import { createGate, type DiscoverJob } from './job.ts'
import { nextLooks } from './looks/store.ts'
import type { RepositoryRow } from './store.ts'

/** Repositories whose images are looked into side by side; after each such batch, scans of what was found can begin. */
const SIDE_BY_SIDE = 4
/** Images at once, over all repositories. */
const AT_ONCE = 6

/**
 * The second half of a discovery, beside the listing: follows it from repository to repository. What is due stands in the database, so
 * it goes on in another process. A registry that wants no more looks for now does not hold the listing up.
 */
export class Looks {
  /** Why nothing more was looked into. */
  limited: AppError | null = null
  /** Repositories that were arranged. */
  readonly handled = new Set<number>()
  /** Those of them of which something is left: not taken up again before they are listed anew. */
  readonly #left = new Set<number>()
  readonly #job: DiscoverJob
  readonly #gate = createGate(AT_ONCE)
  #news = Promise.withResolvers<void>()
  #isClosed = false

  constructor(job: DiscoverJob) {
    this.#job = job
  }

  /** A repository was listed: more may be due. */
  wake(repositoryId?: number): void {
    if (repositoryId !== undefined) this.#left.delete(repositoryId)
    this.#news.resolve()
  }

  /** Nothing more will become due. */
  close(): void {
    this.#isClosed = true
    this.#news.resolve()
  }

  /** @throws AppError of the registry when the discovery cannot go on */
  async run(): Promise<void> {
    const { db, orgId, connectionId, signal } = this.#job
    const gone = Promise.withResolvers<void>()
    signal?.addEventListener('abort', () => gone.resolve(), { once: true })
    for (;;) {
      signal?.throwIfAborted()
      const wasClosed = this.#isClosed
      const news = this.#news.promise
      const tried = [...this.#left]
      const batch = await nextLooks(db.lane('bulk'), orgId, connectionId, tried, SIDE_BY_SIDE)
      if (batch.length === 0 && wasClosed) return
      if (batch.length === 0) await Promise.race([news, gone.promise])
      else await this.#lookAt(batch)
      if (!this.#isClosed) this.#news = Promise.withResolvers()
    }
  }

  async #lookAt(batch: readonly RepositoryRow[]): Promise<void> {
    await mapBounded(batch, SIDE_BY_SIDE, async (repository) => {
      this.handled.add(repository.id)
      this.#left.add(repository.id)
      const gate = this.limited === null ? this.#gate : null
      try {
        if (await arrangeRepository(this.#job, repository, gate)) this.#left.delete(repository.id)
      } catch (error) {
        this.#job.signal?.throwIfAborted()
        const failure = toAppError(error)
        if (failure.kind !== 'rate-limited') throw failure
        this.limited ??= failure
        await arrangeRepository(this.#job, repository, null)
      }
    })
    await this.#job.onRepositories?.(batch.map((repository) => repository.id))
  }
}
