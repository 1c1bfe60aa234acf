import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

export interface ProcessRun {
  /** Absolute path. */
  readonly program: string
  readonly args: readonly string[]
  /** All that the program sees: nothing of ours is added. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly timeoutMs: number
  /** More output than this ends it. Bytes. */
  readonly maxOutput: number
  readonly signal?: AbortSignal
}

export interface ProcessResult {
  /** How it came to an end; `failed` with a null code: a signal, or it could not be started. */
  readonly end: 'exited' | 'failed' | 'timed-out' | 'flooded'
  readonly code: number | null
  readonly stdout: Buffer
  /** The last of what it said. */
  readonly stderr: string
}

/** Kept of standard error, bytes. */
const TAIL = 16 * 1024
/** A program that is told to end has so long to do it; milliseconds. */
const GRACE = 2_000

/**
 * Runs a program in a process group of its own, with nothing but the environment that it is given. Timeout, flood and cancelling end
 * the whole group: first asked, then killed.
 *
 * @throws the signal's reason when it was cancelled
 */
export async function runProcess(run: ProcessRun): Promise<ProcessResult> {
  run.signal?.throwIfAborted()
  const child = spawn(run.program, run.args, {
    cwd: run.cwd,
    env: { ...run.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ending = new Ending(child)
  const stdout = collect(child.stdout, run.maxOutput, () => ending.begin('flooded'))
  const stderr = tail(child.stderr)
  const timer = setTimeout(() => ending.begin('timed-out'), run.timeoutMs)
  const onAbort = (): void => ending.begin('cancelled')
  run.signal?.addEventListener('abort', onAbort)
  try {
    const code = await ending.closed
    if (ending.why === 'cancelled') run.signal?.throwIfAborted()
    const end = ending.why === 'cancelled' ? 'failed' : (ending.why ?? (code === 0 ? 'exited' : 'failed'))
    return { end, code, stdout: stdout(), stderr: stderr() }
  } finally {
    clearTimeout(timer)
    run.signal?.removeEventListener('abort', onAbort)
    ending.finish()
  }
}

/** Ends a process group, once, for the first reason that comes. */
class Ending {
  why: 'timed-out' | 'flooded' | 'cancelled' | undefined
  /** The exit code; null for a signal, or a program that could not be started. */
  readonly closed: Promise<number | null>
  readonly #child: ChildProcess
  #hard: NodeJS.Timeout | undefined
  #giveUp: NodeJS.Timeout | undefined

  constructor(child: ChildProcess) {
    this.#child = child
    this.closed = new Promise((resolve) => {
      child.once('error', () => resolve(null))
      child.once('close', (code) => resolve(code))
    })
  }

  begin(why: NonNullable<Ending['why']>): void {
    if (this.why !== undefined) return
    this.why = why
    this.#kill('SIGTERM')
    this.#hard = setTimeout(() => this.#kill('SIGKILL'), GRACE)
    // What left the group may hold the pipes open: it is not waited for.
    this.#giveUp = setTimeout(() => {
      this.#child.stdout?.destroy()
      this.#child.stderr?.destroy()
    }, 2 * GRACE)
  }

  /** The program has ended; what it started in its group ends with it. */
  finish(): void {
    clearTimeout(this.#hard)
    clearTimeout(this.#giveUp)
    this.#kill('SIGKILL')
  }

  #kill(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch {
      // The group is gone already.
    }
  }
}

function collect(stream: Readable, max: number, onFlood: () => void): () => Buffer {
  const chunks: Buffer[] = []
  let length = 0
  stream.on('error', () => undefined)
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= max) chunks.push(chunk)
    else onFlood()
  })
  return () => Buffer.concat(chunks)
}

function tail(stream: Readable): () => string {
  let kept = Buffer.alloc(0)
  stream.on('error', () => undefined)
  stream.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-TAIL)
  })
  return () => kept.toString('utf8')
}
