/** What is read of an SPDX 2 document, whichever of its notations it stands in. */
export interface SpdxDocument {
  readonly version: string
  readonly namespace: string
  readonly name: string
  readonly packages: readonly SpdxPackage[]
  /** File name by SPDX id. */
  readonly files: ReadonlyMap<string, string>
  readonly relationships: readonly SpdxRelationship[]
}

export interface SpdxPackage {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly purpose: string
  readonly purl: string
  readonly license: string
  readonly sourceInfo: string
  /** Comments of annotations, else attribution texts: where Trivy keeps its properties. */
  readonly remarks: readonly string[]
  readonly files: readonly string[]
}

export interface SpdxRelationship {
  readonly from: string
  readonly type: string
  readonly to: string
}
