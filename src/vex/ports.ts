/** OpenVEX's words; CycloneDX and CSAF are read into them. */
export type VexStatus = 'not_affected' | 'affected' | 'fixed' | 'under_investigation'

/** What a statement is about. */
export interface VexProduct {
  /** Names of the one product: package URLs, BOM-Links, references into the document's own SBOM. */
  readonly ids: readonly string[]
  /** Where the statement holds for parts of the product only: the names of each part. Empty: for all of it. */
  readonly parts: readonly (readonly string[])[]
  /** Where the statement holds for some versions of the product only: these, exactly, an epoch before them; undefined: for all. */
  readonly versions?: readonly string[]
}

/** One statement on vulnerabilities of products. */
export interface VexStatement {
  /** Ids of the one vulnerability: its name and aliases. */
  readonly vulnerabilities: readonly string[]
  readonly products: readonly VexProduct[]
  readonly status: VexStatus
  /** A word of the format, `vulnerable_code_not_in_execute_path`; or ''. */
  readonly justification: string
  /** Why, in the author's words; or ''. */
  readonly impact: string
  /** Milliseconds since the epoch; null when the document does not say. */
  readonly time: number | null
}

export interface VexDocument {
  readonly format: 'openvex' | 'cyclonedx' | 'csaf'
  /** '' when it has none. */
  readonly id: string
  readonly author: string
  /** Oldest first: of those that match, the last holds. */
  readonly statements: readonly VexStatement[]
}

/** A document and where it is from, as people are told: `vex.json`, `attached to the image`. */
export interface VexSource {
  readonly document: VexDocument
  readonly source: string
}

/** A vulnerability of a package in an image or SBOM. */
export interface VexTarget {
  readonly vulnerability: string
  readonly purl: string
  /** What the SBOM that is scanned calls the package; null for an image. */
  readonly ref: string | null
  /** The package URL that the SBOM has for it, which its ecosystem may spell otherwise. */
  readonly statedPurl?: string
}

/** What the packages are in. */
export interface VexSubject {
  /** Package URLs of the image, `pkg:oci/...`, by each of its digests. */
  readonly purls: readonly string[]
  /** The SBOM that is scanned, for BOM-Links; null for an image. */
  readonly sbom: { readonly serialNumber: string; readonly version: number } | null
}

/** The statement that takes a finding off the list. */
export interface VexVerdict {
  readonly status: 'not_affected' | 'fixed'
  readonly justification: string
  readonly impact: string
  readonly author: string
  readonly source: string
}
