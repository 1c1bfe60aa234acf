import { type Clock, newId, type Secret } from '../../core/index.ts'
import type { Auth } from './auth.ts'
import type { Access, Authenticated, CallerHeaders, Principal, Role } from './ports.ts'
import { runSignIn } from './sign-in.ts'
import type { AccessStore } from './store.ts'
import { bearerToken, looksLikeToken, newTokenText, sameToken, tokenHash } from './tokens.ts'

export interface AccessOptions {
  readonly auth: Auth
  readonly store: AccessStore
  readonly clock: Clock
  /** PORTOLAN_ADMIN_TOKEN, and the organisation that it administers. */
  readonly bootstrap: {
    readonly token: Secret<string>
    readonly organisation: Principal['organisation']
  } | null
}

/** A token's last use is kept to the minute: not one write for each request. Milliseconds. */
const TOUCH_AFTER = 60_000

export function createAccess(options: AccessOptions): Access {
  const { auth, store, clock } = options
  const asked = new Map<string, Promise<Authenticated | undefined>>()
  // A page asks several things at once: the session is looked up once for all of them, and never remembered.
  const sessionOf = (cookie: string): Promise<Authenticated | undefined> => {
    const looking = asked.get(cookie) ?? bySession(options, cookie).finally(() => void asked.delete(cookie))
    asked.set(cookie, looking)
    return looking
  }
  return {
    async authenticate(headers) {
      if (headers.authorization !== undefined) return byToken(options, headers.authorization)
      return headers.cookie === undefined ? undefined : sessionOf(headers.cookie)
    },
    signIn: (request) => runSignIn(auth, request),
    async createToken({ organisationId, userId, name, expiresAt }) {
      const token = newTokenText()
      const id = newId(clock.now())
      await store.addToken({
        id,
        organisationId,
        userId,
        name,
        hash: tokenHash(token),
        expiresAt: expiresAt === null ? null : new Date(expiresAt),
      })
      return { id, token }
    },
    revokeToken: (organisationId, id) => store.revokeToken(organisationId, id, new Date(clock.now())),
  }
}

async function byToken(
  { store, clock, bootstrap }: AccessOptions,
  authorization: NonNullable<CallerHeaders['authorization']>,
): Promise<Authenticated | undefined> {
  const given = bearerToken(authorization)
  if (given === undefined) return undefined
  if (bootstrap !== null && sameToken(given, bootstrap.token.reveal())) {
    return { principal: bootstrapPrincipal(bootstrap.organisation), setCookies: [] }
  }
  if (!looksLikeToken(given)) return undefined
  const now = new Date(clock.now())
  const row = await store.token(tokenHash(given), now)
  if (row === undefined) return undefined
  if (now.getTime() - (row.lastUsedAt?.getTime() ?? 0) > TOUCH_AFTER) await store.touchToken(row.id, now)
  const principal: Principal = {
    kind: 'token',
    user: { id: row.userId, name: row.userName, email: row.email },
    organisation: { id: row.organisationId, name: row.organisationName },
    role: roleOf(row.role),
    credentialId: row.id,
  }
  return { principal, setCookies: [] }
}

async function bySession({ auth, store }: AccessOptions, cookie: string): Promise<Authenticated | undefined> {
  const { headers, response } = await auth.api.getSession({
    headers: new Headers({ cookie }),
    returnHeaders: true,
  })
  if (response === null) return undefined
  const { user, session } = response
  const membership = await store.membership(user.id, session.activeOrganizationId ?? null)
  if (membership === undefined) return undefined
  const principal: Principal = {
    kind: 'user',
    user: { id: user.id, name: user.name, email: user.email },
    organisation: { id: membership.organisationId, name: membership.organisationName },
    role: roleOf(membership.role),
    credentialId: session.id,
  }
  return { principal, setCookies: headers.getSetCookie() }
}

function bootstrapPrincipal(organisation: Principal['organisation']): Principal {
  return {
    kind: 'token',
    user: { id: 'bootstrap', name: 'Administrator token', email: '' },
    organisation,
    role: 'admin',
    credentialId: 'bootstrap',
  }
}

/** The sign-in library keeps several roles in one text, with commas. */
function roleOf(text: string): Role {
  const roles = text.split(',')
  return roles.includes('admin') || roles.includes('owner') ? 'admin' : 'member'
}
