import type { Digest, Page, PageRequest, Reason, SeverityCounts } from '../core/index.ts'

export const IMAGE_KINDS = ['image', 'chart', 'signature', 'attestation', 'other', 'unknown'] as const
/** What a manifest holds; `unknown` where nobody needed to look: older than what is selected. */
export type ImageKind = (typeof IMAGE_KINDS)[number]
/** Latest: the top tag of its repository by date. Pending: to be looked into, and not yet. */
export type Lifecycle = 'Latest' | 'Outdated' | 'Pending'
export type ScanStatus = 'Pending' | 'Scanning' | 'Completed' | 'Failed'

export interface RepositoryName {
  readonly id: number
  readonly host: string
  readonly path: string
}

export interface RepositoryView extends RepositoryName {
  readonly connections: readonly { readonly id: string; readonly name: string }[]
  readonly images: number
  readonly tags: number
  readonly lastSeenAt: string
}

export interface ImageView {
  readonly id: number
  readonly repository: RepositoryName
  /** The first three, newest first. */
  readonly tags: readonly string[]
  readonly tagCount: number
  readonly digest: Digest
  readonly kind: ImageKind
  readonly lifecycle: Lifecycle
  /** null is shown as "Unlinked". */
  readonly scmLink: string | null
  /** Its connections scan it by themselves. */
  readonly selected: boolean
  /** Of an image that is neither selected nor scanned nor to be: the rule that leaves it out, as it goes on after "because"; else null. */
  readonly unselectedBecause: string | null
  /** null for what is no image, and where `unselectedBecause` says why. */
  readonly scanStatus: ScanStatus | null
  readonly scanReason: Reason | null
  /** Rows of the worst platform, without what statements (VEX) say does not matter; null until the first scan is completed. */
  readonly counts: SeverityCounts | null
  /** Rows that do not count, by statements. */
  readonly suppressed: number
  readonly platforms: readonly string[]
  readonly pushedAt: string | null
  readonly sizeBytes: number | null
  readonly scannedAt: string | null
  /** Id of the engine that speaks for it. */
  readonly engine: string
}

/** What does not count by statements (VEX): by image, then by inventory; images without statements are left out. */
export type FindSuppressed = (
  orgId: string,
  images: readonly { readonly imageId: number; readonly inventoryIds: readonly number[] }[],
) => Promise<ReadonlyMap<number, ReadonlyMap<number, SeverityCounts>>>

export interface PlatformView {
  readonly platform: string
  readonly manifestDigest: Digest
  readonly sizeBytes: number | null
  readonly counts: SeverityCounts | null
  /** null: it is not among the platforms that are to be scanned, or nothing of its image is. */
  readonly scanStatus: ScanStatus | null
  readonly scanReason: Reason | null
}

export interface ImageDetailView extends ImageView {
  /** Newest first, 1,000 at most. */
  readonly allTags: readonly string[]
  readonly os: {
    readonly family: string
    readonly release: string
    /** RFC 3339; null where no end of support is known. */
    readonly endOfLife: string | null
  } | null
  readonly packages: number | null
  readonly platformDetails: readonly PlatformView[]
  readonly notes: readonly string[]
  /** Version of another engine than the built-in one, and how old the vulnerability data was that it used; null where neither is known. */
  readonly engineDetails: { readonly version: string; readonly databaseUpdatedAt: string | null } | null
}

export interface RepositoryQuery extends PageRequest {
  readonly connection?: string | undefined
  /** Part of the path. */
  readonly q?: string | undefined
}

export interface ImageQuery extends PageRequest {
  readonly connection?: string | undefined
  readonly repository?: number | undefined
  readonly digest?: string | undefined
  readonly status?: readonly ScanStatus[] | undefined
  readonly lifecycle?: readonly Lifecycle[] | undefined
  /** `image`: images and what is not known yet. */
  readonly kind: 'image' | 'all'
  /** Part of the repository's path, a tag, or the beginning of a digest. */
  readonly q?: string | undefined
}

/** Answer to "do this": the work goes on after it. */
export interface Started {
  /** false: nothing was to be done, `message` says why. */
  readonly accepted: boolean
  readonly queued: number
  readonly message: string
}

/** What is in an organisation's registries, as far as we have looked. */
export interface DiscoveryService {
  /**
   * Asks for a discovery. One that runs already is followed by another, so that a push in between is not lost.
   * @param options `complete`: everything is listed anew, also what the registry says has not changed; else that is done once a week
   * @throws AppError `connection-not-found` (not-found), `connection-disabled` (denied)
   */
  request(
    orgId: string,
    connectionId: string,
    options?: { readonly complete?: boolean | undefined },
  ): Promise<Started>
  /**
   * Asks to look at single repositories, as events name them. Hints only: names that do not exist, and any number of them, do no harm.
   * What is asked for while one discovery waits is done by that one.
   * @param names as `RegistryConnector.repositories()` names them
   * @throws AppError as `request`
   */
  requestRepositories(orgId: string, connectionId: string, names: readonly string[]): Promise<Started>
  /** By host and path. */
  listRepositories(orgId: string, query: RepositoryQuery): Promise<Page<RepositoryView>>
  /** Newest found first. */
  listImages(orgId: string, query: ImageQuery): Promise<Page<ImageView>>
  /** @throws AppError `image-not-found` (not-found) */
  getImage(orgId: string, imageId: number): Promise<ImageDetailView>
}
