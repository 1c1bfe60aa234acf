import type { FastifyInstance } from 'fastify'
import { type Clock, isAppError } from '../core/index.ts'
import type { Log } from '../platform/log/index.ts'
import { problemOf } from './problem.ts'

/** Answers every error as problem details. What is our fault is logged, once, with the id that the client was told. */
export function answerFailures(app: FastifyInstance, log: Pick<Log, 'error'>, clock: Clock): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error)
    if (problem.status >= 500) {
      const route = request.routeOptions.url ?? request.url
      log.error('request failed', { requestId: request.id, method: request.method, route, error })
    }
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
