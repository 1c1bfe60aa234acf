import { digestOfBytes, isDigest, severityOfRank } from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import { findingNotFound, parseFindingId } from './ids.ts'
import { idsOf } from './events/store.ts'
import { type FindingName, type PlacedRow, placesOf } from './occurrences/store.ts'
import type { CvssView, FindingDetailView, FindOverlay, OccurrenceView } from './ports.ts'
import { contentsOf } from './rows/store.ts'

/** Places shown of one finding. */
const LIMIT = 500

/** One finding with all that is known of it. @throws AppError `finding-not-found` (not-found) */
export async function findingDetail(
  db: ReturnType<Database['lane']>,
  orgId: string,
  id: string,
  findOverlay?: FindOverlay,
): Promise<FindingDetailView> {
  const { name, rows } = await findPlaces(db, orgId, parseFindingId(id))
  const [worst] = rows
  if (worst === undefined) throw findingNotFound()
  const { repositoryId: repository_id } = name
  const contents = await contentsOf(db, [
    { repository_id, vulnerability_id: worst.vulnerability_id, name_id: worst.name_id },
  ])
  const distinct = (values: readonly string[]): string[] =>
    [...new Set(values)].filter((value) => value !== '')
  return {
    id,
    vulnerabilityId: name.vulnerability,
    severity: severityOfRank(worst.severity),
    severitySource: worst.severity_source,
    title: worst.title,
    ecosystem: name.ecosystem,
    packageName: name.packageName,
    installedVersions: distinct(rows.map((row) => row.version)),
    fixedVersion: distinct(rows.map((row) => row.fixed_version)).join(', '),
    status: worst.status,
    paths: distinct(rows.map((row) => row.path ?? '')).slice(0, 20),
    repository: { id: repository_id, host: worst.host, path: worst.repository_path },
    images: new Set(rows.map((row) => row.image_id)).size,
    firstSeenAt: contents.get(0)?.first_seen_at?.toISOString() ?? null,
    vex: await verdictOn(orgId, name, rows, findOverlay),
    dataSource: worst.data_source,
    vendorIds: distinct(rows.flatMap((row) => row.vendor_ids)),
    ...textOf(worst.details),
    occurrences: rows.map((row) => occurrence(row, name.packageName)),
  }
}

/** Where it stands, under the id that its vulnerability has now: links of a time when that was another still lead to it. */
async function findPlaces(
  db: ReturnType<Database['lane']>,
  orgId: string,
  asked: FindingName,
): Promise<{ name: FindingName; rows: PlacedRow[] }> {
  for (const vulnerability of await idsOf(db, asked.vulnerability)) {
    const name = { ...asked, vulnerability }
    const rows = await placesOf(db, orgId, name, LIMIT)
    if (rows.length > 0) return { name, rows }
  }
  return { name: asked, rows: [] }
}

/** Of occurrences in one image: where statements leave any platform's in the count, there is no verdict on all. */
async function verdictOn(
  orgId: string,
  { imageId, vulnerability }: FindingName,
  rows: readonly PlacedRow[],
  findOverlay: FindOverlay | undefined,
): Promise<FindingDetailView['vex']> {
  const overlays = imageId === null ? undefined : await findOverlay?.(orgId, imageId)
  if (overlays === undefined) return null
  const verdicts = rows.map(({ inventory_id, purl }) =>
    overlays.get(inventory_id)?.verdict({ vulnerability, purl, ref: null }),
  )
  return verdicts.includes(undefined) ? null : (verdicts[0] ?? null)
}

function occurrence(row: PlacedRow, packageName: string): OccurrenceView {
  return {
    digest: digestOfBytes(row.digest),
    tags: row.tags,
    platform: row.platform,
    packageName,
    installedVersion: row.version,
    fixedVersion: row.fixed_version,
    path: row.path,
    layer: layerOf(row),
  }
}

function layerOf({ layer, ordinal }: PlacedRow): OccurrenceView['layer'] {
  if (layer === null || ordinal === null) return null
  const { digest, diffId } = layer
  return isDigest(digest) && isDigest(diffId) ? { digest, diffId, ordinal } : null
}

/** What the vulnerability database says, as it was stored; anything that is not as expected is left out. */
function textOf(details: Readonly<Record<string, unknown>>) {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  const list = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
  return {
    description: text(details['description']),
    cweIds: list(details['cweIds']),
    references: list(details['references']),
    publishedAt: time(details['publishedDate']),
    modifiedAt: time(details['lastModifiedDate']),
    cvss: cvssOf(details['cvss']),
  }
}

function time(value: unknown): string | null {
  const date = new Date(typeof value === 'string' ? value : '')
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

const vectors = [
  ['4.0', 'v40Vector', 'v40Score'],
  ['3', 'v3Vector', 'v3Score'],
  ['2.0', 'v2Vector', 'v2Score'],
] as const

function cvssOf(stored: unknown): CvssView[] {
  if (typeof stored !== 'object' || stored === null) return []
  return Object.entries(stored).flatMap(([source, scores]: [string, unknown]) => {
    const record = (typeof scores === 'object' && scores !== null ? scores : {}) as Record<string, unknown>
    return vectors.flatMap(([word, vectorKey, scoreKey]): CvssView[] => {
      const [vector, score] = [record[vectorKey], record[scoreKey]]
      if (typeof vector !== 'string' || vector === '' || typeof score !== 'number') return []
      // "CVSS:3.1/AV:N/..." says its version itself.
      return [{ source, version: /^CVSS:([\d.]+)/.exec(vector)?.[1] ?? word, vector, score }]
    })
  })
}
