import { type Kysely, type RawBuilder, sql } from 'kysely'
import { severityRank } from '../../core/index.ts'
import type { FindingFilters } from '../ports.ts'

type Db = Kysely<unknown>

/** The image that a digest names, and the inventory of its worst platform. */
export interface DigestImage {
  readonly image_id: number
  readonly kind: string
  readonly repository_id: number
  readonly host: string
  readonly path: string
  readonly inventory_id: number | null
  /** The digest is that of one platform's manifest, not of the image. */
  readonly is_part: boolean
  /** false: the connection's platforms leave out all that the digest names. */
  readonly is_wanted: boolean
}

/**
 * The organisation's image of a digest; of several repositories that hold it, the first. A digest of one platform's manifest means
 * that platform of the image.
 */
export async function imageOfDigest(
  db: Db,
  orgId: string,
  digest: Uint8Array,
  filters: FindingFilters,
): Promise<DigestImage | undefined> {
  const named = sql`(i.digest = ${digest} or i.id in (select p.image_id from image_platform p where p.manifest_digest = ${digest}))`
  const parts = [sql`i.org_id = ${orgId}`, named, sql`i.gone_at is null`]
  if (filters.repository !== undefined) parts.push(sql`i.repository_id = ${filters.repository}::bigint`)
  if (filters.connection !== undefined) {
    parts.push(
      sql`exists (select from connection_repository c where c.repository_id = i.repository_id and c.connection_id = ${filters.connection}::uuid)`,
    )
  }
  const { rows } = await sql<DigestImage>`
    select i.id as image_id, i.kind, r.id as repository_id, r.host, r.path, i.digest <> ${digest} as is_part,
      coalesce((select bool_or(p.wanted) from image_platform p
        where p.image_id = i.id and (i.digest = ${digest} or p.manifest_digest = ${digest})), true) as is_wanted, (
      select p.inventory_id from image_platform p left join lateral (
        select array[
          coalesce(sum(sc.n) filter (where sc.severity = 4), 0), coalesce(sum(sc.n) filter (where sc.severity = 3), 0),
          coalesce(sum(sc.n) filter (where sc.severity = 2), 0), coalesce(sum(sc.n) filter (where sc.severity = 1), 0),
          coalesce(sum(sc.n) filter (where sc.severity = 0), 0)] as badness
        from inventory v join set_count sc on sc.set_id = any(v.set_ids) where v.id = p.inventory_id) counted on true
      where p.image_id = i.id and p.inventory_id is not null and p.wanted and (i.digest = ${digest} or p.manifest_digest = ${digest})
      order by counted.badness desc, p.platform, p.manifest_digest limit 1) as inventory_id
    from image i join repository r on r.id = i.repository_id where ${sql.join(parts, sql` and `)}
    order by i.digest <> ${digest}, i.id limit 1`.execute(db)
  return rows[0]
}

/** Where a list of occurrences goes on. */
export type OccurrenceKey = readonly [rank: number, vulnerability: string, set: number, entry: number]

export interface OccurrenceRow {
  readonly rank: number
  readonly vulnerability_id: number
  readonly vulnerability: string
  readonly title: string
  readonly ecosystem: string
  readonly name_id: number
  readonly package_name: string
  readonly purl: string
  readonly version: string
  readonly fixed_version: string
  readonly status: string
  readonly path: string | null
  readonly set_no: number
  readonly entry: number
}

/** The entries of an inventory with their open matches: what a scanner lists for this image. */
function rowsOf(inventoryId: number, filters: FindingFilters): RawBuilder<unknown> {
  const parts = [sql`v.id = ${inventoryId}`, sql`m.gone_generation is null`]
  if (filters.package !== undefined) parts.push(sql`n.name = ${filters.package}`)
  if (filters.cve !== undefined) parts.push(sql`vu.name in (${filters.cve}, ${filters.cve.toUpperCase()})`)
  if (filters.fix !== undefined) parts.push(sql`(m.fixed_version <> '') = ${filters.fix === 'yes'}`)
  return sql`
    from inventory v cross join lateral unnest(v.set_ids) with ordinality as st (set_id, set_no)
    join package_set s on s.id = st.set_id
    cross join lateral rows from (unnest(s.package_ids), jsonb_array_elements_text(s.paths)) with ordinality as e (package_id, path, entry)
    join package p on p.id = e.package_id join name n on n.id = p.name_id
    join match m on m.subject_id = p.subject_id join vulnerability vu on vu.id = m.vulnerability_id
    where ${sql.join(parts, sql` and `)}`
}

export async function listOccurrences(
  db: Db,
  inventoryId: number,
  filters: FindingFilters,
  after: OccurrenceKey | undefined,
  limit: number,
): Promise<OccurrenceRow[]> {
  const wanted =
    filters.severity === undefined
      ? sql``
      : sql`and m.severity = any(${filters.severity.map(severityRank)}::int[])`
  const beyond =
    after === undefined
      ? sql``
      : sql`and (4 - m.severity, vu.name, st.set_no, e.entry) > (${after[0]}::bigint, ${after[1]}::text, ${after[2]}::bigint, ${after[3]}::bigint)`
  const { rows } = await sql<OccurrenceRow>`
    select (4 - m.severity)::int as rank, m.vulnerability_id, vu.name as vulnerability, vu.title, n.ecosystem, n.id as name_id,
      n.name as package_name, p.purl, p.version, m.fixed_version, m.status, e.path, st.set_no::int as set_no, e.entry::int as entry
    ${rowsOf(inventoryId, filters)} ${wanted} ${beyond}
    order by 4 - m.severity, vu.name, st.set_no, e.entry limit ${limit}`.execute(db)
  return rows
}

