import { mkdirSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../../core/index.ts'
import type { Engine, Lane, Session, StatementResult } from '../engine.ts'
import type { DatabaseLog } from '../log.ts'
import { translateError } from '../sql-error.ts'
import { databaseFolder, siblingModule } from './first-start.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import type { FromWorker, ToWorker, WorkerRequest, WorkerStart } from './messages.ts'
import { type Answer, decodeAnswer, encodeScript } from './protocol.ts'
import { Statements } from './statements.ts'

export interface EmbeddedOptions {
  /** The data folder; the database's files are made in it on first start. */
  readonly dataDir: string
  /** A transaction whose owner asks for nothing this long is rolled back; 10,000 when not given. */
  readonly idleTransactionMs?: number
}

const IDLE_TRANSACTION_MS = 10_000
/** A statement in work gets this long to end when the database is closed. */
const CLOSE_MS = 30_000

function stopped(reason: string): AppError {
  return new AppError({
    code: 'database-stopped',
    kind: 'temporary',
    publicMessage: 'The embedded database has stopped.',
    remedy: 'Start the server again; the log says why it stopped (a full disk is the usual cause).',
    cause: new Error(reason),
  })
}

function expired(): AppError {
  return new AppError({
    code: 'transaction-expired',
    kind: 'temporary',
    publicMessage: 'A change to the database took too long and was undone.',
    remedy: 'Try again.',
  })
}

const noResult: StatementResult = { rows: [], command: '', affected: null }

interface Waiting {
  readonly resolve: (answer: Answer | 'expired') => void
  readonly reject: (error: Error) => void
}

type Listener = (payload: string) => void

/** PGlite in a worker thread, alone on its data folder. */
export class EmbeddedEngine implements Engine {
  readonly kind = 'embedded'
  /** Resolves when the database stops without having been asked to. */
  readonly failure: Promise<AppError>
  readonly #worker: Worker
  readonly #statements = new Statements()
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #ended: Promise<void>
  #lastId = 0
  #stopped: AppError | undefined
  #closing: Promise<void> | undefined
  #syncs = 0

  private constructor(worker: Worker, lock: FolderLock, log: DatabaseLog) {
    this.#worker = worker
    const failure = Promise.withResolvers<AppError>()
    this.failure = failure.promise
    let reason = 'its thread ended'
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'failed') reason = message.reason
      else this.#receive(message)
    })
    worker.on('error', (error) => {
      reason = String(error)
    })
    this.#ended = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#stopped = stopped(reason)
        for (const { reject } of this.#waiting.values()) reject(this.#stopped)
        this.#waiting.clear()
        lock.release()
        if (this.#closing === undefined) {
          log.warn('embedded database stopped', { reason })
          failure.resolve(this.#stopped)
        }
        resolve()
      })
    })
  }

  /** @throws AppError `data-folder-locked`, `database-not-made`, `database-stopped` */
  static async open(options: EmbeddedOptions, log: DatabaseLog): Promise<EmbeddedEngine> {
    mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
    const lock = lockFolder(options.dataDir)
    try {
      const workerData: WorkerStart = {
        folder: await databaseFolder(options.dataDir),
        idleTransactionMs: options.idleTransactionMs ?? IDLE_TRANSACTION_MS,
      }
      const worker = new Worker(siblingModule('pglite-worker'), { workerData })
      const engine = new EmbeddedEngine(worker, lock, log)
      await engine.script('page', 'select 1')
      return engine
    } catch (error) {
      lock.release()
      throw error
    }
  }

  async session(lane: Lane): Promise<Session> {
    this.#lastId += 1
    const id = this.#lastId
    let state: 'idle' | 'transaction' | 'expired' = 'idle'
    const execute = async (sql: string, parameters: readonly unknown[]): Promise<StatementResult> => {
      if (state === 'expired') throw expired()
      const { bytes, ended } = this.#statements.encode(sql, parameters)
      const request = { lane, session: id, keep: true, bytes }
      const answer = await this.#ask(request, state === 'transaction')
      ended(answer === 'expired' ? 'unread' : answer.error ? 'failed' : 'done')
      state = answer === 'expired' ? 'expired' : answer.inTransaction ? 'transaction' : 'idle'
      if (answer === 'expired') throw expired()
      if (answer.error) throw translateError(answer.error)
      return answer.results[0] ?? noResult
    }
    return {
      // What has expired is rolled back already.
      execute: (sql, parameters) =>
        state === 'expired' && sql === 'rollback' ? Promise.resolve(noResult) : execute(sql, parameters),
      release: async () => {
        if (state === 'transaction') await execute('rollback', [])
      },
    }
  }

  async script(lane: Lane, sql: string): Promise<StatementResult[]> {
    const answer = await this.#ask({ lane, session: 0, keep: false, bytes: encodeScript(sql) }, false)
    if (answer === 'expired') throw expired()
    if (answer.error) throw translateError(answer.error)
    return answer.results
  }

  /** Calls back for each NOTIFY on a channel (a plain lower-case name). Returns how to stop listening. */
  async listen(channel: string, listener: Listener): Promise<() => void> {
    const listeners = this.#listeners.get(channel) ?? new Set()
    this.#listeners.set(channel, listeners)
    listeners.add(listener)
    await this.script('page', `listen "${channel.replaceAll('"', '""')}"`)
    return () => listeners.delete(listener)
  }

  /** How often the disk was synced in the life that `close` has ended. */
  get syncs(): number {
    return this.#syncs
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#post({ id: 'close' })
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_MS)
    await this.#ended
    clearTimeout(timer)
  }

  /** @param closingToo an open transaction may end while the database is being closed */
  #ask(request: Omit<WorkerRequest, 'id'>, closingToo: boolean): Promise<Answer | 'expired'> {
    const closed = this.#closing === undefined || closingToo ? undefined : stopped('it was closed')
    const refusal = this.#stopped ?? closed
    if (refusal !== undefined) return Promise.reject(refusal)
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#post({ ...request, id }, [request.bytes.buffer])
    })
  }

  #post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'closed') this.#syncs = message.syncs
    if (message.kind !== 'answer' && message.kind !== 'expired') return
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (waiting === undefined) return
    if (message.kind === 'expired') return waiting.resolve('expired')
    const answer = decodeAnswer(message.bytes)
    waiting.resolve(answer)
    for (const { channel, payload } of answer.notifications) {
      for (const listener of this.#listeners.get(channel) ?? []) listener(payload)
    }
  }
}
