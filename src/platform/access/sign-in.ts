import { ADDRESS_HEADER, AUTH_BASE, type Auth } from './auth.ts'
import type { SignInAnswer, SignInRequest } from './ports.ts'

/** What of the sign-in library is reachable: everything else it can do stays shut. */
export const SIGN_IN_ACTIONS = ['sign-in/email', 'sign-out', 'change-password'] as const

/** Runs one action in the library, with a request that carries only what it needs. */
export async function runSignIn(auth: Auth, request: SignInRequest): Promise<SignInAnswer> {
  const headers = new Headers({ 'content-type': 'application/json', [ADDRESS_HEADER]: request.address })
  if (request.cookie !== undefined) headers.set('cookie', request.cookie)
  if (request.userAgent !== undefined) headers.set('user-agent', request.userAgent)
  const answer = await auth.handler(
    new Request(`${AUTH_BASE}/api/auth/${request.action}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(request.body ?? {}),
    }),
  )
  const text = await answer.text()
  return {
    status: answer.status,
    setCookies: answer.headers.getSetCookie(),
    body: text === '' ? null : JSON.parse(text),
  }
}
