/**
 * The HTTP door: routes of the contract, sign-in, live events, documentation, health, the web pages.
 * Knows the services by their ports; knows no database, no job, no plug-in.
 */
export type { ApiServices, DatabaseService, EngineService, LiveEvents } from './ports.ts'
export { type ApiOptions, createApi } from './server.ts'
