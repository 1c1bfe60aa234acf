import type { Digest, Severity } from '../core/index.ts'

/** One source's statement on one package (reference: Trivy database schema 2, advisory JSON). */
export interface Advisory {
  readonly vulnerabilityId: string
  /** Bucket that it stands in: `debian 12`, `npm::GitHub Security Advisory npm`. */
  readonly bucket: string
  readonly dataSource: { readonly id: string; readonly name: string; readonly url: string } | null
  readonly vendorIds: readonly string[]
  /** Status of the pair where no fix is known: see `AdvisoryStatus`. */
  readonly status: AdvisoryStatus | null
  /** The source's own severity for this package, which wins over all others. */
  readonly severity: Severity | null
  /** OS packages: '' or absent means that no fix is known. */
  readonly fixedVersion: string
  /** First affected version (Alpine's detector honours it). */
  readonly affectedVersion: string
  readonly vulnerableVersions: readonly string[]
  readonly patchedVersions: readonly string[]
  readonly unaffectedVersions: readonly string[]
}

/** In the order of the database's integers. */
export const ADVISORY_STATUSES = [
  'unknown',
  'not_affected',
  'affected',
  'fixed',
  'under_investigation',
  'will_not_fix',
  'fix_deferred',
  'end_of_life',
] as const
export type AdvisoryStatus = (typeof ADVISORY_STATUSES)[number]

/** What the statements on a vulnerability have in common. */
export interface VulnerabilityDetails {
  readonly id: string
  readonly title: string
  readonly description: string
  /** The record's own word, used last. */
  readonly severity: Severity | null
  /** By source id: `nvd`, `ghsa`, `debian`, ... */
  readonly vendorSeverity: Readonly<Record<string, Severity>>
  readonly cvss: Readonly<Record<string, CvssScores>>
  readonly cweIds: readonly string[]
  readonly references: readonly string[]
  readonly publishedDate: string | null
  readonly lastModifiedDate: string | null
}

export interface CvssScores {
  readonly v2Vector?: string
  readonly v2Score?: number
  readonly v3Vector?: string
  readonly v3Score?: number
  readonly v40Vector?: string
  readonly v40Score?: number
}

/** An opened vulnerability database, immutable; safe to read while a newer one takes its place. */
export interface AdvisoryDatabase {
  /** Digest of the artifact's layer, or of the imported file: names the generation. */
  readonly digest: Digest
  /** Milliseconds since the epoch. */
  readonly updatedAt: number
  readonly nextUpdate: number
  /**
   * All statements on a package. `space` is a bucket's name, or ends in `::` and means every bucket that begins with it;
   * of two buckets that state the same vulnerability, the one that sorts later wins (Trivy's rule).
   * @throws AppError `database-corrupt` (invalid)
   */
  advisories(space: string, lookupKey: string): readonly Advisory[]
  details(vulnerabilityId: string): VulnerabilityDetails | undefined
  close(): void
}
