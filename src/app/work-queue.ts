import type { JobContext, Jobs } from '../platform/jobs/index.ts'

export interface WorkQueueOptions {
  readonly name: string
  /** How many work at once: in this process, and of what one wake starts. */
  readonly workers: number
  /**
   * Takes one piece of work from the table where it waits and does it.
   *
   * @returns false when nothing waits
   */
  readonly runNext: (signal: AbortSignal) => Promise<boolean>
  readonly onError: (error: unknown) => void
}

/**
 * Wakes workers through the job queue. The work itself waits in a table: a job says only "look there", so that a lost or
 * doubled job does no harm, and a million waiting images are not a million jobs.
 *
 * @returns tells the workers of all processes that something waits; cheap, may be called often
 */
export function defineWorkQueue(jobs: Pick<Jobs, 'define'>, options: WorkQueueOptions): () => void {
  const { name, workers, runNext, onError } = options
  const job = jobs.define<{ slot: number }>(name, (_data, context) => workOff(runNext, context), {
    policy: 'stately',
    concurrency: workers,
  })
  let waking = false
  let again = false
  const send = async (): Promise<void> => {
    do {
      again = false
      for (let slot = 0; slot < workers; slot += 1) await job.send({ slot }, { key: String(slot) })
    } while (again)
  }
  const wake = async (): Promise<void> => {
    // What is queued in the same moment is woken for once.
    await new Promise((resolve) => setImmediate(resolve))
    try {
      await send()
    } catch (error) {
      onError(error)
    } finally {
      waking = false
    }
  }
  return () => {
    if (workers === 0) return
    // A worker may have taken the job, and ended, before its sender knows that it is sent.
    again = true
    if (waking) return
    waking = true
    void wake()
  }
}

async function workOff(runNext: WorkQueueOptions['runNext'], { signal }: JobContext): Promise<void> {
  while (!signal.aborted && (await runNext(signal))) {
    // One piece after the other, until none waits.
  }
}
