export interface JobOptions {
  /**
   * Which jobs of one key may exist: `exclusive` one, waiting or running, for work that covers everything there is when it
   * runs; `stately` one running and one waiting, for work that must be done again when it is asked for while it runs.
   */
  readonly policy: 'exclusive' | 'stately'
  /** Most jobs of this queue at once in this process. */
  readonly concurrency: number
  /** Most jobs of one group at once in all processes, so that one organisation does not take every worker. */
  readonly groupConcurrency?: number
  /** How often a job runs again that failed for a passing reason, with growing pauses up to an hour; 5 when not given. */
  readonly retries?: number
}

export interface JobContext {
  /** Aborted when the server must stop now, or when the job has lost its claim. */
  readonly signal: AbortSignal
  /** 1 for the first run. */
  readonly attempt: number
}

export interface SendOptions {
  /** What the policy counts by; jobs without one share one key. */
  readonly key?: string
  /** The organisation, for `groupConcurrency`. */
  readonly group?: string
  /** Not before this many seconds from now. */
  readonly delaySeconds?: number
}

/** One queue, as its senders see it. Data must be plain JSON without secrets: it is stored. */
export interface Job<Data extends object> {
  readonly name: string
  /** @returns false when the policy holds such a job already */
  send(data: Data, options?: SendOptions): Promise<boolean>
  /**
   * Sends by itself, in one process at a time however many there are.
   *
   * @param cron five fields, UTC
   */
  schedule(cron: string, data: Data, options?: { readonly key?: string }): Promise<void>
}
