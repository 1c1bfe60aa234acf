import type { Digest, Page, PageRequest, Severity, SeverityCounts } from '../core/index.ts'
import type { VexOverlay, VexVerdict } from '../vex/index.ts'

/**
 * A row of the Findings page. Without `digest` it is a finding: repository × vulnerability × package name. With `digest` it
 * is an occurrence: one package at one path of that image's worst platform, as a scanner lists it.
 */
export interface FindingView {
  /** Opaque; stays the same as long as repository, vulnerability and package name do. */
  readonly id: string
  readonly vulnerabilityId: string
  readonly severity: Severity
  readonly title: string
  readonly ecosystem: string
  readonly packageName: string
  readonly installedVersions: readonly string[]
  /** Empty: no fix is known. */
  readonly fixedVersion: string
  readonly status: string
  readonly paths: readonly string[]
  readonly repository: { readonly id: number; readonly host: string; readonly path: string }
  readonly images: number
  readonly firstSeenAt: string | null
  /** In an image's list: the statement (VEX) by which it does not count there; else null. */
  readonly vex: VexVerdict | null
}

/** Statements of an organisation over one of its images, by the inventory of each platform; undefined: there are none. */
export type FindOverlay = (
  orgId: string,
  imageId: number,
) => Promise<ReadonlyMap<number, VexOverlay> | undefined>

/** The same of many images at once, by image; those without statements are left out. */
export type FindOverlays = (
  orgId: string,
  imageIds: readonly number[],
) => Promise<ReadonlyMap<number, ReadonlyMap<number, VexOverlay>>>

/** Which rule leaves out one of the organisation's images, as it goes on after "because"; null: it is scanned, or is to be. */
export type FindUnselected = (orgId: string, imageId: number) => Promise<string | null>

/** An image and the inventories of its platforms. */
export interface CountedImage {
  readonly imageId: number
  readonly inventoryIds: readonly number[]
}

/** What does not count by statements (VEX): by image, then by inventory; what has none is left out. */
export type SuppressedCounts = ReadonlyMap<number, ReadonlyMap<number, SeverityCounts>>

export interface OccurrenceView {
  readonly digest: Digest
  readonly tags: readonly string[]
  readonly platform: string
  readonly packageName: string
  readonly installedVersion: string
  readonly fixedVersion: string
  readonly path: string | null
  readonly layer: { readonly digest: Digest; readonly diffId: Digest; readonly ordinal: number } | null
}

export interface CvssView {
  readonly source: string
  readonly version: string
  readonly vector: string
  readonly score: number
}

export interface FindingDetailView extends FindingView {
  readonly description: string
  readonly severitySource: string
  readonly dataSource: { readonly id: string; readonly name: string; readonly url: string } | null
  readonly vendorIds: readonly string[]
  readonly cvss: readonly CvssView[]
  readonly cweIds: readonly string[]
  readonly references: readonly string[]
  readonly publishedAt: string | null
  readonly modifiedAt: string | null
  readonly occurrences: readonly OccurrenceView[]
}

export interface FindingFilters {
  readonly digest?: string | undefined
  readonly severity?: readonly Severity[] | undefined
  /** Exact package name. */
  readonly package?: string | undefined
  /** Vulnerability id. */
  readonly cve?: string | undefined
  readonly repository?: number | undefined
  readonly connection?: string | undefined
  readonly fix?: 'yes' | 'no' | undefined
}

export interface FindingQuery extends FindingFilters, PageRequest {}

export interface FindingSummaryView {
  /** Each severity with the other filters applied, without the severity filter. */
  readonly counts: SeverityCounts
  /** When the oldest vulnerability data that still counts was made; null: nothing is matched yet. */
  readonly asOf: string | null
  /** Where the list is not whole: scans waiting or failed, matches being made. */
  readonly incompleteBecause: string | null
  /** Of one image: findings that do not count there, by statements (VEX). */
  readonly suppressed: number
}

/** What is wrong in an organisation's images: derived from postings and matches, never stored. */
export interface FindingService {
  /** Worst first, then by vulnerability, repository and package. */
  list(orgId: string, query: FindingQuery): Promise<Page<FindingView>>
  summary(orgId: string, filters: FindingFilters): Promise<FindingSummaryView>
  /** Of a page of images, by a few statements of SQL however many they are. */
  suppressed(orgId: string, images: readonly CountedImage[]): Promise<SuppressedCounts>
  /** @throws AppError `finding-not-found` (not-found) */
  get(orgId: string, findingId: string): Promise<FindingDetailView>
}
