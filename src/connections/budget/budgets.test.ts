import { setImmediate as turn } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../platform/db/index.ts'
import type { RequestBudget, RequestLimit } from '../../registries/index.ts'
import { eachDatabase } from '../../test-support/databases/index.ts'
import { emptyDatabase, ManualClock, rowsOf } from '../../test-support/domain/index.ts'
import { failureOf } from '../../test-support/registry-client.ts'
import { type Budgets, createBudgets } from './budgets.ts'
import { type BudgetStore, forgetBudgets, memoryBudgetStore, sqlBudgetStore } from './store.ts'

const MINUTES = 60_000

/** A clock with timers: it goes on to the next of them when nobody asks the store any more. */
class Time {
  readonly clock = new ManualClock()
  asked = 0
  #asking = 0
  #timers: { readonly at: number; readonly ring: () => void }[] = []

  readonly wait = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = { at: this.clock.now() + milliseconds, ring: resolve }
      this.#timers.push(timer)
      signal.addEventListener('abort', () => {
        this.#timers = this.#timers.filter((one) => one !== timer)
        reject(signal.reason)
      })
    })

  get waiting(): number {
    return this.#timers.length
  }

  watch(store: BudgetStore): BudgetStore {
    const watched = async <T>(work: Promise<T>): Promise<T> => {
      this.asked += 1
      this.#asking += 1
      return work.finally(() => (this.#asking -= 1))
    }
    return {
      draw: (...args) => watched(store.draw(...args)),
      lower: (...args) => watched(store.lower(...args)),
    }
  }

  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 20; quiet += 1) {
      await turn()
      if (this.#asking > 0) quiet = 0
    }
  }

  async until(work: Promise<unknown>): Promise<void> {
    const state = { isDone: false, idle: 0 }
    const end = work.finally(() => (state.isDone = true))
    end.catch(() => {})
    for (; !state.isDone && state.idle < 1_000; state.idle += 1) {
      await this.settle()
      const next = state.isDone ? undefined : this.#timers.sort((a, b) => a.at - b.at).shift()
      if (next === undefined) continue
      state.idle = 0
      this.clock.advance(Math.max(0, next.at - this.clock.now()))
      next.ring()
    }
    if (!state.isDone) throw new Error('nothing will ever happen')
    await end
  }
}

/** A platform with one limit: refuses what is over it in any span of its time, as the strictest do. */
function platform(time: Time, limit: RequestLimit) {
  const sent: number[] = []
  return {
    sent,
    refused: 0,
    request(): void {
      const now = time.clock.now()
      const before = sent.at(-limit.requests)
      if (before !== undefined && now - before < limit.seconds * 1000) this.refused += 1
      sent.push(now)
    },
  }
}

const limitOf = (requests: number, seconds: number, atOnce?: number): RequestLimit => ({
  bucket: 'api',
  requests,
  seconds,
  source: '',
  ...(atOnce === undefined ? {} : { atOnce }),
})

/** `workers` loops that each send one request after the other. */
function work(budget: RequestBudget, workers: number, times: number, send: () => void | Promise<void>) {
  return Promise.all(
    Array.from({ length: workers }, async () => {
      for (let each = 0; each < times; each += 1) {
        const release = await budget.take('api')
        await send()
        release()
      }
    }),
  )
}

