import { AppError } from '../core/index.ts'
import { type DatabaseKind, vulnerabilityDatabase } from './kind.ts'

/** What metadata.json says, times in milliseconds since the epoch. */
export interface DatabaseMetadata {
  readonly version: number
  readonly updatedAt: number
  readonly nextUpdate: number
}

/**
 * Reads metadata.json beside a database's file.
 * @throws AppError `database-metadata-invalid` (invalid), `database-version-unsupported` (unsupported)
 */
export function parseMetadata(text: string, kind = vulnerabilityDatabase): DatabaseMetadata {
  const invalid = (why: string): AppError => unusable(kind, why)
  const record = parseObject(text, kind)
  const version = record['Version']
  if (typeof version !== 'number') throw invalid('it states no schema version')
  if (version !== kind.schemaVersion) throw unsupported(version, kind)
  const updatedAt = time(record['UpdatedAt'])
  if (Number.isNaN(updatedAt)) throw invalid('it does not say when the data was updated')
  const nextUpdate = time(record['NextUpdate'])
  return { version, updatedAt, nextUpdate: Number.isNaN(nextUpdate) ? updatedAt : nextUpdate }
}

function parseObject(text: string, kind: DatabaseKind): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw unusable(kind, 'it is not JSON', cause)
  }
  if (typeof value !== 'object' || value === null) throw unusable(kind, 'it is not a JSON object')
  return value as Record<string, unknown>
}

function time(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : Number.NaN
}

function unusable(kind: DatabaseKind, why: string, cause?: unknown): AppError {
  return new AppError({
    code: 'database-metadata-invalid',
    kind: 'invalid',
    publicMessage: `The metadata.json of the ${kind.name} cannot be used: ${why}.`,
    remedy: `Fetch the database anew with "portolan db update", or import both ${kind.fileName} and its metadata.json.`,
    cause,
  })
}

function unsupported(version: number, { name, schemaVersion }: DatabaseKind): AppError {
  const isNewer = version > schemaVersion
  return new AppError({
    code: 'database-version-unsupported',
    kind: 'unsupported',
    publicMessage: `The ${name} has schema version ${version}; this Portolan reads version ${schemaVersion}.`,
    remedy: isNewer
      ? `Upgrade Portolan, or use a database of schema version ${schemaVersion} (tag "${schemaVersion}").`
      : `Use a newer database (tag "${schemaVersion}").`,
  })
}
