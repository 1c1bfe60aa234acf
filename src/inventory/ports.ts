import type { Digest } from '../core/index.ts'

/** Names a kind of package database: the folder in `ecosystems/`. */
export type EcosystemId = string

/**
 * Exactly what a matcher reads of a package, and nothing else: packages with equal subjects get equal verdicts.
 * Versions stand verbatim, never re-formatted.
 */
export interface Subject {
  /**
   * Where advisories are looked up: `debian 12`, `ubuntu 18.04-ESM`, `alpine 3.18`, or an ecosystem's prefix, `npm::`. Of operating
   * systems it may be a list, one a line (a supplier's space after the distribution's).
   */
  readonly space: string
  /**
   * The name under which the space keeps its advisories: source package, origin, normalised library name; of operating systems it
   * may be a list as well.
   */
  readonly lookupKey: string
  /** Whose version order and match rule decide. */
  readonly comparer: EcosystemId
  /** The version that is compared. */
  readonly version: string
  /** Only where the matcher reads them. */
  readonly arch: string | null
  /**
   * Red Hat: which products the package comes from, as a JSON array of sorted strings, `repository/<name>` and
   * `nvr/<build>-<arch>`; the database knows their CPE names, and may change them.
   */
  readonly cpeContext: string | null
  readonly flavour: string | null
}

/** A package as people are shown it. Paths and layers stand beside it, in the set and in the attribution. */
export interface Package {
  readonly ecosystem: EcosystemId
  readonly name: string
  /** Whole version, epoch and release in the ecosystem's own spelling. */
  readonly version: string
  readonly arch: string | null
  readonly sourceName: string | null
  readonly sourceVersion: string | null
  readonly purl: string
  readonly licenses: readonly string[]
  /** null when the package is never matched; then `skipReason` says why. */
  readonly subject: Subject | null
  readonly skipReason: 'unsupported-os' | 'third-party' | 'no-version' | null
}

/** One package at its place. `path` is the file that named it; null for packages of the OS database. */
export interface PackageEntry {
  readonly package: Package
  readonly path: string | null
}

/**
 * A content-addressed list: one for the OS database, one for each layer's language files. `hash` covers the sorted
 * (package, path) pairs and no layer, so that images that differ in an unrelated layer share their sets.
 */
export interface PackageSet {
  readonly kind: 'os' | 'language'
  /** 64 hex digits. */
  readonly hash: string
  readonly entries: readonly PackageEntry[]
}

/** The operating system of an image, merged from its layers. */
export interface OperatingSystem {
  /** Trivy's family word: `debian`, `ubuntu`, `alpine`, ... */
  readonly family: string
  /** Release as the image states it: `12.4`, `22.04`, `3.18.4`. */
  readonly release: string
  /** Ubuntu Pro: extended security maintenance is attached. */
  readonly extended: boolean
  /** Who rebuilt the packages of the image, where a file says so: `rapidfort`. */
  readonly supplier?: string
  /** Day and time at which support of the release ends, RFC 3339; absent when no end is known. */
  readonly endOfLife?: string
}

/** The layer that brought an entry: index into `Inventory.layers`. */
export interface LayerAttribution {
  readonly digest: Digest
  readonly diffId: Digest
}

/** What is in one image of one platform. */
export interface Inventory {
  readonly os: OperatingSystem | null
  readonly sets: readonly PackageSet[]
  readonly layers: readonly LayerAttribution[]
  /** For set s, entry e: `attribution[s][e]` is the index of its layer. */
  readonly attribution: readonly (readonly number[])[]
  /** What could not be read and was left out, each a sentence for people: one bad file never fails an image. */
  readonly notes: readonly string[]
  /** How many packages newer data on names (`names`) may name, or name otherwise: the image is then to be merged anew, without a pull. */
  readonly unresolved: number
  /** Digest of the database of names (Java archives) that was asked; null when none was needed, or none was there. */
  readonly names: Digest | null
}

/** Names one result of one layer. */
export interface AnalyzerKey {
  readonly id: string
  readonly version: number
}

/**
 * What has been read of layers, by (diff ID, analyzer, analyzer version), and which blobs were verified to unpack to which
 * diff ID. Two implementations under one contract suite: files (shared by processes) and sql.
 * Loss costs a pull, never a result; a damaged entry reads as absent.
 */
export interface LayerStore {
  /** Stored results by analyzer id; what is missing or damaged is absent. Values are JSON. */
  get(diffId: Digest, keys: readonly AnalyzerKey[]): Promise<ReadonlyMap<string, unknown>>
  /** Keeps results; after it returns, `get` of another process finds them. Writing the same again is harmless. */
  put(
    diffId: Digest,
    results: readonly { readonly key: AnalyzerKey; readonly value: unknown }[],
  ): Promise<void>
  /** The diff ID that we saw this blob unpack to, hashing both; undefined when we never did. */
  diffIdOf(blob: Digest): Promise<Digest | undefined>
  /** Records a verified pair: only the layer reader may call this, after it hashed both. */
  verified(blob: Digest, diffId: Digest, size: number): Promise<void>
}

export interface LayerLease {
  /** Another worker had it first, and may have read the layer meanwhile: look again before reading. */
  readonly waited: boolean
  release(): Promise<void>
}

/**
 * Which known layers may be used without being pulled. An organisation that never pulled a layer must not learn what is
 * in it from a manifest that merely names it.
 */
export interface LayerAccess {
  /**
   * Claims the reading of a blob among all processes that share the store, waiting for whoever has it; absent where there is one
   * process. To be released however the reading ends.
   */
  readonly lease?: (blob: Digest, signal: AbortSignal) => Promise<LayerLease>
  /** The subset of `blobs` that may be reused. */
  reusable(blobs: readonly Digest[]): Promise<ReadonlySet<Digest>>
  /** This organisation has pulled the blob, whole and verified. */
  pulled(blob: Digest): Promise<void>
}
