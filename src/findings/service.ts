import {
  decodeCursor,
  digestBytes,
  NO_COUNTS,
  type Page,
  pageOf,
  parseDigest,
  severityOfRank,
  totalText,
} from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import { countFindings, totalOf } from './counts.ts'
import { findingDetail } from './detail.ts'
import { findingId, occurrenceId } from './ids.ts'
import { findingsPage } from './list.ts'
import type { FindingRow } from './lists/store.ts'
import { type DigestImage, imageOfDigest, listOccurrences, type OccurrenceRow } from './occurrences/store.ts'
import type {
  FindingFilters,
  FindingQuery,
  FindingService,
  FindingSummaryView,
  FindingView,
  FindOverlay,
  FindOverlays,
  FindUnselected,
} from './ports.ts'
import type { VexOverlay } from '../vex/index.ts'
import { suppressedOf } from './suppressed.ts'
import { uncheckedBecause } from './unchecked.ts'
import { contentsOf, placesOfRows, type Standing, standingOf } from './rows/store.ts'

type Db = ReturnType<Database['lane']>

/**
 * @param findOverlays statements (VEX) on images; without it there are none
 * @param findUnselected why an image is not scanned at all; without it that is never said
 */
export function createFindingService(
  database: Database,
  findOverlays?: FindOverlays,
  findUnselected?: FindUnselected,
): FindingService {
  const db = database.lane('page')
  const findOverlay: FindOverlay = async (orgId, imageId) =>
    (await findOverlays?.(orgId, [imageId]))?.get(imageId)
  return {
    list: (orgId, query) =>
      query.digest === undefined
        ? listFindings(db, orgId, query)
        : listOfImage(db, orgId, query, query.digest, findOverlay),
    async summary(orgId, filters) {
      const unchecked = await uncheckedBecause(db, orgId, filters, findUnselected)
      if (unchecked === null) return summary(db, orgId, filters, findOverlay)
      return { counts: NO_COUNTS, suppressed: 0, asOf: null, incompleteBecause: `${unchecked}.` }
    },
    get: (orgId, id) => findingDetail(db, orgId, id, findOverlay),
    suppressed: async (orgId, images) =>
      findOverlays === undefined ? new Map() : suppressedOf(db, orgId, images, findOverlays),
  }
}

async function listFindings(db: Db, orgId: string, query: FindingQuery): Promise<Page<FindingView>> {
  const after = decodeCursor(query.cursor, ['number', 'string', 'number', 'string', 'string'])
  const rows = await findingsPage(db, { orgId, filters: query, after, limit: query.limit + 1 })
  const key = (row: FindingRow): (string | number)[] => [
    row.rank,
    row.vulnerability,
    row.repository_id,
    row.ecosystem,
    row.package_name,
  ]
  const page = pageOf(rows, query.limit, key, await totalOf(db, orgId, query))
  return { ...page, items: await withContents(db, page.items) }
}

async function withContents(db: Db, rows: readonly FindingRow[]): Promise<FindingView[]> {
  if (rows.length === 0) return []
  const contents = await contentsOf(db, rows)
  const places = await placesOfRows(
    db,
    rows.map((row, no) => ({
      no,
      repository_id: row.repository_id,
      packages: contents.get(no)?.packages ?? [],
    })),
  )
  return rows.map((row, no) => {
    const content = contents.get(no)
    const name = { ...nameOf(row), imageId: null }
    return {
      ...common(row),
      id: findingId(name),
      installedVersions: content?.versions ?? [],
      fixedVersion: content?.fixed_versions.join(', ') ?? '',
      status: content?.status ?? '',
      paths: places.get(no)?.paths ?? [],
      repository: { id: row.repository_id, host: row.host, path: row.path },
      images: places.get(no)?.images ?? 0,
      firstSeenAt: content?.first_seen_at?.toISOString() ?? null,
      vex: null,
    }
  })
}

function nameOf(row: FindingRow) {
  const { repository_id: repositoryId, vulnerability, ecosystem, package_name: packageName } = row
  return { repositoryId, vulnerability, ecosystem, packageName }
}

