import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  type Access,
  crossOrigin,
  isSameOrigin,
  notSignedIn,
  type Principal,
} from '../platform/access/index.ts'

const callers = new WeakMap<FastifyRequest, Principal>()

/** Who calls. @throws AppError `not-signed-in` (auth): a guarded route that is not guarded answers nothing */
export function principalOf(request: FastifyRequest): Principal {
  const principal = callers.get(request)
  if (principal === undefined) throw notSignedIn()
  return principal
}

/** Lets only known callers into the routes of `app`, and only from our own pages where a cookie speaks for them. */
export function guard(
  app: FastifyInstance,
  access: Access,
  origins: (request: FastifyRequest) => string[],
): void {
  app.addHook('onRequest', async (request, reply) => {
    const { authorization, cookie } = request.headers
    const known = await access.authenticate({ authorization, cookie })
    if (known === undefined) throw notSignedIn()
    if (authorization === undefined) demandSameOrigin(request, origins(request))
    setCookies(reply, known.setCookies)
    callers.set(request, known.principal)
  })
}

/** @throws AppError `cross-origin` (denied) */
export function demandSameOrigin(request: FastifyRequest, own: readonly string[]): void {
  const { origin, 'sec-fetch-site': site } = request.headers
  const fetchSite = Array.isArray(site) ? site[0] : site
  if (!isSameOrigin({ method: request.method, fetchSite, origin, own })) throw crossOrigin()
}

/** Where this server is reached: as the client says, and as the operator does. */
export function ownOrigins(baseUrl: string | undefined): (request: FastifyRequest) => string[] {
  const configured = baseUrl === undefined ? [] : [new URL(baseUrl).origin]
  return (request) => [`${request.protocol}://${request.host}`, ...configured]
}

export function setCookies(reply: FastifyReply, cookies: readonly string[]): void {
  for (const cookie of cookies) void reply.header('set-cookie', cookie)
}
