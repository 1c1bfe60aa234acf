import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { LINES_TYPE, problem, type Route, routes } from '../contract/index.ts'
import { demandRole } from '../platform/access/index.ts'
import { principalOf } from './caller.ts'
import type { FailureNote } from './failures.ts'
import type { AuditTarget, Handler, Handlers } from './handler.ts'
import { Lines } from './lines.ts'
import type { AuditTrail } from './ports.ts'

/**
 * Puts every route of the contract on the server: checked by its schemas, allowed by its policy, noted in the audit log
 * when it changed something, answered with nothing but what its schema lists.
 */
export function registerRoutes(
  app: FastifyInstance,
  handlers: Handlers,
  audit: Pick<AuditTrail, 'append'>,
  note: FailureNote,
): void {
  for (const [name, route] of Object.entries<Route>(routes)) {
    // The pair of a route and its handler is typed in `Handlers`; in a loop the compiler no longer sees that they fit.
    const handler = handlers[name as keyof Handlers] as unknown as Handler<Route>
    app.route({
      method: route.method,
      url: route.path,
      schema: schemaOf(name, route),
      ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
      async onRequest(request) {
        demandRole(principalOf(request), route.policy)
      },
      async handler(request, reply) {
        const lines = new Lines(route, request, reply)
        try {
          const answer = await run(request, { route, handler, audit, lines })
          return lines.begun ? lines.answer(answer) : reply.code(route.status).send(answer)
        } catch (error) {
          if (!lines.begun) throw error
          lines.problem(note(request, error))
        }
      },
    })
  }
}

interface Run {
  readonly route: Route
  readonly handler: Handler<Route>
  readonly audit: Pick<AuditTrail, 'append'>
  readonly lines: Lines
}

async function run(request: FastifyRequest, { route, handler, audit, lines }: Run): Promise<unknown> {
  const principal = principalOf(request)
  const orgId = principal.organisation.id
  let noted: { target: AuditTarget; detail: Readonly<Record<string, unknown>> } | undefined
  const asked = { params: request.params, query: request.query, body: request.body }
  const answer = await handler(asked as never, {
    principal,
    orgId,
    audit: (target, detail = {}) => {
      noted = { target, detail }
    },
    ...(route.progress === undefined ? {} : { progress: (step: unknown) => lines.progress(step) }),
  })
  if (route.audit !== undefined) {
    await audit.append(orgId, {
      actor: { kind: principal.kind, id: principal.user.id, name: principal.user.name },
      action: route.audit,
      target: noted?.target ?? null,
      detail: noted?.detail ?? {},
      address: request.ip,
    })
  }
  return answer
}

const failure = { description: 'A problem', content: { 'application/problem+json': { schema: problem } } }

function descriptionOf({ policy, progress }: Route): string {
  const who = policy === 'admin' ? 'For administrators.' : 'For every member of the organisation.'
  if (progress === undefined) return who
  return `${who} With \`Accept: ${LINES_TYPE}\` it tells of its work while it lasts: lines of \`{"progress": ...}\`, then one of \`{"answer": ...}\` or \`{"problem": ...}\`.`
}

/** The route as the framework and the OpenAPI document want it. */
function schemaOf(name: string, route: Route): Record<string, unknown> {
  const success = { [route.status]: route.response ?? z.undefined().describe('Done') }
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.tag],
    description: descriptionOf(route),
    ...(route.params === undefined ? {} : { params: route.params }),
    ...(route.query === undefined ? {} : { querystring: route.query }),
    ...(route.body === undefined ? {} : { body: route.body }),
    response: { ...success, default: failure },
  }
}
