import { sql } from 'kysely'
import { type Clock, newId } from '../../../core/index.ts'
import type { Database } from '../../db/index.ts'

export interface TurnOptions {
  /** How long a turn lives unless it is renewed, which its holder does three times in it. Default 30,000 ms. */
  readonly leaseMs?: number
}

/** Work that concerns all content: of the servers that share a database, one at a time does it. */
export interface Turns {
  /**
   * Runs when no other server has the turn of that name. Calls in this process come one after the other.
   *
   * @param run its signal is aborted when `signal` is, and when the turn was lost, because this process stood still
   * @returns false, without having run, where another server has the turn: it does the same work
   */
  take(name: string, run: (signal: AbortSignal) => Promise<void>, signal?: AbortSignal): Promise<boolean>
}

/**
 * A row of `work_turn` is the claim. It lives by the database's clock, so that machines need not agree on theirs; a server that dies
 * loses it. The embedded database has but one process: there is nobody to ask.
 */
export function createTurns(database: Database, clock: Clock, options: TurnOptions = {}): Turns {
  const last = new Map<string, Promise<unknown>>()
  const claims = database.kind === 'embedded' ? undefined : new Claims(database, options.leaseMs ?? 30_000)
  return {
    take(name, run, signal) {
      const turn = async (): Promise<boolean> => {
        signal?.throwIfAborted()
        if (claims !== undefined) return claims.hold(name, newId(clock.now()), run, signal)
        await run(signal ?? new AbortController().signal)
        return true
      }
      const before = last.get(name) ?? Promise.resolve()
      const mine = before.then(turn, turn)
      last.set(name, mine)
      return mine
    },
  }
}

class Claims {
  readonly #database: Database
  readonly #leaseMs: number

  constructor(database: Database, leaseMs: number) {
    this.#database = database
    this.#leaseMs = leaseMs
  }

  async hold(
    name: string,
    holder: string,
    run: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    if (!(await this.#claim(name, holder))) return false
    const lost = new AbortController()
    const beat = async (): Promise<void> => {
      if (!(await this.#claim(name, holder))) lost.abort()
    }
    // A database that does not answer now may answer the next beat.
    const timer = setInterval(() => void beat().catch(() => undefined), this.#leaseMs / 3)
    try {
      await run(signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]))
    } catch (error) {
      if (!lost.signal.aborted) throw error
    } finally {
      clearInterval(timer)
      await this.#release(name, holder)
    }
    return true
  }

  /** Takes the row when nobody has it or whoever had it is late, or keeps it. */
  async #claim(name: string, holder: string): Promise<boolean> {
    const { rows } = await sql`
      insert into work_turn as t (name, holder, until) values (${name}, ${holder}, now() + make_interval(secs => ${this.#leaseMs / 1000}))
      on conflict (name) do update set holder = excluded.holder, until = excluded.until where t.holder = excluded.holder or t.until < now()
      returning 1`.execute(this.#database.lane('bulk'))
    return rows.length > 0
  }

  async #release(name: string, holder: string): Promise<void> {
    await sql`delete from work_turn where name = ${name} and holder = ${holder}`.execute(
      this.#database.lane('bulk'),
    )
  }
}
