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
import { countOccurrences, imageOfDigest } from './occurrences/store.ts'
import type { FindingFilters } from './ports.ts'

type Db = ReturnType<Database['lane']>

/** Repositories counted in one statement, so that each stays short whatever a connection sees. */
const CHUNK = 50
/** Where a few may be enough, it begins with so many, and doubles. */
const FIRST_CHUNK = 4

/** Each severity with the other filters applied. */
export async function countFindings(db: Db, orgId: string, filters: FindingFilters): Promise<SeverityCounts> {
  return countUpTo(db, orgId, filters, Number.POSITIVE_INFINITY)
}

/** How long a list is, as people read it: counting stops where the number is not shown any more. */
export async function totalOf(db: Db, orgId: string, filters: FindingFilters): Promise<string> {
  const counts = await countUpTo(db, orgId, filters, COUNT_LIMIT)
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
