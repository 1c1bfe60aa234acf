import type { Digest } from '../core/index.ts'
import type { ByteRange, FileParts, ImageSource, LayerReference } from '../images/index.ts'
import type { EcosystemId, Inventory, LayerAccess, OperatingSystem, Package } from '../inventory/index.ts'
import type { StatedPackage } from './stated-package.ts'
import type { BuildInfo, LayerFact, PackageFact, UnnamedPackage } from './facts.ts'

export type * from './facts.ts'

/**
 * What a layer's tar says of a regular file before its body. `path` is clean: no leading `/` or `./`, nothing doubled; `..` stands
 * only in front, in a name that leads out of the image (kept as Trivy keeps it: it equals no well-known path).
 */
export interface FileHeader {
  readonly path: string
  readonly size: number
  readonly mode: number
}

/** What kinds of files a layer has: kept with its results, so that a new analyzer need not read every layer again. */
export interface LayerFeatures {
  /** Of regular files, lower case, without the dot. */
  readonly extensions: readonly string[]
  /** Names of files in the layer, of those in which package managers keep their lists (features.ts). */
  readonly names: readonly string[]
  /** Some file begins with the magic number of ELF, PE, Mach-O or WebAssembly. */
  readonly executables: boolean
}

/**
 * Reads one kind of file. Its results are kept by (diff ID, id, version): raise `version` with any change of what it gives.
 * Nothing that it returns may depend on other layers.
 */
export interface Analyzer {
  readonly id: string
  readonly version: number
  /** Larger files are noted and left out. Bytes; with `partial`, of the ranges that it asks for. */
  readonly maxSize: number
  /** Called for each regular file of a layer (links are none, hard ones neither): cheap, by the path alone where possible. */
  wants(file: FileHeader): boolean
  /**
   * Whether a layer with these features can have a file that is wanted: false saves reading it for this analyzer. Without it every
   * layer that was read before the analyzer was there is read again.
   */
  concerns?(features: LayerFeatures): boolean
  /**
   * Facts of one file. A throw is noted ("could not read <path>: ...") and the rest of the layer goes on.
   * @param content the whole file; valid during the call only
   */
  read(path: string, content: Uint8Array): readonly LayerFact[]
  /**
   * After the layer's last file, all that this analyzer found in it: for files whose meaning depends on one beside them in the
   * same layer (Cargo.lock and Cargo.toml), as Trivy's post-analyzers see them. What it returns takes the place of `facts`. A throw
   * is noted of each file that it found something in, and the other analyzers go on.
   */
  finish?(facts: readonly LayerFact[]): readonly LayerFact[]
  /** In place of whole files, where they may be large and only parts of them matter. */
  readonly partial?: PartialReading
}

/** Reads parts of a file without holding the rest; bodies of files that turn out not to be wanted go by untouched. */
export interface PartialReading {
  /**
   * What is needed besides the first bytes; none: the file is not wanted after all, its facts are none.
   * @param first 16 KiB, or the whole of a smaller file
   * @param size of the whole file
   */
  ranges(first: Uint8Array, size: number): readonly ByteRange[]
  /** As `read`; the same file gives the same facts. */
  read(path: string, file: FileParts): readonly LayerFact[]
}

/** What a package's identity may depend on besides itself. */
export interface ImageContext {
  readonly os: OperatingSystem | null
  /** Alpine: release of the last etc/apk/repositories. */
  readonly repository: { readonly family: string; readonly release: string } | null
  /** Red Hat: of the layer that the package came with, see merge-build-info.ts. */
  readonly buildInfo: BuildInfo | null
}

/** An operating system family: how its packages are looked up. It speaks for ALL OS packages of an image (Trivy's rule). */
export interface Distribution {
  readonly family: string
  /**
   * The package's subject in this OS, or why it has none; and its purl where it replaces the ecosystem's own (a package
   * database copied into an image of another family: Trivy names its packages by the family).
   */
  subject(
    fact: PackageFact,
    context: ImageContext,
  ): Pick<Package, 'subject' | 'skipReason'> & { readonly purl?: string }
  /**
   * The distribution that speaks in its place in an image with these OS packages: a supplier's, which rebuilds packages and states
   * what affects them. Absent or undefined: itself.
   */
  inPlace?(packages: readonly PackageFact[], os: OperatingSystem): Distribution | undefined
  /** Until when the release is supported, RFC 3339; undefined when no end is known. */
  endOfLife?(os: OperatingSystem): string | undefined
}