eachDatabase((_name, open) => {
  let db: Database
  let time: Time

  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    time = new Time()
  })
  const server = (): Budgets =>
    createBudgets({ store: time.watch(sqlBudgetStore(db)), clock: time.clock, wait: time.wait })

  it.each([
    [limitOf(20, 1), 60],
    [limitOf(100, 60), 60],
    [limitOf(5000, 3600), 60],
  ])('two servers together never exceed %o, and hardly ask the database', async (limit, times) => {
    const registry = platform(time, limit)
    const budgets = [server(), server()].map((each) => each.of('one', [limit], 120 * MINUTES))
    const began = time.clock.now()
    await time.until(Promise.all(budgets.map((budget) => work(budget, 3, times, () => registry.request()))))
    expect(registry.sent).toHaveLength(2 * 3 * times)
    expect(registry.refused).toBe(0)
    const took = (time.clock.now() - began) / 1000
    const least = Math.max(0, Math.ceil(registry.sent.length / limit.requests) - 1) * limit.seconds
    expect(took).toBeLessThanOrEqual(least * 1.1)
    if (limit.requests === 5000) expect(time.asked).toBeLessThan(registry.sent.length / 4)
  })

  it('another connection, and a bucket without a limit, have nothing to do with it', async () => {
    const limit = limitOf(1, 60)
    const budgets = server()
    await budgets.of('one', [limit], 0).take('api')
    await budgets.of('two', [limit], 0).take('api')
    await budgets.of('one', [limit], 0).take('other')
    expect(await failureOf(budgets.of('one', [limit], 0).take('api'))).toMatchObject({
      code: 'registry-rate-limited',
    })
  })

  it('what the platform says is left holds for every server', async () => {
    const limit = limitOf(5000, 3600)
    const [here, there] = [server(), server()].map((each) => each.of('one', [limit], 5 * MINUTES))
    const resetAt = time.clock.now() + 20 * MINUTES
    const release = await here?.take('api')
    release?.()
    here?.report('api', { remaining: 1, resetAt })
    await time.settle()
    const second = await there?.take('api')
    second?.()
    const error = await failureOf(there?.take('api') ?? Promise.resolve())
    expect(error).toMatchObject({ code: 'registry-rate-limited', kind: 'rate-limited', retryAt: resetAt })
    time.clock.advance(20 * MINUTES)
    await here?.take('api')
  })

  it('is empty of a connection that is forgotten', async () => {
    await server()
      .of('one', [limitOf(5, 60)], 0)
      .take('api')
    await forgetBudgets(db.lane('page'), 'one')
    expect(await rowsOf(db, 'select * from request_budget')).toEqual([])
  })
})

