import { connectionDisabled, connectionNotFound } from '../connections/index.ts'
import {
  AppError,
  BUILT_IN_ENGINE,
  COUNT_LIMIT,
  type Clock,
  decodeCursor,
  digestFromHex,
  digestOfBytes,
  newId,
  NO_COUNTS,
  pageOf,
  type Reason,
  severityOfRank,
  SEVERITIES,
  type Severity,
  type SeverityCounts,
  totalText,
} from '../core/index.ts'
import { type Database, inTransaction } from '../platform/db/index.ts'
import {
  type ContentRow,
  contentOf,
  countImages,
  countRepositoryList,
  findImage,
  type ImageRow,
  listImages,
  listRepositories,
  type PlatformRow,
  tagNames,
} from './lists/store.ts'
import type {
  DiscoveryService,
  FindSuppressed,
  ImageDetailView,
  ImageView,
  PlatformView,
  ScanStatus,
  Started,
} from './ports.ts'
import { connectionState, requestRun } from './runs/store.ts'
import { leftOutBecause, toSelection } from './selection.ts'
import { EVERYTHING, type Wish, wishFor } from './wish.ts'

const SHOWN_TAGS = 1_000

export interface DiscoveryServiceOptions {
  readonly db: Database
  readonly clock: Clock
  /** What does not count in a page of images, by statements on them; without it everything counts. */
  readonly findSuppressed?: FindSuppressed
  /** Called after a discovery was asked for: wakes workers. */
  readonly wake?: () => void
}

export function createDiscoveryService(options: DiscoveryServiceOptions): DiscoveryService {
  const page = options.db.lane('page')
  return {
    request: (orgId, connectionId, { complete = false } = {}) =>
      request(options, orgId, connectionId, { ...EVERYTHING, complete }),
    requestRepositories: (orgId, connectionId, names) =>
      request(options, orgId, connectionId, wishFor(names)),
    async listRepositories(orgId, query) {
      const after = decodeCursor(query.cursor, ['string', 'string'])
      const rows = await listRepositories(page, orgId, query, after)
      const items = rows.map(({ last_seen_at, ...row }) => ({
        ...row,
        lastSeenAt: last_seen_at.toISOString(),
      }))
      const total = await countRepositoryList(page, orgId, query, COUNT_LIMIT + 1)
      return pageOf(items, query.limit, (row) => [row.host, row.path], totalText(total))
    },
    async listImages(orgId, query) {
      const before = decodeCursor(query.cursor, ['number'])?.[0]
      const rows = await listImages(page, orgId, query, before)
      const laid = await layStatements(options, orgId, rows)
      const total = await countImages(page, orgId, query, COUNT_LIMIT + 1)
      return pageOf(laid.map(toView), query.limit, (row) => [row.id], totalText(total))
    },
    async getImage(orgId, imageId) {
      const found = await findImage(page, orgId, imageId)
      if (found === undefined) throw imageNotFound()
      const [row = found] = await layStatements(options, orgId, [found])
      return detail(options.db, orgId, row)
    },
  }
}

async function request(
  { db, clock, wake }: DiscoveryServiceOptions,
  orgId: string,
  connectionId: string,
  wish: Wish,
): Promise<Started> {
  const connection = await connectionState(db.lane('page'), orgId, connectionId)
  if (connection === undefined) throw connectionNotFound()
  if (!connection.enabled) throw connectionDisabled()
  const now = new Date(clock.now())
  const run = { id: newId(clock.now()), orgId, connectionId, now, wish, notBefore: null }
  const inserted = await inTransaction(db, 'page', (tx) => requestRun(tx, run, wish.all))
  wake?.()
  return inserted
    ? { accepted: true, queued: 1, message: 'The discovery begins.' }
    : { accepted: false, queued: 0, message: 'A discovery of this connection waits already.' }
}

/** Tells each platform what does not count there. */
async function layStatements(
  { findSuppressed }: DiscoveryServiceOptions,
  orgId: string,
  rows: readonly ImageRow[],
): Promise<readonly ImageRow[]> {
  if (findSuppressed === undefined) return rows
  const images = rows.map(({ id, platforms }) => ({
    imageId: id,
    inventoryIds: platforms.flatMap((each) => (each.inventory_id === null ? [] : [each.inventory_id])),
  }))
  const found = await findSuppressed(orgId, images)
  return rows.map((row) => {
    const byInventory = found.get(row.id)
    if (byInventory === undefined) return row
    const platforms = row.platforms.map((each) => ({
      ...each,
      suppressed: byInventory.get(each.inventory_id ?? -1) ?? NO_COUNTS,
    }))
    return { ...row, platforms }
  })
}

async function detail(db: Database, orgId: string, row: ImageRow): Promise<ImageDetailView> {
  const page = db.lane('page')
  const shown =
    worst(row.platforms) ??
    row.platforms.find((platform) => platform.wanted && platform.inventory_id !== null)
  const content =
    shown === undefined || shown.inventory_id === null
      ? undefined
      : await contentOf(page, orgId, row.id, shown.inventory_id)
  return {
    ...toView(row),
    allTags: await tagNames(page, orgId, row.id, SHOWN_TAGS),
    os: content?.os ? shownOs(content.os) : null,
    packages: content?.packages ?? null,
    platformDetails: row.platforms.map((each) => toPlatform(each, row.selected)),
    notes: [...(content?.notes ?? []), ...new Set(row.platforms.flatMap((each) => each.attached_notes))],
    engineDetails: content?.engine ?? null,
  }
}

