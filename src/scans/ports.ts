import type { AppError, Page, PageRequest, Reason } from '../core/index.ts'

export const SCAN_STATES = ['pending', 'scanning', 'completed', 'failed', 'cancelled'] as const
export type ScanState = (typeof SCAN_STATES)[number]

export interface ScanView {
  readonly id: string
  readonly imageId: number
  /** `host/path` */
  readonly repository: string
  /** Of the platform's manifest. */
  readonly digest: string
  /** Which engine scans. */
  readonly engine: string
  readonly state: ScanState
  readonly attempt: number
  readonly reason: Reason | null
  readonly requestedAt: string
  readonly finishedAt: string | null
}

export interface ScanQuery extends PageRequest {
  readonly connection?: string | undefined
  readonly state?: ScanState | undefined
}

/** Answer to "do this": the work goes on after it. */
export interface ScansStarted {
  /** false: nothing was to be done, `message` says why. */
  readonly accepted: boolean
  readonly queued: number
  readonly message: string
}

/** What people do with scans. */
export interface ScanService {
  /**
   * Scan Images: every selected image of the connection that has no completed scan, failed ones included.
   * Ones that wait already move to the front.
   */
  requestConnection(orgId: string, connectionId: string): Promise<ScansStarted>
  /** Scans an image again, whatever its state. @throws AppError `image-not-found` (not-found) */
  requestImage(orgId: string, imageId: number): Promise<ScansStarted>
  /** @throws AppError `scan-not-found` (not-found); `scan-not-failed` (conflict) */
  retry(orgId: string, scanId: string): Promise<ScansStarted>
  /** Newest first. */
  list(orgId: string, query: ScanQuery): Promise<Page<ScanView>>
}

/** A scan that this worker holds until `leaseUntil`; another takes it over when no heartbeat comes. */
export interface ClaimedScan {
  readonly id: string
  readonly orgId: string
  readonly connectionId: string
  readonly imageId: number
  readonly host: string
  /** Path of the repository to pull from. */
  readonly repository: string
  /** The platform's manifest. */
  readonly manifestDigest: string
  readonly platform: string
  /** 1 for the first. */
  readonly attempt: number
  readonly engine: string
  /** Asked for by a person. */
  readonly userPriority: boolean
  readonly worker: string
}

/** What a scan found: an inventory, and what only reading the manifest told. */
export interface ScanResult {
  readonly inventoryId: number
  /** Compressed bytes; null when not known. */
  readonly sizeBytes: number | null
  /** `linux/amd64`; null when not known. */
  readonly platform: string | null
}

/** What workers do with scans. Every method but `claim` is a no-op, and says so, when the worker lost its claim. */
export interface ScanQueue {
  /** People's work first, then fair between organisations; at most `limit`. */
  claim(worker: string, limit: number): Promise<readonly ClaimedScan[]>
  /** @returns false when the claim is lost: stop. */
  heartbeat(scan: ClaimedScan): Promise<boolean>
  /** Links the inventory to every image of the organisation that has this manifest. */
  complete(scan: ClaimedScan, result: ScanResult): Promise<boolean>
  /** Retries are decided by the error's kind alone. @returns what became of it */
  fail(scan: ClaimedScan, error: AppError): Promise<'retry' | 'failed' | 'lost'>
  /**
   * The connection is gone or disabled: its scan and all that wait for it are cancelled. A discovery by a connection that reaches the
   * same images queues them again.
   */
  cancel(scan: ClaimedScan): Promise<boolean>
  /** Hands work back unharmed: at shutdown. */
  release(scan: ClaimedScan): Promise<boolean>
  /**
   * Scans whose worker has gone wait again.
   * @param everyone all of them, whatever their lease: for the start of the only process
   * @returns how many
   */
  expireLeases(everyone?: 'everyone'): Promise<number>
}
