/**
 * Knows the vulnerability database as an artifact (Trivy's, schema 2): where it is fetched, how it is kept, opened and read.
 * Must not know how a version is compared or what a finding is, nor how a registry is spoken to.
 */
export { DEFAULT_DATABASE_REFERENCES, parseDatabaseReference } from './artifact.ts'
export { importDatabase, unpackDatabase } from './import.ts'
export { openCurrentDatabase, openDatabaseFolder } from './open.ts'
export type * from './ports.ts'
export { ADVISORY_STATUSES } from './ports.ts'
export { type DatabaseStatus, databaseStatus, describeAge, isUpdateDue } from './status.ts'
export { fetchDatabase, type FetchRequest, updateDatabase, type UpdateProgress } from './update.ts'
