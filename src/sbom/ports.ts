/** The operating system that a document names: Trivy's family word and the release. */
export interface SbomOs {
  readonly family: string
  readonly release: string
}

/** The image, or whatever else the document is about. */
export interface SbomSubject {
  readonly name: string
  /** `pkg:oci/name@sha256:...?repository_url=...`, or null. */
  readonly purl: string | null
  /** Digests that name the image: of its manifest or index, and of its config. */
  readonly digests: readonly string[]
}

/** A source package, its version in the parts that the OS's package database has. */
export interface SbomSource {
  readonly name: string
  readonly epoch: number
  readonly version: string
  /** '' when there is none. */
  readonly release: string
}

/** A name and value that stand beside a component. Trivy's stand without their prefix: `LayerDiffID`. */
export interface SbomProperty {
  readonly name: string
  readonly value: string
}

/** A package of a document: neutral between formats. */
export interface SbomPackage {
  /** What the document calls it: a `bom-ref` or an SPDX id. */
  readonly ref: string
  /** As written; it parses. */
  readonly purl: string
  /** As the document spells it, group and name joined: purls lose case. */
  readonly name: string
  /** As the document spells it; the purl's is what packages are made of. */
  readonly version: string
  /** Trivy's word for the kind of list: `node-pkg`, `debian`; null when the document does not say. */
  readonly type: string | null
  readonly licenses: readonly string[]
  /** The file that named it in the image, or null. */
  readonly path: string | null
  readonly layer: { readonly digest: string | null; readonly diffId: string | null } | null
  readonly source: SbomSource | null
  /** What else is said of it, in order. */
  readonly properties: readonly SbomProperty[]
}

/** What a software bill of materials says. */
export interface SbomDocument {
  readonly format: 'cyclonedx' | 'spdx'
  readonly specVersion: string
  /** CycloneDX: `urn:uuid:...`; SPDX: the namespace. null when the document has none. */
  readonly id: string | null
  /** CycloneDX: how often the document was changed, from 1; SPDX: 1. */
  readonly version: number
  readonly subject: SbomSubject | null
  readonly os: SbomOs | null
  /** Properties of the operating system's component. */
  readonly osProperties: readonly SbomProperty[]
  readonly packages: readonly SbomPackage[]
  /** What was left out, in sentences. */
  readonly notes: readonly string[]
}

/** What the document of an image is made of. */
export interface ImageContents {
  readonly subject: SbomSubject
  /** Labels of the image's config and other facts on it, as properties. */
  readonly properties: readonly SbomProperty[]
  readonly os: SbomOs | null
  readonly osProperties: readonly SbomProperty[]
  readonly packages: readonly ImagePackage[]
}

/** A package to be written; its ref follows from purl and path. */
export type ImagePackage = Omit<SbomPackage, 'ref' | 'type'> & {
  readonly scope: 'os' | 'language'
  readonly type: string
}

/** What makes one document differ from another of the same image. */
export interface DocumentStamp {
  /** A UUID. */
  readonly serial: string
  /** Milliseconds since the epoch. */
  readonly time: number
  /** Of Portolan. */
  readonly tool: string
}