export async function countOccurrences(
  db: Db,
  inventoryId: number,
  filters: FindingFilters,
): Promise<Map<number, number>> {
  const { rows } = await sql<{ severity: number; n: number }>`
    select m.severity, count(*)::int as n ${rowsOf(inventoryId, filters)} group by m.severity`.execute(db)
  return new Map(rows.map((row) => [row.severity, row.n]))
}

export interface StatedRow {
  readonly severity: number
  readonly vulnerability: string
  readonly purl: string
}

/** The rows of an image that statements may be about: those of their vulnerabilities. */
export async function statedOccurrences(
  db: Db,
  inventoryId: number,
  filters: FindingFilters,
  vulnerabilities: readonly string[],
): Promise<StatedRow[]> {
  const { rows } = await sql<StatedRow>`
    select m.severity, vu.name as vulnerability, p.purl ${rowsOf(inventoryId, filters)} and vu.name = any(${vulnerabilities}::text[])`.execute(
    db,
  )
  return rows
}

/** The same of many inventories at once, one row for each entry: from the statements, which are fewer than what images hold. */
export async function statedInInventories(
  db: Db,
  inventoryIds: readonly number[],
  vulnerabilities: readonly string[],
): Promise<(StatedRow & { readonly inventory_id: number })[]> {
  const { rows } = await sql<StatedRow & { readonly inventory_id: number }>`
    with entry as materialized (
      select v.id as inventory_id, e.package_id from inventory v cross join lateral unnest(v.set_ids) as st (set_id)
      join package_set s on s.id = st.set_id cross join lateral unnest(s.package_ids) as e (package_id)
      where v.id = any(${inventoryIds}::int[])
    ), told as materialized (
      select p.id as package_id, m.severity, vu.name as vulnerability, p.purl from vulnerability vu
      join match m on m.vulnerability_id = vu.id and m.gone_generation is null join package p on p.subject_id = m.subject_id
      where vu.name = any(${vulnerabilities}::text[])
    )
    select entry.inventory_id, told.severity, told.vulnerability, told.purl from told join entry on entry.package_id = told.package_id`.execute(
    db,
  )
  return rows
}

/** A finding by its lasting parts. */
export interface FindingName {
  readonly repositoryId: number
  readonly vulnerability: string
  readonly ecosystem: string
  readonly packageName: string
  /** Only this image; null: every selected one. */
  readonly imageId: number | null
}

export interface PlacedRow {
  readonly image_id: number
  readonly digest: Uint8Array
  readonly platform: string
  readonly inventory_id: number
  readonly tags: string[]
  readonly purl: string
  readonly version: string
  readonly path: string | null
  readonly severity: number
  readonly severity_source: string
  readonly status: string
  readonly fixed_version: string
  readonly vendor_ids: string[]
  readonly data_source: { id: string; name: string; url: string } | null
  readonly layer: { digest: string; diffId: string } | null
  readonly ordinal: number | null
  readonly vulnerability_id: number
  readonly name_id: number
  readonly title: string
  readonly details: Record<string, unknown>
  readonly host: string
  readonly repository_path: string
}

/** Where a finding stands: image by image, platform by platform, worst first. */
export async function placesOf(
  db: Db,
  orgId: string,
  finding: FindingName,
  limit: number,
): Promise<PlacedRow[]> {
  const { repositoryId, vulnerability, ecosystem, packageName, imageId } = finding
  const which = imageId === null ? sql`and i.selected` : sql`and i.id = ${imageId}`
  const { rows } = await sql<PlacedRow>`
    with wanted as (
      select p.id, p.purl, p.version, m.severity, m.severity_source, m.status, m.fixed_version, m.vendor_ids, m.data_source, vu.id as vulnerability_id,
        n.id as name_id, vu.title, vu.details
      from name n join package p on p.name_id = n.id join match m on m.subject_id = p.subject_id join vulnerability vu on vu.id = m.vulnerability_id
      where n.ecosystem = ${ecosystem} and n.name = ${packageName} and vu.name = ${vulnerability} and m.gone_generation is null
    )
    select i.id as image_id, i.digest, ip.platform, ip.inventory_id, w.purl, w.version, e.path, w.severity, w.severity_source, w.status, w.fixed_version,
      w.vendor_ids, w.data_source, w.vulnerability_id, w.name_id, w.title, w.details, r.host, r.path as repository_path,
      array(select t.name from tag t where t.image_id = i.id order by coalesce(t.pushed_at, t.first_seen_at) desc, t.name desc limit 5) as tags,
      at.ordinal, v.layers -> at.ordinal as layer
    from image i join repository r on r.id = i.repository_id join image_platform ip on ip.image_id = i.id and ip.wanted join inventory v on v.id = ip.inventory_id
    cross join lateral unnest(v.set_ids) with ordinality as st (set_id, set_no)
    join package_set s on s.id = st.set_id and s.package_ids && array(select id from wanted)
    cross join lateral rows from (unnest(s.package_ids), jsonb_array_elements_text(s.paths)) with ordinality as e (package_id, path, entry)
    join wanted w on w.id = e.package_id
    cross join lateral (
      select coalesce(v.attribution -> (st.set_no - 1)::int -> 1 ->> (e.entry - 1)::text, v.attribution -> (st.set_no - 1)::int ->> 0)::int as ordinal) at
    where i.org_id = ${orgId} and i.repository_id = ${repositoryId} and i.gone_at is null ${which}
    order by w.severity desc, i.id desc, ip.platform, st.set_no, e.entry limit ${limit}`.execute(db)
  return rows
}
