import type { FastifyReply } from 'fastify'
import type { LiveEvent } from '../../contract/index.ts'
import { AppError } from '../../core/index.ts'
import type { Principal } from '../../platform/access/index.ts'
import type { LiveEvents } from '../ports.ts'
import { beginStream } from '../stream.ts'

export interface StreamOptions {
  readonly events: LiveEvents
  /** Whether the caller's session or token is still good; asked at every heartbeat. */
  readonly stillGood: () => Promise<boolean>
  readonly heartbeatMs: number
}

/** Open streams of a user; more is a page that leaks, or an attack. */
const MAX_STREAMS = 20
/** A client that reads slower than this much is behind loses its stream, and comes back. */
const MAX_BUFFERED = 256 * 1024

interface Stream {
  readonly userId: string
  readonly credentialId: string
  end(): void
}

/** All open event streams of this process. */
export class EventStreams {
  readonly #open = new Set<Stream>()

  get size(): number {
    return this.#open.size
  }

  /** @throws AppError `too-many-streams` (rate-limited) */
  open(reply: FastifyReply, principal: Principal, options: StreamOptions): void {
    const { id: userId } = principal.user
    if ([...this.#open].filter((stream) => stream.userId === userId).length >= MAX_STREAMS) {
      throw tooManyStreams()
    }
    const response = beginStream(reply, 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    })
    const write = (text: string): void => {
      response.write(text)
      if (response.writableLength > MAX_BUFFERED) response.destroy()
    }
    const unsubscribe = options.events.subscribe(principal.organisation.id, (event) => write(frame(event)))
    const heartbeat = setInterval(() => {
      write(': still here\n\n')
      void options.stillGood().then((good) => (good ? undefined : stream.end()), stream.end)
    }, options.heartbeatMs)
    const stream: Stream = {
      userId,
      credentialId: principal.credentialId,
      end: () => void response.end(),
    }
    this.#open.add(stream)
    response.on('close', () => {
      clearInterval(heartbeat)
      unsubscribe()
      this.#open.delete(stream)
    })
    write('retry: 3000\n\n')
  }

  /** Ends what a session or token holds open. */
  endOf(credentialId: string): void {
    for (const stream of this.#open) if (stream.credentialId === credentialId) stream.end()
  }

  endAll(): void {
    for (const stream of this.#open) stream.end()
  }
}

function frame(event: LiveEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

function tooManyStreams(): AppError {
  return new AppError({
    code: 'too-many-streams',
    kind: 'rate-limited',
    publicMessage: `More than ${MAX_STREAMS} pages listen for changes at once.`,
    remedy: 'Close some of them.',
  })
}
