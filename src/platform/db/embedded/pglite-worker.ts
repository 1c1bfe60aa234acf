/**
 * The thread in which PGlite runs: a long statement here never stops the server's event loop.
 * It takes wire protocol messages, orders them by lane, and answers each with the server's own bytes.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { DurableFS, startParams } from './durable-fs.ts'
import { LaneQueue } from './lane-queue.ts'
import type { FromWorker, ToWorker, WorkerRequest, WorkerStart } from './messages.ts'
import { encodeScript, joinBytes, leavesTransaction } from './protocol.ts'

if (parentPort === null) throw new Error('runs as a worker thread only')
const port: MessagePort = parentPort
const start = workerData as WorkerStart

function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}

/** When the database is being closed, an open transaction gets this long for its next statement. */
const CLOSING_IDLE_MS = 1_000

/** The server inside has given up: PGlite would go on asking it for ever, so the thread ends here. */
function fail(reason: unknown): never {
  send({ kind: 'failed', reason: String(reason) })
  process.exit(1)
}

class Server {
  readonly #queue = new LaneQueue<WorkerRequest>()
  readonly #expired = new Set<number>()
  readonly #pg: PGlite
  readonly #fs: DurableFS
  #running = false
  #closing = false
  #idle: NodeJS.Timeout | undefined

  constructor(pg: PGlite, fs: DurableFS) {
    this.#pg = pg
    this.#fs = fs
  }

  accept(message: ToWorker): void {
    if (message.id === 'close') this.#closing = true
    else this.#queue.push(message)
  }

  /** Runs what waits; messages that arrive meanwhile are taken in between two statements, so that pages overtake. */
  async run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    clearTimeout(this.#idle)
    for (let job = this.#queue.next(); job !== undefined; job = this.#queue.next()) {
      await this.#serve(job)
      for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port))
        this.accept(more.message)
    }
    if (this.#queue.holder !== undefined) {
      const limit = this.#closing
        ? Math.min(CLOSING_IDLE_MS, start.idleTransactionMs)
        : start.idleTransactionMs
      this.#idle = setTimeout(() => void this.#expire(), limit)
    }
    this.#running = false
    if (this.#closing && this.#queue.holder === undefined) await this.#close()
  }

  async #serve(job: WorkerRequest): Promise<void> {
    if (this.#expired.delete(job.session)) return send({ kind: 'expired', id: job.id })
    const bytes = await this.#exchange(job.bytes)
    if (!leavesTransaction(bytes)) {
      if (this.#queue.holder === job.session) this.#queue.free()
    } else if (job.keep) {
      this.#queue.hold(job.session)
    } else {
      await this.#exchange(encodeScript('rollback'))
    }
    send({ kind: 'answer', id: job.id, bytes }, [bytes.buffer])
  }

  async #exchange(request: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = []
    // The bytes lie in the server's memory, which moves when it grows.
    await this.#pg.execProtocolRawStream(request, {
      syncToFs: false,
      onRawData: (bytes) => parts.push(bytes.slice()),
    })
    return joinBytes(parts)
  }

  async #expire(): Promise<void> {
    const { holder } = this.#queue
    if (holder === undefined || this.#running) return
    await this.#exchange(encodeScript('rollback'))
    this.#expired.add(holder)
    this.#queue.free()
    await this.run()
  }

  async #close(): Promise<void> {
    await this.#pg.close()
    send({ kind: 'closed', syncs: this.#fs.syncs })
    port.close()
  }
}

const fs = new DurableFS(start.folder, fail)
const pg = await PGlite.create({ fs, startParams }).catch(fail)
const server = new Server(pg, fs)
port.on('message', (message: ToWorker) => {
  server.accept(message)
  server.run().catch(fail)
})
send({ kind: 'ready' })
