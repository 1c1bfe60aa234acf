import type { Digest, Page, PageRequest, Severity, SeverityCounts } from '../core/index.ts'
import type { Inventory } from '../inventory/index.ts'
import type { ImageContents, SbomDocument } from '../sbom/index.ts'
import type { VexOverlay } from '../vex/index.ts'

export type DocumentKind = 'sbom' | 'vex'

/** Who brought it: a person, or a scan that found it attached to the image in its registry. */
export type DocumentSource = 'upload' | 'attached'

/** How an SBOM that somebody attached to an image agrees with what was found there. Lists are cut, numbers are whole. */
export interface ComparisonView {
  readonly common: number
  /** Named by the SBOM, not found in the image. */
  readonly onlyInSbom: number
  /** Found in the image, not named by the SBOM. */
  readonly onlyInImage: number
  /** Package URLs. */
  readonly onlyInSbomPackages: readonly string[]
  readonly onlyInImagePackages: readonly string[]
}

/** A document of an organisation: uploaded, or attached to its image. It is the organisation's own, whatever it says. */
export interface DocumentView {
  readonly id: string
  readonly kind: DocumentKind
  readonly name: string
  /** `cyclonedx 1.6`, `openvex`. */
  readonly format: string
  /** Packages of an SBOM, statements of a VEX document. */
  readonly entries: number
  /** The image that it is about; always there for VEX. */
  readonly imageId: number | null
  /** '' where it is attached. */
  readonly uploadedBy: string
  readonly uploadedAt: string
  readonly source: DocumentSource
  /** Of the blob, and of the platform's manifest that it is attached to; null where it is uploaded. */
  readonly digest: Digest | null
  readonly manifestDigest: Digest | null
  /** Of an attached SBOM. */
  readonly comparison: ComparisonView | null
}

/** What a scan found attached to a platform of an image. */
export interface Attachments {
  readonly imageId: number
  readonly manifestDigest: Digest
  /** What the scan found in the platform: SBOMs are compared with it. */
  readonly inventoryId: number
  readonly documents: readonly AttachedDocument[]
  /** What was there and could not be used, in sentences. */
  readonly notes: readonly string[]
}

export type AttachedDocument = {
  readonly digest: Digest
  readonly format: string
  /** Packages of an SBOM, statements of a VEX document. */
  readonly entries: number
} & (
  | { readonly kind: 'sbom'; readonly purls: readonly string[] }
  | { readonly kind: 'vex'; readonly content: Uint8Array }
)

/** What a scan does with documents that are attached to images. */
export interface AttachedDocumentKeeper {
  /** Images of the scanned image's repository that have this platform, newest first; few. */
  imagesOf(orgId: string, imageId: number, manifestDigest: Digest): Promise<{ id: number; digest: Digest }[]>
  /** Which of these tags the image's repository has, as it was discovered: documents are attached by tags too. */
  knownTags(orgId: string, imageId: number, names: readonly string[]): Promise<ReadonlySet<string>>
  /** In place of all that was attached to this platform of the image at the scan before. */
  attach(orgId: string, attachments: Attachments): Promise<void>
  /** It could not be looked: what was known stays, and the image says why. */
  attachFailed(orgId: string, imageId: number, manifestDigest: Digest, note: string): Promise<void>
}

export interface DocumentUpload {
  readonly kind: DocumentKind
  readonly name: string
  readonly content: string
  readonly imageId?: number | undefined
}

export interface DocumentQuery extends PageRequest {
  readonly kind?: DocumentKind | undefined
  readonly image?: number | undefined
}

/** A vulnerability of a package that an SBOM names. */
export interface SbomFindingView {
  readonly vulnerabilityId: string
  readonly severity: Severity
  readonly title: string
  readonly packageName: string
  readonly installedVersion: string
  readonly fixedVersion: string
  readonly status: string
  readonly path: string | null
  readonly purl: string
}

/** What is wrong with what an SBOM names, found now, with the vulnerability data in use. */
export interface SbomFindingsView {
  readonly counts: SeverityCounts
  readonly packages: number
  readonly items: readonly SbomFindingView[]
  /** Where the list is cut, and what was left out of the document. */
  readonly notes: readonly string[]
  /** null: there is no vulnerability data yet. */
  readonly asOf: string | null
}

/** An image of the organisation as its SBOM needs it. */
export interface StoredImage {
  readonly host: string
  readonly repository: string
  readonly tag: string | undefined
  readonly digest: string
  readonly manifestDigest: string
  readonly platform: string
  readonly inventory: Inventory
}

export interface WantedSbom {
  readonly format: 'cyclonedx' | 'spdx'
  /** Of which platform, by its manifest's digest; undefined: of the one that speaks for the image. */
  readonly manifest?: Digest | undefined
}

/** What the composition root gives: how ecosystems see documents. */
export interface DocumentTools {
  /**
   * What is wrong with what an SBOM names, found with pauses for others' work and kept by the document's id, whose content never
   * changes: `read` is not called again while the vulnerability data is the same. undefined: there is none yet.
   */
  scan(id: string, read: () => SbomDocument): Promise<SbomFindingsView> | undefined
  contents(image: StoredImage): ImageContents
  /** Names of the image in VEX documents. */
  purls(
    image: Pick<StoredImage, 'host' | 'repository' | 'digest' | 'manifestDigest' | 'platform'>,
  ): readonly string[]
}

export interface DocumentService extends AttachedDocumentKeeper {
  /**
   * @throws AppError `document-image-missing` (invalid), `document-image-not-found` (not-found); those of reading the document
   */
  upload(orgId: string, by: string, upload: DocumentUpload): Promise<DocumentView>
  list(orgId: string, query: DocumentQuery): Promise<Page<DocumentView>>
  /** @throws AppError `document-not-found` (not-found), `document-attached` (conflict) */
  remove(orgId: string, id: string): Promise<void>
  /** Of an SBOM that was uploaded. @throws AppError `document-not-found` (not-found), `document-attached` (conflict) */
  findings(orgId: string, id: string): Promise<SbomFindingsView>
  /** The SBOM of a scanned platform of an image. @throws AppError `image-not-scanned` (not-found) */
  imageSbom(orgId: string, imageId: number, wanted: WantedSbom): Promise<object>
  /**
   * The statements of the organisation on some of its images, by image and the inventory of each platform; images without statements
   * are left out. What is attached to one platform holds for that one alone, and so does what names its digest.
   */
  overlays(
    orgId: string,
    imageIds: readonly number[],
  ): Promise<ReadonlyMap<number, ReadonlyMap<number, VexOverlay>>>
}
