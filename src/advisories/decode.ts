import { isSeverity, type Severity, severityOfRank } from '../core/index.ts'
import { corrupt } from './errors.ts'
import {
  ADVISORY_STATUSES,
  type Advisory,
  type AdvisoryEntry,
  type AdvisoryStatus,
  type CvssScores,
  type DataSource,
  type VulnerabilityDetails,
} from './ports.ts'

/**
 * Records of Trivy's database, schema 2 (trivy-db pkg/types/types.go): unknown fields are ignored, and so is a field of the
 * wrong type. A zero stands for "not stated", as everywhere in Go's JSON.
 */
type Json = Readonly<Record<string, unknown>>

/** @throws AppError `database-corrupt` when the bytes are not a JSON object */
export function parseRecord(bytes: Buffer): Json {
  const value = parseJson(bytes)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw corrupt('a record in it is not a JSON object')
  }
  return value as Json
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw corrupt('a record in it is not JSON', cause)
  }
}

export function decodeAdvisory(
  vulnerabilityId: string,
  bucket: string,
  dataSource: DataSource | null,
  record: Json,
): Advisory {
  return {
    vulnerabilityId,
    bucket,
    dataSource,
    vendorIds: strings(record['VendorIDs']),
    status: statusOf(record['Status']),
    severity: rankedSeverity(record['Severity']),
    fixedVersion: string(record['FixedVersion']),
    affectedVersion: string(record['AffectedVersion']),
    vulnerableVersions: strings(record['VulnerableVersions']),
    patchedVersions: strings(record['PatchedVersions']),
    unaffectedVersions: strings(record['UnaffectedVersions']),
    arches: strings(record['Arches']),
    entries: objects(record['Entries']).map(decodeEntry),
  }
}

function decodeEntry(record: Json): AdvisoryEntry {
  return {
    fixedVersion: string(record['FixedVersion']),
    arches: strings(record['Arches']),
    vendorIds: strings(record['VendorIDs']),
    status: statusOf(record['Status']),
    severity: rankedSeverity(record['Severity']),
    affectedCpes: integers(record['Affected']),
    cves: objects(record['Cves']).map((cve) => ({
      id: string(cve['ID']),
      severity: rankedSeverity(cve['Severity']),
    })),
  }
}

export function decodeDetails(id: string, record: Json): VulnerabilityDetails {
  const severity = string(record['Severity'])
  return {
    id,
    title: string(record['Title']),
    description: string(record['Description']),
    severity: isSeverity(severity) ? severity : null,
    vendorSeverity: mapValues(record['VendorSeverity'], (value) =>
      Number.isInteger(value) ? severityOfRank(value as number) : undefined,
    ),
    cvss: mapValues(record['CVSS'], decodeScores),
    cweIds: strings(record['CweIDs']),
    references: strings(record['References']),
    publishedDate: string(record['PublishedDate']) || null,
    lastModifiedDate: string(record['LastModifiedDate']) || null,
  }
}

export function decodeDataSource(record: Json): DataSource {
  const baseId = string(record['BaseID'])
  return {
    id: string(record['ID']),
    name: string(record['Name']),
    url: string(record['URL']),
    ...(baseId === '' ? {} : { baseId }),
  }
}

/** A value of the bucket `Red Hat CPE`: a bare list of numbers. */
export function decodeCpes(bytes: Buffer): readonly number[] {
  return integers(parseJson(bytes))
}

const scoreFields = [
  ['v2Vector', 'V2Vector', 'string'],
  ['v2Score', 'V2Score', 'number'],
  ['v3Vector', 'V3Vector', 'string'],
  ['v3Score', 'V3Score', 'number'],
  ['v40Vector', 'V40Vector', 'string'],
  ['v40Score', 'V40Score', 'number'],
] as const

function decodeScores(value: unknown): CvssScores | undefined {
  if (!isObject(value)) return undefined
  const known = scoreFields.filter(([, field, type]) => typeof value[field] === type && value[field] !== '')
  return Object.fromEntries(known.map(([name, field]) => [name, value[field]])) as CvssScores
}

function mapValues<T>(value: unknown, decode: (value: unknown) => T | undefined): Record<string, T> {
  if (!isObject(value)) return {}
  const entries = Object.entries(value).map(([name, inner]) => [name, decode(inner)] as const)
  return Object.fromEntries(entries.filter((entry): entry is [string, T] => entry[1] !== undefined))
}

function rankedSeverity(value: unknown): Severity | null {
  const severity = severityOfRank(integer(value))
  return severity === 'UNKNOWN' ? null : severity
}

function statusOf(value: unknown): AdvisoryStatus | null {
  const status = integer(value)
  return status === 0 ? null : (ADVISORY_STATUSES[status] ?? null)
}

function objects(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function integers(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.filter((item): item is number => Number.isInteger(item)) : []
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function integer(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : 0
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}
