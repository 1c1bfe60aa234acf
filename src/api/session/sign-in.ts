import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../core/index.ts'
import {
  type Access,
  type Authenticated,
  notSignedIn,
  SIGN_IN_ACTIONS,
  type SignInAnswer,
  signInRefused,
} from '../../platform/access/index.ts'
import type { AuditTrail } from '../ports.ts'
import { demandSameOrigin, setCookies } from '../caller.ts'

export interface SignInOptions {
  readonly access: Access
  readonly audit: Pick<AuditTrail, 'append'>
  readonly origins: (request: FastifyRequest) => string[]
  /** Tries for each address and minute. */
  readonly triesPerMinute: number
  /** Told of the session that has ended, so that what it holds open ends too. */
  readonly onSignOut: (credentialId: string) => void
}

type Action = (typeof SIGN_IN_ACTIONS)[number]

const password = z.string().min(1).max(256)
const bodies: Readonly<Record<Action, z.ZodType>> = {
  'sign-in/email': z.object({
    email: z.string().min(1).max(254),
    password,
    rememberMe: z.boolean().optional(),
  }),
  'sign-out': z.unknown(),
  'change-password': z.object({
    currentPassword: password,
    newPassword: z.string().min(12).max(256),
    revokeOtherSessions: z.boolean().default(true),
  }),
}
const summaries: Readonly<Record<Action, string>> = {
  'sign-in/email': 'Sign in with e-mail address and password: sets the session cookie',
  'sign-out': 'Sign out',
  'change-password': 'Change the own password',
}
const events: Readonly<Record<Action, string>> = {
  'sign-in/email': 'session.started',
  'sign-out': 'session.ended',
  'change-password': 'password.changed',
}

/** Sign-in, sign-out and the password: the few actions of the sign-in library that are open. */
export async function signInRoutes(app: FastifyInstance, options: SignInOptions): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    ipv6Subnet: 64,
    errorResponseBuilder: (_request, { ttl }) => tooManyTries(ttl),
  })
  for (const action of SIGN_IN_ACTIONS) {
    const limited = action === 'sign-out' ? false : { max: options.triesPerMinute, timeWindow: '1 minute' }
    app.post(
      `/${action}`,
      {
        config: { rateLimit: limited },
        schema: {
          operationId: operationId(action),
          summary: summaries[action],
          tags: ['session'],
          body: bodies[action],
          security: [],
        },
      },
      (request, reply) => act(action, request, reply, options),
    )
  }
}

function operationId(action: Action): string {
  return action.replace(/[-/](\w)/g, (_, letter: string) => letter.toUpperCase())
}

async function act(
  action: Action,
  request: FastifyRequest,
  reply: FastifyReply,
  options: SignInOptions,
): Promise<FastifyReply> {
  const { access, audit } = options
  const { cookie, origin, 'sec-fetch-site': fetchSite, 'user-agent': userAgent } = request.headers
  // A script that signs in says nothing of an origin and has no cookie yet; a browser says it always.
  if (cookie !== undefined || origin !== undefined || fetchSite !== undefined) {
    demandSameOrigin(request, options.origins(request))
  }
  const before = cookie === undefined ? undefined : await access.authenticate({ cookie })
  if (action === 'change-password' && before === undefined) throw notSignedIn()
  const answer = await access.signIn({ action, body: request.body, cookie, userAgent, address: request.ip })
  if (answer.status >= 400) throw refusal(action, answer)
  if (action === 'sign-out' && before !== undefined) options.onSignOut(before.principal.credentialId)
  setCookies(reply, answer.setCookies)
  const who = action === 'sign-in/email' ? await signedIn(access, answer) : before
  if (who !== undefined) {
    const { user, organisation } = who.principal
    await audit.append(organisation.id, {
      actor: { kind: 'user', id: user.id, name: user.name },
      action: events[action],
      target: { kind: 'user', id: user.id },
      detail: {},
      address: request.ip,
    })
  }
  return reply.code(200).send({ ok: true })
}

/** The caller that the cookies just given speak for. */
async function signedIn(access: Access, answer: SignInAnswer): Promise<Authenticated | undefined> {
  const cookie = answer.setCookies.map((line) => line.split(';')[0]).join('; ')
  return access.authenticate({ cookie })
}

function refusal(action: Action, answer: SignInAnswer): AppError {
  if (action === 'sign-in/email' && answer.status < 500) return signInRefused()
  if (action === 'change-password' && answer.status < 500) {
    return new AppError({
      code: 'password-refused',
      kind: 'invalid',
      publicMessage: 'The password was not changed: the current one is wrong, or the new one is too weak.',
      remedy: 'Give the current password, and a new one of 12 to 256 characters.',
    })
  }
  return new AppError({
    code: 'sign-in-broken',
    kind: 'bug',
    publicMessage: 'Signing in does not work now.',
    remedy: 'The server log has the details; please report it.',
    cause: answer.body,
  })
}

function tooManyTries(ttl: number): AppError {
  return new AppError({
    code: 'too-many-tries',
    kind: 'rate-limited',
    publicMessage: 'Too many tries to sign in from this address.',
    remedy: `Wait ${Math.ceil(ttl / 1000)} seconds, then try again.`,
  })
}
