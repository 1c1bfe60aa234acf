import type { Page, PageRequest, Severity, SeverityCounts } from '../core/index.ts'
import type { Inventory } from '../inventory/index.ts'
import type { ImageContents, SbomDocument } from '../sbom/index.ts'
import type { VexOverlay } from '../vex/index.ts'

export type DocumentKind = 'sbom' | 'vex'

/** A document that an organisation uploaded. It is the organisation's own, whatever it says. */
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
  readonly uploadedBy: string
  readonly uploadedAt: string
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

/** What the composition root gives: how ecosystems see documents. */
export interface DocumentTools {
  /** undefined: there is no vulnerability data yet. */
  scan(document: SbomDocument): SbomFindingsView | undefined
  contents(image: StoredImage): ImageContents
  /** Names of the image in VEX documents. */
  purls(
    image: Pick<StoredImage, 'host' | 'repository' | 'digest' | 'manifestDigest' | 'platform'>,
  ): readonly string[]
}

export interface DocumentService {
  /**
   * @throws AppError `document-image-missing` (invalid), `image-not-found` (not-found); those of reading the document
   */
  upload(orgId: string, by: string, upload: DocumentUpload): Promise<DocumentView>
  list(orgId: string, query: DocumentQuery): Promise<Page<DocumentView>>
  /** @throws AppError `document-not-found` (not-found) */
  remove(orgId: string, id: string): Promise<void>
  /** Of an SBOM. @throws AppError `document-not-found` (not-found) */
  findings(orgId: string, id: string): Promise<SbomFindingsView>
  /** The SBOM of an image, of its first scanned platform. @throws AppError `image-not-scanned` (not-found) */
  imageSbom(orgId: string, imageId: number, format: 'cyclonedx' | 'spdx'): Promise<object>
  /** The statements of the organisation on an image; undefined when there are none. */
  overlay(orgId: string, imageId: number): Promise<VexOverlay | undefined>
}
