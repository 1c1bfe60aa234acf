import type { PackageUrl } from '../core/index.ts'
import type { OperatingSystem } from '../inventory/index.ts'

/** A package as a document (an SBOM) states it. */
export interface StatedPackage {
  readonly purl: PackageUrl
  /** As the document spells it, whole: purls lose case. */
  readonly name: string
  readonly licenses: readonly string[]
  /** The file that named it, or null. */
  readonly path: string | null
  readonly layer: { readonly digest: string | null; readonly diffId: string | null } | null
  readonly source: {
    readonly name: string
    readonly epoch: number
    readonly version: string
    readonly release: string
  } | null
  /** What else is said of it, by name. */
  readonly properties: ReadonlyMap<string, readonly string[]>
}

/** What a document states of an image. */
export interface StatedContents {
  readonly os: OperatingSystem | null
  /** Alpine: as in `ImageContext`. */
  readonly repository: { readonly family: string; readonly release: string } | null
  readonly packages: readonly StatedPackage[]
  readonly notes: readonly string[]
}
