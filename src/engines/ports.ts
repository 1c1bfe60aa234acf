import type { VulnerabilityDetails } from '../advisories/index.ts'
import type { ImageSource, PlatformImage } from '../images/index.ts'
import type { Inventory, OperatingSystem, Package } from '../inventory/index.ts'
import type { Match } from '../matching/index.ts'

/** What an engine says of itself. */
export interface EngineFacts {
  readonly version: string
  /** When the vulnerability data that it uses was made, milliseconds since the epoch; null where it does not say. */
  readonly databaseUpdatedAt: number | null
}

/** One verdict of another engine, with what it says of the vulnerability itself. */
export interface Verdict {
  readonly match: Match
  readonly details: VulnerabilityDetails | null
}

export interface EngineScanRequest {
  readonly source: ImageSource
  readonly image: PlatformImage
  /**
   * Whose content the result is: an organisation's id, '' on the command line. It is part of every subject, so that no two owners ever
   * share a row.
   */
  readonly owner: string
  readonly signal?: AbortSignal
}

/** What an engine found in one image of one platform. */
export interface EngineScan {
  readonly inventory: Inventory
  /** By subject key; a subject is not in it when nothing is wrong with it. */
  readonly verdicts: ReadonlyMap<string, readonly Verdict[]>
  readonly facts: EngineFacts
}

/**
 * Another scanner, whole: image → packages and verdicts in one run. A program that does both in one go fits neither `Indexer` nor
 * `Matcher` (docs/adr/0006). What it says never takes the place of a built-in match, and is never matched again.
 */
export interface ImageEngine {
  /** Part of a scan's key. */
  readonly id: string
  readonly label: string
  /** Looks for the engine and asks it. @throws AppError that says how to get it, when it is not there */
  facts(signal?: AbortSignal): Promise<EngineFacts>
  /** @throws AppError of the source and of the engine */
  scan(request: EngineScanRequest): Promise<EngineScan>
}

/** A package in the words of another scanner. */
export interface ForeignPackage {
  readonly kind: 'os' | 'language'
  /** Family of the operating system, or type of the language's packages: `debian`, `node-pkg`. */
  readonly type: string
  readonly name: string
  readonly epoch: number
  readonly version: string
  readonly release: string
  readonly arch: string
  readonly sourceName: string
  readonly sourceEpoch: number
  readonly sourceVersion: string
  readonly sourceRelease: string
  readonly licenses: readonly string[]
  /** '' where the scanner gives none. */
  readonly purl: string
  /** The file that named it; null for packages of the OS. */
  readonly path: string | null
}

/** A package as our own ecosystems would show it, so that it has the same name in lists and decisions whoever found it. */
export type DescribePackage = (
  foreign: ForeignPackage,
  os: OperatingSystem | null,
) => Omit<Package, 'subject' | 'skipReason'>
