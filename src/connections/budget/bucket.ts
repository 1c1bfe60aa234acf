import { AppError, type Clock } from '../../core/index.ts'
import type { RequestLimit } from '../../registries/index.ts'
import type { BucketKey, BudgetStore } from './store.ts'
import type { Told } from './window.ts'

export interface BucketOptions {
  readonly key: BucketKey
  /** None: only what the platform says holds. */
  readonly limits: readonly RequestLimit[]
  readonly store: BudgetStore
  readonly clock: Clock
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

interface Waiter {
  /** How long a wait it bears, in milliseconds. */
  readonly patience: number
  readonly signal: AbortSignal | undefined
  grant(): void
  fail(error: unknown): void
}

/** Lots are meant to last about so long. Milliseconds. */
const LOT_TIME = 1_000
/** What was used in less time says nothing of what will be. Milliseconds. */
const SHORTEST = 100
/** What the platform says may differ so much from what we think before everybody is told: answers cross each other. */
const SLACK = 8
/** Ends that differ less are one: an answer says it in whole seconds. Milliseconds. */
const SAME_END = 1_000
/** What a platform says holds no longer than this, lest a wrong date keep a connection closed for ever. Milliseconds. */
const LONGEST_TOLD = 86_400_000

/** One bucket of a connection as this server sees it: who waits for a request of it, in order, and what it holds for them. */
export class Bucket {
  readonly #options: BucketOptions
  readonly #atOnce: number
  #waiting: Waiter[] = []
  #lot = { requests: 0, goodUntil: 0 }
  #drawn = { at: 0, used: 0, goodFor: 0 }
  #left = Infinity
  #underWay = 0
  #nextAt = 0
  #closedUntil = 0
  #pumping = false
  #nobody = new AbortController()

  constructor(options: BucketOptions) {
    this.#options = options
    this.#atOnce = Math.min(...options.limits.map(({ atOnce = Infinity }) => atOnce))
  }

  take(patience: number, signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) return Promise.reject(cancelled(signal))
    const wait = this.#nextAt - this.#options.clock.now()
    if (wait > patience) return Promise.reject(this.#tooLong(this.#nextAt))
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.#leave(waiter, signal)
      const done = (): void => signal?.removeEventListener('abort', onAbort)
      const waiter: Waiter = {
        patience,
        signal,
        grant: () => {
          done()
          resolve(this.#release())
        },
        fail: (error) => {
          done()
          reject(error)
        },
      }
      signal?.addEventListener('abort', onAbort)
      this.#waiting.push(waiter)
      void this.#pump()
    })
  }

  /** Lowers the budget for everybody where the platform says that less is left than we think. */
  report(told: Told): void {
    const { clock, store, key } = this.#options
    const now = clock.now()
    if (!Number.isFinite(told.until) || !Number.isFinite(told.remaining) || told.until <= now) return
    const until = Math.min(told.until, now + LONGEST_TOLD)
    const held = this.#held(now)
    // Requests under way may be counted there or not: the lower number is the safe one.
    const free = Math.floor(told.remaining) - held - this.#underWay
    if (this.#knows(free, until)) return
    this.#left = Math.max(0, free)
    if (free <= 0) this.#closedUntil = Math.max(this.#closedUntil, until)
    if (free < 0) this.#lot = { ...this.#lot, requests: Math.max(0, held + free) }
    store.lower(key, { remaining: Math.max(0, free), until }, now).catch(() => {
      // Told again by the next answer.
      this.#left = Infinity
    })
  }

  #knows(free: number, until: number): boolean {
    if (free > 0) return free + SLACK >= this.#left
    return this.#left <= 0 && until <= Math.max(this.#closedUntil, this.#nextAt) + SAME_END
  }

