import type { ImageScan, ScannedFinding, ScannedGroup } from '../../app/engine.ts'
import type { ImageReference, Severity } from '../../core/index.ts'

/** What a format writes about one image. */
export interface Report {
  /** The image as the user named it. */
  readonly name: string
  readonly scan: ImageScan
  /** What is shown after filtering; the scan's own groups stay whole. */
  readonly groups: readonly ScannedGroup[]
  /** The image's config as it is, verified, where a format repeats it. */
  readonly config?: unknown
  /** undefined for a local file. */
  readonly remote: ImageReference | undefined
  /** `updated 5 hours ago` */
  readonly databaseAge: string
  /** Digest of the vulnerability database; reads the whole of one that has no name. */
  readonly databaseDigest: () => string
  readonly version: string
}

export interface FindingFilter {
  readonly severities: ReadonlySet<Severity>
  readonly ignoreUnfixed: boolean
}

/** The groups with only the findings that the user asked for. */
export function filterFindings(groups: readonly ScannedGroup[], filter: FindingFilter): ScannedGroup[] {
  const shows = ({ match }: ScannedFinding): boolean =>
    filter.severities.has(match.severity) && !(filter.ignoreUnfixed && match.fixedVersion === '')
  return groups.map((group) => ({ ...group, findings: group.findings.filter(shows) }))
}

export function countFindings(groups: readonly ScannedGroup[]): number {
  return groups.reduce((sum, group) => sum + group.findings.length, 0)
}
