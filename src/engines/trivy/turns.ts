/** Lets so many tasks run at once; the others wait in order. */
export class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
    await this.#take(signal)
    try {
      return await task()
    } finally {
      this.#pass()
    }
  }

  async #take(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    const stop = (): void => {
      const at = this.#waiting.indexOf(resolve)
      if (at < 0) return
      this.#waiting.splice(at, 1)
      cancelled.reject(signal?.reason)
    }
    const cancelled = Promise.withResolvers<never>()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      await Promise.race([promise, cancelled.promise])
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  #pass(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next()
  }
}
