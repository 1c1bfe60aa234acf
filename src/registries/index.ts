/**
 * How to talk to a registry: the OCI distribution protocol (`distribution/`) and the port that every platform fills
 * (`providers/<id>/`, known by name to `app` only). Stateless: knows no database, no connection row, no schedule.
 */
export {
  createDistributionClient,
  type DistributionClient,
  type DistributionClientOptions,
} from './distribution/client.ts'
export type { RegistryCredentials } from './distribution/credentials.ts'
export { imageSource } from './distribution/image-source.ts'
export type * from './ports.ts'
export { mapBounded } from './bounded.ts'
export { checkConnection } from './check.ts'
export {
  optionalSecret,
  optionalText,
  parseSettings,
  requiredText,
  switchedOn,
  textLines,
} from './schema.ts'
