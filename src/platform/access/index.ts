/**
 * Who calls: users, sessions, API tokens, roles. Knows nothing of HTTP servers, routes or what is behind them.
 */
export { type OpenAccessOptions, type OpenedAccess, openAccess } from './open.ts'
export { crossOrigin, demandRole, isSignInError, notSignedIn, signInRefused } from './policy.ts'
export type * from './ports.ts'
export { isSameOrigin } from './same-origin.ts'
export { SIGN_IN_ACTIONS } from './sign-in.ts'
