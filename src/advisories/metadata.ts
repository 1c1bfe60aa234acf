import { AppError } from '../core/index.ts'

/** What metadata.json says, times in milliseconds since the epoch. */
export interface DatabaseMetadata {
  readonly version: number
  readonly updatedAt: number
  readonly nextUpdate: number
}

/** The one schema that Portolan reads, as Trivy 0.44 to 0.74. */
const supportedVersion = 2

/**
 * Reads metadata.json beside a trivy.db.
 * @throws AppError `database-metadata-invalid` (invalid), `database-version-unsupported` (unsupported)
 */
export function parseMetadata(text: string): DatabaseMetadata {
  const record = parseObject(text)
  const version = record['Version']
  if (typeof version !== 'number') throw invalid('it states no schema version')
  if (version !== supportedVersion) throw unsupported(version)
  const updatedAt = time(record['UpdatedAt'])
  if (Number.isNaN(updatedAt)) throw invalid('it does not say when the data was updated')
  const nextUpdate = time(record['NextUpdate'])
  return { version, updatedAt, nextUpdate: Number.isNaN(nextUpdate) ? updatedAt : nextUpdate }
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid('it is not JSON', cause)
  }
  if (typeof value !== 'object' || value === null) throw invalid('it is not a JSON object')
  return value as Record<string, unknown>
}

function time(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : Number.NaN
}

function invalid(why: string, cause?: unknown): AppError {
  return new AppError({
    code: 'database-metadata-invalid',
    kind: 'invalid',
    publicMessage: `The metadata.json of the vulnerability database cannot be used: ${why}.`,
    remedy:
      'Fetch the database anew with "portolan db update", or import both trivy.db and its metadata.json.',
    cause,
  })
}

function unsupported(version: number): AppError {
  const isNewer = version > supportedVersion
  return new AppError({
    code: 'database-version-unsupported',
    kind: 'unsupported',
    publicMessage: `The vulnerability database has schema version ${version}; this Portolan reads version ${supportedVersion}.`,
    remedy: isNewer
      ? `Upgrade Portolan, or use a database of schema version ${supportedVersion} (tag "${supportedVersion}").`
      : `Use a newer database (tag "${supportedVersion}").`,
  })
}
