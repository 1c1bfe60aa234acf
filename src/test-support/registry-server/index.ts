/**
 * A registry inside the test process: the OCI distribution protocol on a real socket, with every way to sign in, a log of
 * what was asked, and faults on demand. Its answers are compared with those of a real registry in test/contract.
 */
export * as faults from './faults.ts'
export { envelopeOf, pushAttached } from './push-attached.ts'
export { pushBuilt } from './push-built.ts'
export {
  type RegistryServer,
  type RegistryServerOptions,
  startRegistryServer,
} from './server.ts'
export type { ServerAuth } from './auth.ts'
export type { LoggedRequest } from './request-log.ts'
export { startSignedTokenServer } from './signed-token-server.ts'
