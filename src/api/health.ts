import type { FastifyInstance } from 'fastify'

/** For whatever watches over the process: `live` says that it runs, `ready` that it can do its work. Open to everyone. */
export function healthRoutes(app: FastifyInstance, ready: () => Promise<void>): void {
  app.get('/health/live', { schema: { hide: true } }, () => ({ status: 'ok' }))
  app.get('/health/ready', { schema: { hide: true } }, async (_request, reply) => {
    try {
      await ready()
      return { status: 'ok' }
    } catch {
      return reply.code(503).send({ status: 'unavailable' })
    }
  })
}