function common(row: Pick<FindingRow, 'rank' | 'vulnerability' | 'title' | 'ecosystem' | 'package_name'>) {
  return {
    vulnerabilityId: row.vulnerability,
    severity: severityOfRank(4 - row.rank),
    title: row.title,
    ecosystem: row.ecosystem,
    packageName: row.package_name,
  }
}

async function listOfImage(
  db: Db,
  orgId: string,
  query: FindingQuery,
  digest: string,
  findOverlay: FindOverlay,
): Promise<Page<FindingView>> {
  const after = decodeCursor(query.cursor, ['number', 'string', 'number', 'number'])
  const image = await imageOfDigest(db, orgId, digestBytes(parseDigest(digest)), query)
  if (image === undefined || image.inventory_id === null) return { items: [], nextCursor: null, total: '0' }
  const rows = await listOccurrences(db, image.inventory_id, query, after, query.limit + 1)
  const key = (row: OccurrenceRow): (string | number)[] => [
    row.rank,
    row.vulnerability,
    row.set_no,
    row.entry,
  ]
  const page = pageOf(rows, query.limit, key, await totalOf(db, orgId, query, findOverlay))
  const overlay = (await findOverlay(orgId, image.image_id))?.get(image.inventory_id)
  return { ...page, items: await withFirstSeen(db, image, page.items, overlay) }
}

async function withFirstSeen(
  db: Db,
  image: DigestImage,
  rows: readonly OccurrenceRow[],
  overlay: VexOverlay | undefined,
): Promise<FindingView[]> {
  if (rows.length === 0) return []
  const { repository_id, image_id: imageId } = image
  const contents = await contentsOf(
    db,
    rows.map(({ vulnerability_id, name_id }) => ({ repository_id, vulnerability_id, name_id })),
  )
  return rows.map((row, no) => {
    const { vulnerability, ecosystem, package_name: packageName } = row
    const name = { repositoryId: repository_id, vulnerability, ecosystem, packageName, imageId }
    return {
      ...common(row),
      id: occurrenceId(name, row.set_no, row.entry),
      installedVersions: [row.version],
      fixedVersion: row.fixed_version,
      status: row.status,
      paths: row.path === null ? [] : [row.path],
      repository: { id: repository_id, host: image.host, path: image.path },
      images: 1,
      firstSeenAt: contents.get(no)?.first_seen_at?.toISOString() ?? null,
      vex: overlay?.verdict({ vulnerability, purl: row.purl, ref: null }) ?? null,
    }
  })
}

async function summary(
  db: Db,
  orgId: string,
  filters: FindingFilters,
  findOverlay: FindOverlay,
): Promise<FindingSummaryView> {
  const standing = await standingOf(db, orgId, {
    ...(filters.digest === undefined ? {} : { digest: digestBytes(parseDigest(filters.digest)) }),
    ...(filters.repository === undefined ? {} : { repository: filters.repository }),
    ...(filters.connection === undefined ? {} : { connection: filters.connection }),
  })
  return {
    ...(await countFindings(db, orgId, filters, findOverlay)),
    asOf: standing.as_of?.toISOString() ?? null,
    incompleteBecause: because(standing),
  }
}

function because({ as_of: asOf, stale, pending, failed }: Standing): string | null {
  const parts = [
    ...(asOf === null ? ['there is no vulnerability data yet'] : []),
    ...(pending > 0 ? [`${images(pending)} not scanned yet`] : []),
    ...(failed > 0 ? [`${failed === 1 ? '1 image' : `${failed} images`} could not be scanned`] : []),
    ...(stale > 0 ? [`${packages(stale)} being matched with new vulnerability data`] : []),
  ]
  return parts.length === 0 ? null : `${parts.join('; ')}.`
}

function packages(count: number): string {
  return count === 1 ? '1 package is' : `${totalText(count)} packages are`
}

function images(count: number): string {
  return count === 1 ? '1 image is' : `${count} images are`
}
