import type { Digest } from '../core/index.ts'

/**
 * Lets callers of one trust domain share work that is under way. A joined flight that fails or is cancelled does not fail those who
 * joined it: they try themselves, with their own source and signal.
 */
export class Flights<T> {
  readonly #byDomain = new WeakMap<object, Map<Digest, Promise<T>>>()

  async run(domain: object, key: Digest, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    const flights = this.#byDomain.get(domain) ?? new Map<Digest, Promise<T>>()
    this.#byDomain.set(domain, flights)
    for (let flight = flights.get(key); flight !== undefined; flight = flights.get(key)) {
      const outcome = await abortable(
        flight.then(
          (value) => ({ value }),
          () => undefined,
        ),
        signal,
      )
      if (outcome !== undefined) return outcome.value
    }
    signal.throwIfAborted()
    const flight = task().finally(() => flights.delete(key))
    flights.set(key, flight)
    return flight
  }
}

/** At most `count` tasks at once; the others wait in order. A cancelled one leaves the queue. */
export class Slots {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    await this.#take(signal)
    try {
      return await task()
    } finally {
      this.#release()
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.add(resolve)
    try {
      await abortable(promise, signal)
    } catch (error) {
      // It may have been given a slot in the same turn in which it was cancelled.
      if (!this.#waiting.delete(resolve)) this.#release()
      throw error
    }
  }

  #release(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#free += 1
    else {
      this.#waiting.delete(next)
      next()
    }
  }
}

async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