  #held(now: number): number {
    return now < this.#lot.goodUntil ? this.#lot.requests : 0
  }

  #release(): () => void {
    this.#underWay += 1
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      this.#underWay -= 1
      void this.#pump()
    }
  }

  #leave(waiter: Waiter, signal: AbortSignal | undefined): void {
    this.#waiting = this.#waiting.filter((one) => one !== waiter)
    waiter.fail(cancelled(signal))
    if (this.#waiting.length === 0) this.#nobody.abort()
  }

  /** Serves who waits, first come first served, as long as there is something to serve. */
  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#waiting.length > 0 && this.#underWay < this.#atOnce) {
        if (this.#serve()) continue
        await this.#refill()
      }
    } catch (error) {
      for (const waiter of this.#waiting.splice(0)) waiter.fail(error)
    } finally {
      this.#pumping = false
    }
  }

  #serve(): boolean {
    if (this.#held(this.#options.clock.now()) === 0) return false
    this.#lot.requests -= 1
    this.#drawn.used += 1
    this.#waiting.shift()?.grant()
    return true
  }

  /** Draws a lot, or waits until there is one. */
  async #refill(): Promise<void> {
    const { store, key, limits, clock } = this.#options
    const now = clock.now()
    if (now < this.#closedUntil) return this.#sleep(this.#closedUntil)
    const lot = await store.draw(key, limits, this.#wanted(now), now)
    const answeredAt = clock.now()
    // While the database answered, the platform may have closed.
    if (answeredAt < this.#closedUntil) return
    this.#left = lot.left
    this.#drawn = { at: now, used: 0, goodFor: lot.goodFor }
    // From before it was drawn: meanwhile it was not sent. Of one that comes too late a request is sent all the same, or else a
    // database that is slower than lots of a short limit are good for would stop everything.
    const isLate = answeredAt >= now + lot.goodFor
    this.#lot = {
      requests: isLate ? Math.min(1, lot.granted) : lot.granted,
      goodUntil: (isLate ? answeredAt : now) + lot.goodFor,
    }
    if (lot.granted === 0) await this.#sleep(lot.nextAt)
  }

  /** As many as wait, and as many as were used lately in the time that a lot is good for. */
  #wanted(now: number): number {
    const { limits } = this.#options
    const waiting = Math.min(this.#waiting.length, this.#atOnce - this.#underWay)
    const { at, used, goodFor } = this.#drawn
    const expected = (used / Math.max(SHORTEST, now - at)) * Math.min(LOT_TIME, goodFor)
    const most = Math.max(1, Math.min(...limits.map(({ requests }) => requests / 4)))
    return Math.max(1, Math.floor(Math.min(waiting + expected, most)))
  }

  async #sleep(until: number): Promise<void> {
    const { clock, wait } = this.#options
    const milliseconds = until - clock.now()
    this.#nextAt = until
    const impatient = this.#waiting.filter(({ patience }) => milliseconds > patience)
    this.#waiting = this.#waiting.filter(({ patience }) => milliseconds <= patience)
    for (const waiter of impatient) waiter.fail(this.#tooLong(until))
    if (this.#waiting.length === 0) return
    this.#nobody = new AbortController()
    try {
      await wait(Math.max(1, milliseconds), this.#nobody.signal)
    } catch (error) {
      // Nobody waits any more.
      if (!this.#nobody.signal.aborted) throw error
    }
  }

  #tooLong(until: number): AppError {
    const { limits } = this.#options
    const told = limits.map(({ requests, seconds }) => `${requests} requests in ${seconds} s`).join(', ')
    const allowed = told === '' ? '' : ` (${told})`
    return new AppError({
      code: 'registry-rate-limited',
      kind: 'rate-limited',
      publicMessage: `What the platform allows this connection${allowed} is used up until ${new Date(until).toISOString()}.`,
      remedy: 'Nothing to do: it goes on by itself.',
      retryAt: until,
    })
  }
}

function cancelled(signal: AbortSignal | undefined): unknown {
  const reason: unknown = signal?.reason
  if (reason instanceof AppError) return reason
  return new AppError({ code: 'cancelled', kind: 'cancelled', publicMessage: 'Cancelled.', cause: reason })
}