/** Names of published packages by what is known of their files: data that changes, so names are given anew with newer data. */
export interface NameDatabase {
  /** Names the generation. */
  readonly digest: Digest
  /** @param sha1 40 hex digits */
  bySha1(
    sha1: string,
  ): { readonly group: string; readonly artifact: string; readonly version: string } | undefined
  exists(group: string, artifact: string): boolean
  /** The group that published most versions of an artifact, among those that published this one. */
  groupOf(artifact: string, version: string): string | undefined
}

/** How packages get the names that their files do not say for sure. */
export interface Naming {
  /**
   * @param names null where there is no database of names
   * @returns undefined when there is no telling; `certain` unless newer data may well say otherwise
   */
  name(
    unnamed: UnnamedPackage,
    names: NameDatabase | null,
  ): { readonly package: PackageFact; readonly certain: boolean } | undefined
  /** Of packages of one file, named by it or by `name`: those that count. */
  unique(packages: readonly PackageFact[]): readonly PackageFact[]
  /** A sentence on so many packages that stay nameless for want of a database. */
  missing(count: number): string
}

/** What an ecosystem gives to indexing. */
export interface IndexingPlugin {
  readonly id: EcosystemId
  readonly analyzers: readonly Analyzer[]
  /** OS families that this ecosystem knows; empty for languages. */
  readonly distributions: readonly Distribution[]
  /** The package as shown, without subject: name, version spelled out, purl (purl-spec, with distro for OS packages). */
  describe(fact: PackageFact, context: ImageContext): Omit<Package, 'subject' | 'skipReason'>
  /** Language ecosystems: the package's subject. */
  subject?(fact: PackageFact): Pick<Package, 'subject' | 'skipReason'>
  /**
   * Language ecosystems: what reports call their packages, in Trivy's words: `node-pkg`, `Node.js`. Where one file lists many
   * packages (a lock file, a Go binary), the file is the target: a function of its path.
   */
  readonly report?: ReportTarget | ((path: string) => ReportTarget)
  /** Ecosystems with packages that do not say their name. */
  readonly naming?: Naming
  /** Types of package URLs that name its packages in documents (SBOMs): `deb`. */
  readonly purlTypes?: readonly string[]
  /** Completes what a document states of a package, where name, version and source are not all: see stated.ts. */
  fromStated?(fact: PackageFact, stated: StatedPackage): PackageFact
  /** OS ecosystems that take versions apart: the parts as Trivy's report lists them; absent: a version stays whole. */
  versionParts?(version: string): VersionParts | undefined
}

/** Type and target of a group in Trivy's report (pkg/types/report.go). */
export interface ReportTarget {
  readonly type: string
  readonly target: string
}

export interface VersionParts {
  readonly epoch: number
  readonly upstream: string
  /** '' when there is none. */
  readonly revision: string
}

export interface IndexProgress {
  readonly layersDone: number
  readonly layersTotal: number
  /** Compressed bytes read now, and to read. */
  readonly bytesDone: number
  readonly bytesTotal: number
}

export interface IndexRequest {
  readonly source: ImageSource
  readonly layers: readonly LayerReference[]
  /** Requests with the same object are one trust domain: what one of them is just reading, the others wait for. */
  readonly access: LayerAccess
  /** Read all layers anew, whatever is stored. */
  readonly fresh?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: IndexProgress) => void
}

/** Image → inventory. The built-in one reads only layers that are not stored. */
export interface Indexer {
  /** Changes when any analyzer changes: part of an inventory's key. */
  readonly key: string
  /**
   * @throws AppError `config-diff-id-mismatch` (invalid) when the config lies about a layer; `layer-*` (invalid) for hostile or broken
   *   layers, with the layer's digest; those of the source
   */
  index(request: IndexRequest): Promise<Inventory>
}
