/** Work that is done again and again while the server runs. */
export interface Periodic {
  /** Does it now, or at once after what runs; further calls in between count as one. */
  poke(): void
  /** No further turns; what runs is told to stop by its signal and waited for. */
  stop(): Promise<void>
}

export interface PeriodicOptions {
  readonly everyMs: number
  /** One turn; never two at once. */
  readonly run: (signal: AbortSignal) => Promise<void>
  /** A turn that failed; the next comes all the same. */
  readonly onError: (error: unknown) => void
}

/** Starts with a first turn now. */
export function startPeriodic({ everyMs, run, onError }: PeriodicOptions): Periodic {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let again = false
  const turns = async (): Promise<void> => {
    do {
      again = false
      try {
        await run(stopping.signal)
      } catch (error) {
        if (!stopping.signal.aborted) onError(error)
      }
    } while (again && !stopping.signal.aborted)
    running = undefined
  }
  const poke = (): void => {
    if (stopping.signal.aborted) return
    if (running === undefined) running = turns()
    else again = true
  }
  const timer = setInterval(() => running ?? poke(), everyMs)
  poke()
  return {
    poke,
    async stop() {
      stopping.abort()
      clearInterval(timer)
      await running
    },
  }
}
