import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Line, LINES_TYPE, type Problem, type Route } from '../contract/index.ts'
import { beginStream } from './stream.ts'

/**
 * An answer that comes in lines while the work lasts. It begins with the first progress: a request that fails before, or that
 * never has any, is answered as any other.
 */
export class Lines {
  readonly #route: Route
  readonly #reply: FastifyReply
  readonly #wanted: boolean
  #begun = false

  constructor(route: Route, request: FastifyRequest, reply: FastifyReply) {
    this.#route = route
    this.#reply = reply
    this.#wanted = route.progress !== undefined && request.headers.accept?.includes(LINES_TYPE) === true
  }

  get begun(): boolean {
    return this.#begun
  }

  progress(step: unknown): void {
    if (!this.#wanted) return
    this.#begin()
    this.#write({ progress: this.#route.progress?.parse(step) })
  }

  answer(answer: unknown): void {
    this.#write({ answer: this.#route.response?.parse(answer) })
    this.#reply.raw.end()
  }

  problem(problem: Problem): void {
    this.#write({ problem })
    this.#reply.raw.end()
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    beginStream(this.#reply, this.#route.status, { 'content-type': LINES_TYPE })
  }

  #write(line: Line<unknown, unknown>): void {
    this.#reply.raw.write(`${JSON.stringify(line)}\n`)
  }
}
