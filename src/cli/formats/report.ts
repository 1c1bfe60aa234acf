import type {
  ImageScan,
  InventoryScan,
  ScannedFinding,
  ScannedGroup,
  SuppressedFinding,
} from '../../app/engine.ts'
import type { ImageReference, Severity } from '../../core/index.ts'
import type { ContentsComparison, SbomDocument } from '../../sbom/index.ts'

/** What a format writes about one image, or about what an SBOM names. */
export interface Report {
  /** The image or file as the user named it. */
  readonly name: string
  readonly scan: InventoryScan
  /** null for an SBOM. */
  readonly image: Pick<ImageScan, 'digest' | 'image'> | null
  /** The SBOM that was read; null for an image. */
  readonly sbom: Pick<SbomDocument, 'format' | 'specVersion' | 'id'> | null
  /** What statements (VEX) take off the list. */
  readonly suppressed: readonly SuppressedFinding[]
  /** Whether formats that need not are to show it. */
  readonly showSuppressed: boolean
  /** How an SBOM agrees with the image, where that was asked. */
  readonly comparisons: readonly SbomComparison[]
  /** What is shown after filtering; the scan's own groups stay whole. */
  readonly groups: readonly ScannedGroup[]
  /** The image's config as it is, verified, where a format repeats it. */
  readonly config?: unknown
  /** undefined for a local file. */
  readonly remote: ImageReference | undefined
  /** `updated 5 hours ago` */
  readonly databaseAge: string
  /** Support of the operating system's release has ended. */
  readonly eosl: boolean
  /** Digest of the vulnerability database, null where it is not ours; reads the whole of one that has no name. */
  readonly databaseDigest: () => string | null
  readonly version: string
}

/** An SBOM of the image, compared with what was found in it. */
export interface SbomComparison extends ContentsComparison {
  /** A file's name; `-` for standard input; `oci` for what is attached to the image. */
  readonly source: string
}

export interface FindingFilter {
  readonly severities: ReadonlySet<Severity>
  readonly ignoreUnfixed: boolean
}

/** The groups with only the findings that the user asked for. */
export function filterFindings(groups: readonly ScannedGroup[], filter: FindingFilter): ScannedGroup[] {
  return groups.map((group) => ({
    ...group,
    findings: group.findings.filter((finding) => isWanted(finding, filter)),
  }))
}

export function isWanted({ match }: ScannedFinding, { severities, ignoreUnfixed }: FindingFilter): boolean {
  return severities.has(match.severity) && !(ignoreUnfixed && match.fixedVersion === '')
}

export function countFindings(groups: readonly ScannedGroup[]): number {
  return groups.reduce((sum, group) => sum + group.findings.length, 0)
}
