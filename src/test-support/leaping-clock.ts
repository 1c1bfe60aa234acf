import { setImmediate as turn } from 'node:timers/promises'
import { type Clock, systemClock } from '../core/index.ts'
import type { RequestBudget } from '../registries/index.ts'

/** Time that goes on by itself, and leaps over the waits of request budgets once none of their requests is under way. */
export class LeapingClock implements Clock {
  #leapt = 0
  #underWay = 0

  now(): number {
    return systemClock.now() + this.#leapt
  }

  leap(milliseconds: number): void {
    this.#leapt += Math.max(0, milliseconds)
  }

  /** For `createBudgets`. */
  readonly wait = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    const until = this.now() + milliseconds
    do {
      await turn()
      signal.throwIfAborted()
    } while (this.#underWay > 0)
    this.leap(until - this.now())
  }

  /** The same budget, seen by this clock. */
  watch(budget: RequestBudget): RequestBudget {
    return {
      take: async (bucket, signal) => {
        const release = await budget.take(bucket, signal)
        this.#underWay += 1
        return () => {
          this.#underWay -= 1
          release()
        }
      },
      report: (bucket, told) => budget.report(bucket, told),
    }
  }
}
