import helmet from '@fastify/helmet'
import { type FastifyInstance, fastify } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { type Clock, newId } from '../core/index.ts'
import type { Access } from '../platform/access/index.ts'
import { guard, ownOrigins } from './caller.ts'
import { describeApi, docsRoutes } from './docs.ts'
import { eventRoutes } from './events/routes.ts'
import { EventStreams } from './events/streams.ts'
import { answerFailures, createFailureNote } from './failures.ts'
import { guideRoutes } from './guides.ts'
import { createHandlers } from './handlers.ts'
import { healthRoutes } from './health.ts'
import { receiverRoutes } from './hooks/receiver.ts'
import type { Log } from '../platform/log/index.ts'
import type { ApiServices, LiveEvents } from './ports.ts'
import { registerRoutes } from './register.ts'
import { securityHeaders } from './security-headers.ts'
import { signInRoutes } from './session/sign-in.ts'
import { webBundle } from './web-bundle.ts'

export interface ApiOptions {
  readonly services: ApiServices
  readonly access: Access
  readonly events: LiveEvents
  readonly log: Pick<Log, 'error'>
  readonly clock: Clock
  /** Version of Portolan, for the OpenAPI document. */
  readonly version: string
  /** Folder of the built web pages. */
  readonly webRoot: string
  /** Folder of the documentation. */
  readonly docsRoot: string
  /** PEM texts; without them the server speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /** Address, protocol and host are then taken from the proxy's headers. */
  readonly behindProxy: boolean
  readonly baseUrl?: string | undefined
  /** Throws or refuses when the server cannot do its work: for `/health/ready`. */
  readonly ready: () => Promise<void>
  readonly signInTriesPerMinute?: number
  readonly heartbeatMs?: number
}

const BODY_LIMIT = 256 * 1024
const MINUTE = 60_000
/** Push notifications from one address: a platform tells of each tag, a script that pushes many tags is quick. */
const NOTIFICATIONS_PER_MINUTE = 1_200
/** Answers that take longer are cut off at shutdown. Milliseconds. */
const LAST_ANSWERS = 3_000

/** The HTTP server with all that it answers, not listening yet. `close()` ends event streams and lets requests finish. */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const { access, services, events, log, clock } = options
  const app = fastify({
    logger: false,
    genReqId: () => newId(clock.now()),
    bodyLimit: BODY_LIMIT,
    trustProxy: options.behindProxy,
    requestTimeout: MINUTE,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300 },
    ...(options.tls === undefined ? {} : { https: { ...options.tls, minVersion: 'TLSv1.2' } }),
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  readJson(app)
  const note = createFailureNote(log)
  answerFailures(app, note, clock)
  await app.register(helmet, securityHeaders(options.tls !== undefined))
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id))
  await describeApi(app, options.version)

  const streams = new EventStreams()
  app.addHook('preClose', async () => endConnections(app, streams))
  const origins = ownOrigins(options.baseUrl)
  healthRoutes(app, options.ready)
  guideRoutes(app, options.docsRoot)
  await app.register(receiverRoutes, {
    hooks: services.hooks,
    baseUrl: options.baseUrl,
    perMinute: NOTIFICATIONS_PER_MINUTE,
  })
  await app.register(signInRoutes, {
    prefix: '/api/auth',
    access,
    audit: services.audit,
    origins,
    triesPerMinute: options.signInTriesPerMinute ?? 10,
    onSignOut: (credentialId) => streams.endOf(credentialId),
  })
  await app.register(async (guarded) => {
    guard(guarded, access, origins)
    await guarded.register(docsRoutes, { prefix: '/api' })
    await guarded.register(
      async (api) => {
        api.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
        registerRoutes(api, createHandlers(services), services.audit, note)
        eventRoutes(api, { access, events, streams, heartbeatMs: options.heartbeatMs ?? 20_000 })
      },
      { prefix: '/api/v1' },
    )
  })
  await webBundle(app, options.webRoot)
  return app
}

/** JSON and nothing else. A body that is announced and empty is none: many clients announce one with every POST. */
function readJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') done(null, undefined)
    else parse(request, String(text), done)
  })
}

/** Event streams end now; what is being answered may end. A connection that never asked for anything must not hold us up. */
function endConnections(app: FastifyInstance, streams: EventStreams): void {
  streams.endAll()
  const timer = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS)
  app.server.once('close', () => clearTimeout(timer))
}
