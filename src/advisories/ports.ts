import type { Digest, Severity } from '../core/index.ts'

/** One source's statement on one package (reference: Trivy database schema 2, advisory JSON). */
export interface Advisory {
  readonly vulnerabilityId: string
  /** Bucket that it stands in: `debian 12`, `npm::GitHub Security Advisory npm`. */
  readonly bucket: string
  readonly dataSource: DataSource | null
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
  /** Architectures that it holds for; empty: all. */
  readonly arches: readonly string[]
  /** Several statements under one id (Red Hat, Rocky, Oracle): an ecosystem's `select` makes advisories of them. */
  readonly entries: readonly AdvisoryEntry[]
}

export interface DataSource {
  readonly id: string
  readonly name: string
  readonly url: string
  /** Suppliers: the source that theirs builds on, whose severities hold. */
  readonly baseId?: string
}

/** One of several statements under one id. */
export interface AdvisoryEntry {
  /** '' when no fix is known. */
  readonly fixedVersion: string
  readonly arches: readonly string[]
  readonly vendorIds: readonly string[]
  readonly status: AdvisoryStatus | null
  readonly severity: Severity | null
  /** Red Hat: numbers of the products (CPE names) that it holds for; see `AdvisoryDatabase.cpes`. */
  readonly affectedCpes: readonly number[]
  /** Red Hat: what it is about; `id` is '' where the entry stands under the CVE itself. */
  readonly cves: readonly { readonly id: string; readonly severity: Severity | null }[]
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

export type CpeKind = 'repository' | 'nvr'

/** An opened vulnerability database, immutable; safe to read while a newer one takes its place. */
export interface AdvisoryDatabase {
  /** Digest of the artifact's layer, or of the imported file: names the generation. */
  readonly digest: Digest
  /** With trivy.db and metadata.json; absent for one that has no files. */
  readonly folder?: string
  /** Milliseconds since the epoch. */
  readonly updatedAt: number
  readonly nextUpdate: number
  /**
   * All statements on a package. `space` is a bucket's name, or ends in `::` and means every bucket that begins with it;
   * of two buckets that state the same vulnerability, the one that sorts later wins (Trivy's rule). Both arguments may be
   * lists, see `lookupsOf`; then what stands later in a list wins.
   * @throws AppError `database-corrupt` (invalid)
   */
  advisories(space: string, lookupKey: string): readonly Advisory[]
  details(vulnerabilityId: string): VulnerabilityDetails | undefined
  /**
   * Red Hat's products, by number, that a package repository (`rhel-8-for-x86_64-baseos-rpms`) or an image's build
   * (`ubi8-container-8.7-1-x86_64`) belongs to; none when it is unknown.
   */
  cpes(kind: CpeKind, name: string): readonly number[]
  close(): void
}
