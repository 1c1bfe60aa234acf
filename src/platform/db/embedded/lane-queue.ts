import type { Lane } from '../engine.ts'

export interface Queued {
  readonly lane: Lane
  /** The session that asks; a session in a transaction has the connection to itself. */
  readonly session: number
}

/** After so many page statements in a row a waiting bulk statement runs. */
const PAGES_PER_BULK = 32

/** Orders what waits for the one connection: the open transaction first, then pages, then bulk, which never starves. */
export class LaneQueue<Job extends Queued> {
  readonly #lanes: Record<Lane, Job[]> = { page: [], bulk: [] }
  #holding: Job[] = []
  #holder: number | undefined
  #pagesInARow = 0

  /** The session whose transaction is open. */
  get holder(): number | undefined {
    return this.#holder
  }

  push(job: Job): void {
    if (job.session === this.#holder) this.#holding.push(job)
    else this.#lanes[job.lane].push(job)
  }

  /** From now on only this session's jobs run, until `free`. */
  hold(session: number): void {
    this.#holder = session
  }

  free(): void {
    for (const job of this.#holding) this.#lanes[job.lane].push(job)
    this.#holding = []
    this.#holder = undefined
  }

  next(): Job | undefined {
    if (this.#holder !== undefined) return this.#holding.shift()
    const { page, bulk } = this.#lanes
    if (bulk.length > 0 && (page.length === 0 || this.#pagesInARow >= PAGES_PER_BULK)) {
      this.#pagesInARow = 0
      return bulk.shift()
    }
    this.#pagesInARow += 1
    return page.shift()
  }
}
