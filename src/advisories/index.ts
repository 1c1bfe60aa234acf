/**
 * Knows the vulnerability database as an artifact (Trivy's, schema 2): where it is fetched, how it is kept, opened and read; and
 * how databases of other kinds in that form are fetched and kept.
 * Must not know how a version is compared or what a finding is, nor how a registry is spoken to.
 */
export { parseDatabaseReference } from './artifact.ts'
export { corrupt } from './errors.ts'
export { databaseFolder } from './folder.ts'
export { currentDigest } from './folder.ts'
export { importDatabase, unpackDatabase } from './import.ts'
export { type DatabaseKind, vulnerabilityDatabase } from './kind.ts'
export { type Lookup, lookupsOf } from './lookups.ts'
export {
  databasePath,
  folderDigest,
  openCurrent,
  openCurrentDatabase,
  openDatabaseFolder,
  readMetadata,
} from './open.ts'
export type * from './ports.ts'
export { ADVISORY_STATUSES } from './ports.ts'
export { recogniseDatabase } from './recognise.ts'
export { loadSignature } from './signature/load.ts'
export { advisoriesPlace, detailsPlace, type Place, productsPlace } from './signature/places.ts'
export {
  decodeSignature,
  diffSignatures,
  encodeSignature,
  type Signature,
  type SignatureChanges,
} from './signature/signature.ts'
export { type DatabaseStatus, databaseStatus, describeAge, isUpdateDue } from './status.ts'
export {
  fetchDatabase,
  type FetchRequest,
  updateDatabase,
  type UpdateProgress,
  type UpdateResult,
} from './update.ts'
