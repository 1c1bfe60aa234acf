import { type ConstructorOptions, type Db, type JobResult, type JobWithMetadata, PgBoss } from 'pg-boss'
import { isRetryable, toAppError } from '../../core/index.ts'
import type { Database, DatabaseLog } from '../db/index.ts'
import type { Job, JobContext, JobOptions } from './ports.ts'
import { activeJobs } from './store.ts'

export interface JobsOptions {
  readonly log: DatabaseLog
  /** Seconds without a sign of life after which a job goes to another worker; 20 when not given, at least 10. */
  readonly heartbeatSeconds?: number
  /** Seconds between looks for such jobs; 10 when not given. */
  readonly superviseSeconds?: number
  /** Seconds between looks for jobs that nobody announced: retries, delayed ones; 5 when not given. */
  readonly pollSeconds?: number
}

type Handler<Data> = (data: Data, context: JobContext) => Promise<void>

export interface Jobs {
  /** Declares a queue; before `start`. */
  define<Data extends object>(name: string, handler: Handler<Data>, options: JobOptions): Job<Data>
  /** @param work false in a process that only sends */
  start(options?: { readonly work?: boolean }): Promise<void>
  /**
   * Takes no more jobs and lets the running ones end; after `drainMs` (10,000 when not given) their signal is aborted, and
   * those which still do not end within five seconds go back to the queue.
   */
  stop(options?: { readonly drainMs?: number }): Promise<void>
}

interface Definition {
  readonly name: string
  readonly handler: Handler<never>
  readonly options: JobOptions
}

const ABORT_MS = 5_000
const HOUR = 3_600

/** pg-boss over the embedded database's connection; it listens there, so that a job starts within milliseconds. */
function embeddedAdapter(database: Database, listen: NonNullable<Database['listen']>): Db {
  return {
    executeSql: async (text, values) => ({ rows: await database.execute(text, values ?? []) }),
    listen: async (channel, onNotification, onReconnect) => {
      const stop = await listen(channel, onNotification)
      onReconnect()
      return { close: async () => stop() }
    },
  }
}

function connection(database: Database): ConstructorOptions {
  if (database.listen !== null) {
    return { db: embeddedAdapter(database, database.listen), backend: 'pglite' }
  }
  return { connectionString: database.url?.reveal() ?? '', application_name: 'portolan jobs', max: 4 }
}

/** Passing reasons are tried again; what will fail again fails at once. */
function outcome(
  error: unknown,
  job: JobWithMetadata<object>,
  stopping: boolean,
  log: DatabaseLog,
): JobResult {
  const failure = toAppError(error)
  const again = isRetryable(failure) || (stopping && failure.kind === 'cancelled')
  const fields = { queue: job.name, attempt: job.retryCount + 1, code: failure.code, again, error }
  log.warn('job failed', fields)
  return { id: job.id, status: again ? 'failed' : 'deadletter', output: { code: failure.code } }
}

class BossJobs implements Jobs {
  readonly #boss: PgBoss
  readonly #database: Database
  readonly #log: DatabaseLog
  readonly #heartbeatSeconds: number
  readonly #pollSeconds: number
  readonly #definitions: Definition[] = []
  readonly #abort = new AbortController()

