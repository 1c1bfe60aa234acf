/**
 * How to talk to a registry: the OCI distribution protocol (`distribution/`) and the port that every platform fills
 * (`providers/<id>/`, known by name to `app` only). Stateless: knows no database, no connection row, no schedule.
 */
export type * from './ports.ts'
