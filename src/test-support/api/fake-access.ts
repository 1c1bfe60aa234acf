import type { Access, Principal, Role } from '../../platform/access/index.ts'

export const ADMIN_TOKEN = 'Bearer ptl_admin'
export const MEMBER_TOKEN = 'Bearer ptl_member'
export const SESSION_COOKIE = 'portolan.session_token=good'

export function fakePrincipal(role: Role, kind: Principal['kind']): Principal {
  return {
    kind,
    user: { id: `${kind}-${role}`, name: role, email: `${role}@example.org` },
    organisation: { id: 'org-1', name: 'One' },
    role,
    credentialId: `${kind}-credential`,
  }
}

/** Knows two tokens, one session and one password. Signing out ends the session. */
export function fakeAccess(): Access {
  let session = true
  return {
    async authenticate({ authorization, cookie }) {
      if (authorization === ADMIN_TOKEN) return { principal: fakePrincipal('admin', 'token'), setCookies: [] }
      if (authorization === MEMBER_TOKEN)
        return { principal: fakePrincipal('member', 'token'), setCookies: [] }
      if (authorization !== undefined || cookie !== SESSION_COOKIE || !session) return undefined
      return { principal: fakePrincipal('admin', 'user'), setCookies: [] }
    },
    async signIn({ action, body }) {
      if (action === 'sign-out') session = false
      const wrong = action === 'sign-in/email' && (body as { password: string }).password !== 'right'
      if (wrong) return { status: 401, setCookies: [], body: { code: 'INVALID' } }
      return { status: 200, setCookies: [`${SESSION_COOKIE}; Path=/; HttpOnly; SameSite=Lax`], body: {} }
    },
    createToken: async () => ({ id: 'token', token: 'ptl_new' }),
    revokeToken: async () => true,
  }
}
