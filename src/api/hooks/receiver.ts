import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError, isAppError } from '../../core/index.ts'
import { HOOK_PATH, type HookReceiver, LARGEST_NOTIFICATION } from '../../hooks/index.ts'
import { problemOf } from '../problem.ts'

export interface ReceiverOptions {
  readonly hooks: HookReceiver
  readonly baseUrl: string | undefined
  /** Events for each address and minute. */
  readonly perMinute: number
}

/**
 * Takes platforms' push notifications. Who sends them has no account here: the address is the key, the platform's own proof is
 * checked behind it, and a flood is turned away before it is read.
 */
export async function receiverRoutes(app: FastifyInstance, options: ReceiverOptions): Promise<void> {
  app.removeAllContentTypeParsers()
  // Signatures are over the bytes as they came, whatever they are called.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  await app.register(rateLimit, {
    max: options.perMinute,
    timeWindow: '1 minute',
    keyGenerator: (request) => request.ip,
    errorResponseBuilder: (_request, { ttl }) => tooManyEvents(ttl),
  })
  app.post<{ Params: { token: string } }>(
    `${HOOK_PATH}/:token`,
    { bodyLimit: LARGEST_NOTIFICATION, schema: { hide: true } as object },
    async (request, reply) => {
      const { body } = request
      try {
        await options.hooks.receive({
          token: request.params.token,
          origin: options.baseUrl ?? `${request.protocol}://${request.host}`,
          headers: headersOf(request),
          body: Buffer.isBuffer(body) ? body : new Uint8Array(),
        })
      } catch (error) {
        if (!isAppError(error) || error.kind !== 'auth') throw error
        // Elsewhere `auth` says that a registry refused us; here it is the sender who is refused.
        const refused = { ...problemOf(error, LARGEST_NOTIFICATION), status: 401 }
        return reply.code(401).type('application/problem+json').send(JSON.stringify(refused))
      }
      return reply.code(202).send()
    },
  )
}

function headersOf(request: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  )
}

function tooManyEvents(ttl: number): AppError {
  return new AppError({
    code: 'too-many-notifications',
    kind: 'rate-limited',
    publicMessage: `Too many push notifications from this address; it may send again in ${Math.ceil(ttl / 1000)} seconds.`,
    remedy: 'Nothing is lost: discovery looks at the registry itself.',
  })
}