describe('in one server', () => {
  const make = (limit: RequestLimit, patience = 10 * MINUTES) => {
    const time = new Time()
    const budgets = createBudgets({
      store: time.watch(memoryBudgetStore()),
      clock: time.clock,
      wait: time.wait,
    })
    return { time, budgets, budget: budgets.of('one', [limit], patience) }
  }

  it('never has more side by side than the limit says', async () => {
    const { time, budget } = make(limitOf(1000, 60, 3))
    let now = 0
    let most = 0
    const send = async (): Promise<void> => {
      now += 1
      most = Math.max(most, now)
      await turn()
      now -= 1
    }
    await time.until(work(budget, 10, 5, send))
    expect(most).toBe(3)
  })

  it('serves in the order in which it was asked', async () => {
    const { time, budget } = make(limitOf(2, 60))
    const order: number[] = []
    const all = [1, 2, 3, 4, 5].map(async (each) => {
      await budget.take('api')
      order.push(each)
    })
    await time.until(Promise.all(all))
    expect(order).toEqual([1, 2, 3, 4, 5])
  })

  it('who gives up leaves the queue, and keeps nobody else', async () => {
    const { time, budget } = make(limitOf(1, 60))
    await budget.take('api')
    const controller = new AbortController()
    const given = budget.take('api', controller.signal)
    await time.settle()
    expect(time.waiting).toBe(1)
    controller.abort()
    expect(await failureOf(given)).toMatchObject({ code: 'cancelled', kind: 'cancelled' })
    await time.settle()
    expect(time.waiting).toBe(0)
    expect(await failureOf(budget.take('api', controller.signal))).toMatchObject({ code: 'cancelled' })
    await time.until(budget.take('api'))
  })

  it('what would take too long fails at once with the time, while the patient wait', async () => {
    const { time, budgets, budget } = make(limitOf(1, 600), 15 * MINUTES)
    const impatient = budgets.of('one', [limitOf(1, 600)], 2 * MINUTES)
    await budget.take('api')
    const patient = budget.take('api')
    const error = await failureOf(impatient.take('api'))
    expect(error.retryAt).toBeGreaterThanOrEqual(time.clock.now() + 10 * MINUTES)
    expect(error.publicMessage).toContain('1 requests in 600 s')
    await time.until(patient)
  })

  it('a store that fails is what who waits hears; the next try works', async () => {
    const store = memoryBudgetStore()
    let fails = true
    const budgets = createBudgets({
      clock: new ManualClock(),
      store: {
        ...store,
        draw: (...args) => (fails ? Promise.reject(new Error('no database')) : store.draw(...args)),
      },
    })
    const budget = budgets.of('one', [limitOf(5, 60)], 0)
    await expect(budget.take('api')).rejects.toThrow('no database')
    fails = false
    await budget.take('api')
  })

  it('without a limit, what the platform says is all that holds', async () => {
    const { time, budgets } = make(limitOf(1, 60))
    const free = budgets.of('one', [], 10 * MINUTES)
    for (let each = 0; each < 100; each += 1) (await free.take('other'))()
    free.report('other', { remaining: 0, resetAt: time.clock.now() + 2 * MINUTES })
    const began = time.clock.now()
    await time.until(free.take('other'))
    expect(time.clock.now() - began).toBe(2 * MINUTES)
    free.report('other', { remaining: 0, resetAt: time.clock.now() + 20 * MINUTES })
    const error = await failureOf(free.take('other'))
    expect(error).toMatchObject({ code: 'registry-rate-limited', retryAt: time.clock.now() + 20 * MINUTES })
    expect(error.publicMessage).not.toContain('requests in')
  })

  it('a refusal closes it at once, for what was drawn and for what is being drawn, and a later one for longer', async () => {
    const { time, budget } = make(limitOf(1000, 60))
    const close = (minutes: number): void =>
      budget.report('api', { remaining: 0, resetAt: time.clock.now() + minutes * MINUTES })
    for (let each = 0; each < 3; each += 1) (await budget.take('api'))()
    const asked = Array.from({ length: 20 }, () => budget.take('api'))
    close(1)
    const began = time.clock.now()
    close(3)
    close(2)
    await time.until(Promise.all(asked))
    expect(time.clock.now() - began).toBe(3 * MINUTES)
  })

  it('a store that is slower than a lot is good for slows down, and stops nothing', async () => {
    const time = new Time()
    const store = memoryBudgetStore()
    const slow: BudgetStore = {
      ...store,
      async draw(...args) {
        const lot = await store.draw(...args)
        time.clock.advance(200)
        return lot
      },
    }
    const budgets = createBudgets({ store: slow, clock: time.clock, wait: time.wait })
    const sent: number[] = []
    const budget = budgets.of('one', [limitOf(4, 1)], 10 * MINUTES)
    await time.until(work(budget, 3, 10, () => void sent.push(time.clock.now())))
    expect(sent).toHaveLength(30)
    // A late one may come into the next second.
    for (const [index, at] of sent.entries()) expect(at - (sent[index - 5] ?? 0)).toBeGreaterThan(800)
  })

  it('a date that is wrong closes it for no more than a day', async () => {
    const { time, budget } = make(limitOf(1000, 60), 48 * 60 * MINUTES)
    budget.report('api', { remaining: 0, resetAt: time.clock.now() + 1_000_000 * MINUTES })
    const began = time.clock.now()
    await time.until(budget.take('api'))
    expect(time.clock.now() - began).toBe(24 * 60 * MINUTES)
  })

  it('a platform that agrees with us is not written down', async () => {
    const { time, budget } = make(limitOf(1000, 3600))
    let remaining = 1000
    const resetAt = time.clock.now() + 60 * MINUTES
    await time.until(
      work(budget, 4, 50, async () => {
        remaining -= 1
        await turn()
        budget.report('api', { remaining, resetAt })
      }),
    )
    expect(time.asked).toBeLessThan(60)
  })
})
