import { AppError } from '../../core/index.ts'
import type { Principal, Role } from './ports.ts'

/**
 * @param needed what the route demands
 * @throws AppError `admin-only` (denied)
 */
export function demandRole(principal: Principal, needed: Role): void {
  if (needed === 'member' || principal.role === 'admin') return
  throw new AppError({
    code: 'admin-only',
    kind: 'denied',
    publicMessage: 'Only an administrator of the organisation may do this.',
    remedy: 'Ask an administrator of your organisation.',
  })
}

export function notSignedIn(): AppError {
  return new AppError({
    code: 'not-signed-in',
    kind: 'auth',
    publicMessage: 'This needs a signed-in user or an API token.',
    remedy: 'Sign in, or send `Authorization: Bearer` with a valid token.',
  })
}

export function crossOrigin(): AppError {
  return new AppError({
    code: 'cross-origin',
    kind: 'denied',
    publicMessage: 'A change with a session cookie must come from a page of this server.',
    remedy:
      'Scripts use an API token. Behind a proxy, set PORTOLAN_BASE_URL to the address that people open.',
  })
}

export function signInRefused(): AppError {
  return new AppError({
    code: 'sign-in-refused',
    kind: 'auth',
    publicMessage: 'The e-mail address or the password is wrong.',
    remedy: 'Check both. The first password was printed when the server started for the first time.',
  })
}

/** Whether the caller of Portolan itself is not signed in, as against a registry that refused us. */
export function isSignInError(error: AppError): boolean {
  return error.code === 'not-signed-in' || error.code === 'sign-in-refused'
}
