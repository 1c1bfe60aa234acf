/** Rows and doubles for tests of the server's rooms: connections without a provider, a registry in memory, a clock by hand. */
import type { Clock } from '../../core/index.ts'

export { type FakeEngine, fakeEngine } from './fake-engine.ts'
export { type FakePlatform, fakePlatform } from './fake-provider.ts'
export { FakeRegistry } from './fake-registry.ts'
export { holdImage } from './holdings.ts'
export { digestOfText, testInventory } from './inventories.ts'
export { changeTo, openMatcher, type Verdict } from './matchers.ts'
export { addConnection, emptyDatabase, rowsOf } from './rows.ts'

/** Time that moves only when it is told to. */
export class ManualClock implements Clock {
  #now: number

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
  }
}
