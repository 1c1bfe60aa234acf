import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Clock, isAppError } from '../core/index.ts'
import type { Log } from '../platform/log/index.ts'
import { type Problem, problemOf } from './problem.ts'

/** The problem that a client is told. What is our fault is logged, once, with the id that it was told. */
export type FailureNote = (request: FastifyRequest, error: unknown) => Problem

export function createFailureNote(log: Pick<Log, 'error'>): FailureNote {
  return (request, error) => {
    const problem = problemOf(error, request.routeOptions.bodyLimit)
    if (problem.status >= 500) {
      const route = request.routeOptions.url ?? request.url
      log.error('request failed', { requestId: request.id, method: request.method, route, error })
    }
    return problem
  }
}

/** Answers every error as problem details. */
export function answerFailures(app: FastifyInstance, note: FailureNote, clock: Clock): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = note(request, error)
    const retryAt = isAppError(error) ? error.retryAt : undefined
    if (retryAt !== undefined) {
      void reply.header('retry-after', String(Math.max(1, Math.ceil((retryAt - clock.now()) / 1000))))
    }
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .header('cache-control', 'no-store')
      .serializer(JSON.stringify)
      .send(problem)
  })
}
