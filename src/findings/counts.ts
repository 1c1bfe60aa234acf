import {
  COUNT_LIMIT,
  digestBytes,
  NO_COUNTS,
  parseDigest,
  SEVERITIES,
  type SeverityCounts,
  severityOfRank,
  totalText,
} from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import { countByCounters, countByPlace, repositoriesOf } from './lists/store.ts'
import { countOccurrences, imageOfDigest, statedOccurrences } from './occurrences/store.ts'
import type { FindingFilters, FindOverlay } from './ports.ts'

type Db = ReturnType<Database['lane']>

/** Repositories counted in one statement, so that each stays short whatever a connection sees. */
const CHUNK = 50
/** Where a few may be enough, it begins with so many, and doubles. */
const FIRST_CHUNK = 4

/** Each severity with the other filters applied. */
export async function countFindings(
  db: Db,
  orgId: string,
  filters: FindingFilters,
  findOverlay?: FindOverlay,
): Promise<{ counts: SeverityCounts; suppressed: number }> {
  const counts = await countUpTo(db, orgId, filters, Number.POSITIVE_INFINITY)
  if (filters.digest === undefined || findOverlay === undefined) return { counts, suppressed: 0 }
  return withoutStated(db, orgId, counts, { ...filters, digest: filters.digest }, findOverlay)
}

/** What statements say of an image does not count there, and is told beside. */
async function withoutStated(
  db: Db,
  orgId: string,
  counts: SeverityCounts,
  filters: FindingFilters & { readonly digest: string },
  findOverlay: FindOverlay,
): Promise<{ counts: SeverityCounts; suppressed: number }> {
  const image = await imageOfDigest(db, orgId, digestBytes(parseDigest(filters.digest)), filters)
  if (image === undefined || image.inventory_id === null) return { counts, suppressed: 0 }
  const overlay = (await findOverlay(orgId, image.image_id))?.get(image.inventory_id)
  if (overlay === undefined) return { counts, suppressed: 0 }
  const rows = await statedOccurrences(db, image.inventory_id, filters, overlay.vulnerabilities)
  const stated = rows.filter((row) => overlay.verdict({ ...row, ref: null }) !== undefined)
  const left = { ...counts }
  for (const { severity } of stated) left[severityOfRank(severity)] -= 1
  return { counts: left, suppressed: stated.length }
}

/**
 * How long a list is, as people read it: counting stops where the number is not shown any more. In an image's list, what does not
 * count by statements is listed and not counted.
 */
export async function totalOf(
  db: Db,
  orgId: string,
  filters: FindingFilters,
  findOverlay?: FindOverlay,
): Promise<string> {
  const counts =
    filters.digest === undefined
      ? await countUpTo(db, orgId, filters, COUNT_LIMIT)
      : (await countFindings(db, orgId, filters, findOverlay)).counts
  return totalText(Math.min(wantedOf(counts, filters), COUNT_LIMIT + 1))
}

async function countUpTo(
  db: Db,
  orgId: string,
  filters: FindingFilters,
  enough: number,
): Promise<SeverityCounts> {
  const { digest, repository, connection, cve } = filters
  if (digest !== undefined) return countOfImage(db, orgId, filters, digest)
  const narrow = repository !== undefined || cve !== undefined || filters.package !== undefined
  if (narrow) return toCounts(await countByPlace(db, orgId, filters))
  if (connection === undefined) return toCounts(await countByCounters(db, orgId, filters.fix))
  return countOfConnection(db, orgId, { ...filters, connection }, enough)
}

async function countOfConnection(
  db: Db,
  orgId: string,
  filters: FindingFilters & { readonly connection: string },
  enough: number,
): Promise<SeverityCounts> {
  const all = toCounts(await countByCounters(db, orgId, filters.fix))
  // What the whole organisation does not have, no connection has.
  if (enough < Number.POSITIVE_INFINITY && wantedOf(all, filters) === 0) return NO_COUNTS
  const repositories = await repositoriesOf(db, orgId, filters.connection)
  let counts = NO_COUNTS
  let size = Number.isFinite(enough) ? FIRST_CHUNK : CHUNK
  for (let start = 0; start < repositories.length && wantedOf(counts, filters) <= enough; ) {
    const some = repositories.slice(start, start + size)
    counts = sum(counts, toCounts(await countByPlace(db, orgId, filters, some)))
    start += size
    size = Math.min(size * 2, CHUNK)
  }
  return counts
}

async function countOfImage(
  db: Db,
  orgId: string,
  filters: FindingFilters,
  digest: string,
): Promise<SeverityCounts> {
  const image = await imageOfDigest(db, orgId, digestBytes(parseDigest(digest)), filters)
  if (image === undefined || image.inventory_id === null) return NO_COUNTS
  return toCounts(await countOccurrences(db, image.inventory_id, filters))
}

function wantedOf(counts: SeverityCounts, filters: FindingFilters): number {
  return [...new Set(filters.severity ?? SEVERITIES)].reduce((total, severity) => total + counts[severity], 0)
}

function toCounts(bySeverity: ReadonlyMap<number, number>): SeverityCounts {
  const counts = { ...NO_COUNTS }
  for (const [rank, count] of bySeverity) counts[severityOfRank(rank)] = count
  return counts
}

function sum(left: SeverityCounts, right: SeverityCounts): SeverityCounts {
  const counts = { ...left }
  for (const severity of SEVERITIES) counts[severity] += right[severity]
  return counts
}
