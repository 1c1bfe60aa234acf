import { type Kysely, sql } from 'kysely'
import { recordset } from '../../platform/db/index.ts'

type Db = Kysely<unknown>

/** A row of a list, by the ids of its parts. */
export interface RowKey {
  readonly repository_id: number
  readonly vulnerability_id: number
  readonly name_id: number
}

/** What is shown of a finding besides its key. */
export interface RowContent {
  readonly no: number
  readonly packages: number[]
  readonly versions: string[]
  readonly fixed_versions: string[]
  readonly status: string
  readonly first_seen_at: Date | null
}

const keyColumns = { no: 'int', repository_id: 'int', vulnerability_id: 'int', name_id: 'int' }

/** Whether a package was there (posting `rp`) while it was known to be affected (from generation `g` until generation `gone`). */
export const atOnce = sql`(rp.gone_at is null or g.id is null or rp.gone_at > g.loaded_at) and (gone.id is null or gone.loaded_at > rp.since)`

/**
 * Versions, fix, status and first sight of a page's findings. First seen is the earliest moment at which a package of the name was
 * there and known to be affected, closed intervals and former ids of the vulnerability included. What had left before it was known to be
 * affected, or came after that was taken back, was never seen.
 */
export async function contentsOf(db: Db, keys: readonly RowKey[]): Promise<Map<number, RowContent>> {
  const rows = keys.map((key, no) => ({ no, ...key }))
  const open = sql`rp.gone_at is null and m.gone_generation is null and m.vulnerability_id = k.vulnerability_id`
  const { rows: contents } = await sql<RowContent>`
    select k.no, min(greatest(rp.since, g.loaded_at)) as first_seen_at,
      coalesce(array_agg(distinct p.id) filter (where ${open}), '{}') as packages,
      coalesce(array_agg(distinct p.version) filter (where ${open}), '{}') as versions,
      coalesce(array_agg(distinct m.fixed_version) filter (where ${open} and m.fixed_version <> ''), '{}') as fixed_versions,
      coalesce((array_agg(m.status order by m.severity desc, m.fixed_version <> '' desc) filter (where ${open}))[1], '') as status
    from ${recordset(keyColumns, rows)} as k
    cross join lateral (
      select array(select a.id from vulnerability v join vulnerability a on a.id in (v.id, v.canonical_id) or a.canonical_id = coalesce(v.canonical_id, v.id)
        where v.id = k.vulnerability_id) as ids) one
    join repository_package rp on rp.repository_id = k.repository_id
    join package p on p.id = rp.package_id and p.name_id = k.name_id
    join match m on m.subject_id = p.subject_id and m.vulnerability_id = any(one.ids)
    left join db_generation g on g.id = m.first_generation left join db_generation gone on gone.id = m.gone_generation
    where ${atOnce}
    group by k.no`.execute(db)
  return new Map(contents.map((content) => [content.no, content]))
}

export interface RowPlaces {
  readonly no: number
  readonly images: number
  readonly paths: string[]
}

const placeColumns = { no: 'int', repository_id: 'int', packages: 'int[]' }

/** In how many selected images the packages are, and under which paths (five at most). */
export async function placesOfRows(
  db: Db,
  rows: readonly {
    readonly no: number
    readonly repository_id: number
    readonly packages: readonly number[]
  }[],
): Promise<Map<number, RowPlaces>> {
  const { rows: places } = await sql<RowPlaces>`
    with held as (
      select distinct k.no, i.id as image_id, s.id as set_id
      from ${recordset(placeColumns, rows)} as k join image i on i.repository_id = k.repository_id and i.selected and i.gone_at is null
      join image_platform ip on ip.image_id = i.id and ip.wanted join inventory v on v.id = ip.inventory_id
      join package_set s on s.id = any(v.set_ids) and s.package_ids && k.packages
    ),
    path as (
      select distinct h.no, s.paths ->> (array_position(s.package_ids, wanted.id) - 1) as path
      from (select distinct no, set_id from held) h join package_set s on s.id = h.set_id and s.kind = 'language'
      join ${recordset(placeColumns, rows)} as k on k.no = h.no cross join lateral unnest(k.packages) as wanted (id)
      where array_position(s.package_ids, wanted.id) is not null
    )
    select h.no, count(distinct h.image_id)::int as images,
      array(select p.path from path p where p.no = h.no and p.path is not null order by p.path limit 5) as paths
    from held h group by h.no`.execute(db)
  return new Map(places.map((place) => [place.no, place]))
}

export interface Standing {
  readonly as_of: Date | null
  readonly stale: number
  readonly pending: number
  readonly failed: number
}

/**
 * How whole and how fresh the findings are: the age of the oldest data that still counts (another engine's results have the age of
 * the data that it used; what a change made stale, that of the data before), matches that wait, scans that wait or failed.
 */
export async function standingOf(
  db: Db,
  orgId: string,
  filters: { readonly digest?: Uint8Array; readonly repository?: number; readonly connection?: string },
): Promise<Standing> {
  const parts = [sql`i.org_id = ${orgId}`, sql`i.gone_at is null`, sql`i.kind in ('image', 'unknown')`]
  if (filters.digest === undefined) parts.push(sql`i.selected`)
  else {
    const { digest } = filters
    parts.push(
      sql`(i.digest = ${digest} or i.id in (select image_id from image_platform where manifest_digest = ${digest}))`,
    )
  }
  if (filters.repository !== undefined) parts.push(sql`i.repository_id = ${filters.repository}::bigint`)
  if (filters.connection !== undefined) {
    parts.push(
      sql`i.repository_id in (select c.repository_id from connection_repository c where c.connection_id = ${filters.connection}::uuid)`,
    )
  }
  const { rows } = await sql<Standing>`
    with other_engine as (
      select min((v.engine ->> 'databaseUpdatedAt')::timestamptz) as as_of, count(*) as shown
      from repository r join image i on i.repository_id = r.id join image_platform p on p.image_id = i.id and p.wanted
      join inventory v on v.id = p.inventory_id
      where r.org_id = ${orgId} and r.engine <> 'portolan' and v.source <> 'indexed' and ${sql.join(parts, sql` and `)}
    ),
    behind as (
      select id, matched_generation from subject where matched_generation is null
      union all
      select id, matched_generation from subject where matched_generation < (select floor from db_current)
    ),
    stale as (
      select s.id, s.matched_generation from behind s
      where exists (select from db_current where generation is not null)
        and exists (select from package p join repository_package rp on rp.package_id = p.id where p.subject_id = s.id and rp.org_id = ${orgId} and rp.gone_at is null)
      limit 10001
    )
    select least((select as_of from other_engine), (
        select min(g.updated_at) from db_generation g
        where (g.id = (select generation from db_current) or g.id = (select min(matched_generation) from stale)
            or (g.id = (select max(id) from db_generation where id < (select generation from db_current))
              and (exists (select from db_change) or exists (select from stale where matched_generation is null))))
          and ((select shown from other_engine) = 0 or exists (
            select from image i join image_platform p on p.image_id = i.id and p.wanted join inventory v on v.id = p.inventory_id
            where v.source = 'indexed' and ${sql.join(parts, sql` and `)})))) as as_of,
      (select count(*)::int from stale) as stale,
      count(*) filter (where coalesce(i.scan_status, 'Pending') in ('Pending', 'Scanning'))::int as pending,
      count(*) filter (where i.scan_status = 'Failed')::int as failed
    from image i where ${sql.join(parts, sql` and `)}`.execute(db)
  return rows[0] ?? { as_of: null, stale: 0, pending: 0, failed: 0 }
}
