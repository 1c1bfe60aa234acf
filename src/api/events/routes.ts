import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Access } from '../../platform/access/index.ts'
import { principalOf } from '../caller.ts'
import type { LiveEvents } from '../ports.ts'
import type { EventStreams } from './streams.ts'

export interface EventRouteOptions {
  readonly access: Access
  readonly events: LiveEvents
  readonly streams: EventStreams
  readonly heartbeatMs: number
}

/** `GET /events`: what changes in the caller's organisation, as server-sent events (HTML standard, 9.2). */
export function eventRoutes(app: FastifyInstance, options: EventRouteOptions): void {
  const { access, events, streams, heartbeatMs } = options
  app.get(
    '/events',
    {
      exposeHeadRoute: false,
      schema: {
        operationId: 'streamEvents',
        summary: 'Changes as they happen: "something changed, look again"',
        tags: ['events'],
        response: {
          200: {
            description: 'Server-sent events',
            content: { 'text/event-stream': { schema: z.string() } },
          },
        },
      },
    },
    (request, reply) => {
      const principal = principalOf(request)
      const { authorization, cookie } = request.headers
      const stillGood = async (): Promise<boolean> =>
        (await access.authenticate({ authorization, cookie })) !== undefined
      streams.open(reply, principal, { events, stillGood, heartbeatMs })
    },
  )
}