function shownOs({ family, release, endOfLife }: NonNullable<ContentRow['os']>): ImageDetailView['os'] {
  return { family, release, endOfLife: endOfLife ?? null }
}

function toView(row: ImageRow): ImageView {
  const isImage = row.kind === 'image' || row.kind === 'unknown'
  const platform = worst(row.platforms)
  const status = isImage ? statusOf(row) : null
  return {
    id: row.id,
    repository: { id: row.repository_id, host: row.host, path: row.path },
    tags: row.tags,
    tagCount: row.tag_count,
    digest: digestOfBytes(row.digest),
    kind: row.kind,
    lifecycle: row.lifecycle,
    scmLink: null,
    selected: row.selected,
    unselectedBecause: isImage && status === null ? unselectedBecause(row) : null,
    scanStatus: status,
    scanReason: status === null || status === 'Completed' ? null : reasonOf(row.platforms),
    counts: platform === undefined ? null : countedOf(platform),
    suppressed: platform?.suppressed === undefined ? 0 : sumOf(platform.suppressed),
    platforms: row.platforms.map((each) => each.platform).filter((each) => each !== ''),
    pushedAt: row.pushed_at?.toISOString() ?? null,
    sizeBytes: row.size,
    scannedAt: row.scanned_at?.toISOString() ?? null,
    engine: spokenBy(row),
  }
}

/** null: it is not selected, and nobody wants it scanned all the same. */
function statusOf({ scan_status: status, selected, platforms }: ImageRow): ScanStatus | null {
  if (status !== null && status !== 'Pending') return status
  const waits = platforms.some(({ wanted, state }) => wanted && (state === 'pending' || state === 'scanning'))
  return selected || waits ? 'Pending' : null
}

function unselectedBecause({ path, selections, is_decided }: ImageRow): string {
  if (!is_decided) return 'the tags of its repository are still being sorted'
  return leftOutBecause(path, (selections ?? []).map(toSelection))
}

/** Who made what is shown; who is to make it, while nothing is. */
function spokenBy({ platforms, engine }: ImageRow): string {
  const source = (worst(platforms) ?? platforms.find((each) => each.wanted && each.source !== null))?.source
  if (source === undefined || source === null) return engine
  return source === 'indexed' ? BUILT_IN_ENGINE : source
}

/** Of the platform that failed, else of one that is tried again. */
function reasonOf(platforms: readonly PlatformRow[]): Reason | null {
  const because = (state: string): Reason | null | undefined =>
    platforms.find((each) => each.wanted && each.state === state && each.reason !== null)?.reason
  return because('failed') ?? because('pending') ?? null
}

const platformStatus = {
  scanning: 'Scanning',
  completed: 'Completed',
  failed: 'Failed',
  pending: 'Pending',
  cancelled: 'Pending',
} as const

function toPlatform(row: PlatformRow, selected: boolean): PlatformView {
  const isScanned = row.state !== null && row.state !== 'cancelled'
  return {
    platform: row.platform,
    manifestDigest: digestFromHex(row.manifest),
    sizeBytes: row.size,
    // What is not wanted has no list of findings that a number could lead to, though another connection may have scanned it.
    counts: row.counts === null || !row.wanted ? null : countedOf(row),
    scanStatus: row.wanted && (selected || isScanned) ? platformStatus[row.state ?? 'pending'] : null,
    scanReason: row.wanted && (row.state === 'failed' || row.state === 'pending') ? row.reason : null,
  }
}

function countsOf(stored: Record<string, number> | null): Record<Severity, number> {
  const counts = { ...NO_COUNTS }
  for (const [rank, count] of Object.entries(stored ?? {})) counts[severityOfRank(Number(rank))] = count
  return counts
}

/** Without what statements say does not matter. */
function countedOf({ counts, suppressed = NO_COUNTS }: PlatformRow): SeverityCounts {
  const left = countsOf(counts)
  for (const severity of SEVERITIES) left[severity] = Math.max(0, left[severity] - suppressed[severity])
  return left
}

function sumOf(counts: SeverityCounts): number {
  return SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0)
}

/** The wanted platform with the most criticals, then the most high ones, and so on; undefined until one is scanned. */
function worst(platforms: readonly PlatformRow[]): PlatformRow | undefined {
  const scanned = platforms.filter((platform) => platform.wanted && platform.counts !== null)
  return scanned.reduce<PlatformRow | undefined>(
    (best, each) => (best === undefined || compareCounts(each, best) > 0 ? each : best),
    undefined,
  )
}

function compareCounts(left: PlatformRow, right: PlatformRow): number {
  const [lefts, rights] = [countsOf(left.counts), countsOf(right.counts)]
  for (const severity of SEVERITIES.toReversed()) {
    if (lefts[severity] !== rights[severity]) return lefts[severity] - rights[severity]
  }
  return 0
}

function imageNotFound(): AppError {
  return new AppError({
    code: 'image-not-found',
    kind: 'not-found',
    publicMessage: 'There is no such image.',
    remedy: 'It may have been deleted from its registry; look at the list of images.',
  })
}