  constructor(database: Database, options: JobsOptions) {
    this.#database = database
    this.#log = options.log
    this.#heartbeatSeconds = options.heartbeatSeconds ?? 20
    this.#pollSeconds = options.pollSeconds ?? 5
    const superviseSeconds = options.superviseSeconds ?? 10
    this.#boss = new PgBoss({
      ...connection(database),
      schema: 'pgboss',
      useListenNotify: true,
      superviseIntervalSeconds: superviseSeconds,
      monitorIntervalSeconds: superviseSeconds,
      // The embedded database does its own vacuum, and its small indexes need no rebuilding.
      ...(database.kind === 'embedded' ? { monitorVacuum: false, reindex: false } : {}),
    })
    this.#boss.on('error', (error) => this.#log.warn('job queue error', { error }))
    this.#boss.on('warning', ({ message }) => this.#log.warn('job queue warning', { warning: message }))
  }

  define<Data extends object>(name: string, handler: Handler<Data>, options: JobOptions): Job<Data> {
    this.#definitions.push({ name, handler: handler as Handler<never>, options })
    return {
      name,
      send: async (data, { key, group, delaySeconds } = {}) => {
        const id = await this.#boss.send(name, data, {
          singletonKey: key ?? '',
          ...(group === undefined ? {} : { group: { id: group } }),
          ...(delaySeconds === undefined ? {} : { startAfter: delaySeconds }),
        })
        return id !== null
      },
      schedule: (cron, data, { key } = {}) =>
        this.#boss.schedule(name, cron, data, {
          singletonKey: key ?? '',
          ...(key === undefined ? {} : { key }),
        }),
    }
  }

  async start({ work = true }: { readonly work?: boolean } = {}): Promise<void> {
    await this.#boss.start()
    for (const definition of this.#definitions) await this.#createQueue(definition)
    if (!work) return
    if (this.#database.kind === 'embedded') await this.#recover()
    for (const definition of this.#definitions) await this.#work(definition)
  }

  /** Nobody else has the embedded database: what is marked as running was cut off, and need not wait for its heartbeat. */
  async #recover(): Promise<void> {
    const orphans = await activeJobs(
      this.#database,
      this.#definitions.map(({ name }) => name),
    )
    for (const { id, queue } of orphans) await this.#boss.fail(queue, id, { reason: 'cut off' })
  }

  async stop({ drainMs = 10_000 }: { readonly drainMs?: number } = {}): Promise<void> {
    const timer = setTimeout(() => this.#abort.abort(), drainMs)
    await this.#boss.stop({ graceful: true, timeout: drainMs + ABORT_MS })
    clearTimeout(timer)
  }

  async #createQueue({ name, options }: Definition): Promise<void> {
    const settings = {
      retryLimit: options.retries ?? 5,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: HOUR,
      // Long work is normal; a dead worker is known by its heartbeat.
      expireInSeconds: 12 * HOUR,
      heartbeatSeconds: this.#heartbeatSeconds,
      deleteAfterSeconds: HOUR,
      notify: true,
    }
    await this.#boss.createQueue(name, { ...settings, policy: options.policy })
    await this.#boss.updateQueue(name, settings)
  }

  async #work(definition: Definition): Promise<void> {
    const { name, options } = definition
    const settings = {
      includeMetadata: true,
      perJobResults: true,
      pollingIntervalSeconds: Math.min(2, this.#pollSeconds),
      notifyPollingIntervalSeconds: this.#pollSeconds,
      ...(options.groupConcurrency === undefined ? {} : { groupConcurrency: options.groupConcurrency }),
    } as const
    for (let worker = 0; worker < options.concurrency; worker += 1) {
      const id: string = await this.#boss.work<object, unknown, typeof settings>(
        name,
        settings,
        async (jobs) => {
          const results = await Promise.all(jobs.map((job) => this.#run(definition, job)))
          // Else the worker would sleep although more jobs may wait.
          this.#boss.notifyWorker(id)
          return results
        },
      )
    }
  }

  async #run({ handler }: Definition, job: JobWithMetadata<object>): Promise<JobResult> {
    const signal = AbortSignal.any([job.signal, this.#abort.signal])
    try {
      await handler(job.data as never, { signal, attempt: job.retryCount + 1 })
      return { id: job.id, status: 'completed' }
    } catch (error) {
      return outcome(error, job, this.#abort.signal.aborted, this.#log)
    }
  }
}

/** Queues in the server's database, in the schema `pgboss`, which pg-boss makes and migrates itself. */
export function createJobs(database: Database, options: JobsOptions): Jobs {
  return new BossJobs(database, options)
}
