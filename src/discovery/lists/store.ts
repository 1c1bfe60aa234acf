import { type RawBuilder, sql } from 'kysely'
import type { Reason, SeverityCounts } from '../../core/index.ts'
import type { ImageKind, ImageQuery, Lifecycle, RepositoryQuery, ScanStatus } from '../ports.ts'
import type { Db } from '../store.ts'

export interface RepositoryListRow {
  readonly id: number
  readonly host: string
  readonly path: string
  readonly connections: { id: string; name: string }[]
  readonly images: number
  readonly tags: number
  readonly last_seen_at: Date
}

/** Matches text as it is: `%` and `_` stand for themselves. */
function contains(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
}

function repositoryFilter(orgId: string, query: RepositoryQuery): RawBuilder<unknown> {
  const seenBy =
    query.connection === undefined
      ? sql``
      : sql`and exists (select from connection_repository c where c.repository_id = r.id and c.connection_id = ${query.connection})`
  const named = query.q === undefined ? sql`` : sql`and r.path ilike ${contains(query.q)}`
  return sql`r.org_id = ${orgId} and r.gone_at is null ${seenBy} ${named}`
}

export async function listRepositories(
  db: Db,
  orgId: string,
  query: RepositoryQuery,
  after: readonly [host: string, path: string] | undefined,
): Promise<RepositoryListRow[]> {
  const beyond = after === undefined ? sql`` : sql`and (r.host, r.path) > (${after[0]}, ${after[1]})`
  const { rows } = await sql<RepositoryListRow>`
    select r.id, r.host, r.path, r.last_seen_at,
      (select count(*) from image i where i.repository_id = r.id and i.gone_at is null and i.kind in ('image', 'unknown')) as images,
      (select count(*) from tag t where t.repository_id = r.id) as tags,
      coalesce((
        select json_agg(json_build_object('id', c.id, 'name', c.name) order by c.name)
        from connection_repository cr join registry_connection c on c.id = cr.connection_id
        where cr.repository_id = r.id and c.deleted_at is null and c.org_id = r.org_id), '[]') as connections
    from repository r where ${repositoryFilter(orgId, query)} ${beyond}
    order by r.host, r.path limit ${query.limit + 1}`.execute(db)
  return rows
}

/** @returns how many, at most `limit` */
export async function countRepositoryList(
  db: Db,
  orgId: string,
  query: RepositoryQuery,
  limit: number,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from (select 1 from repository r where ${repositoryFilter(orgId, query)} limit ${limit}) counted`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}

export interface ImageRow {
  readonly id: number
  readonly repository_id: number
  readonly host: string
  readonly path: string
  readonly tags: string[]
  readonly tag_count: number
  readonly digest: Uint8Array
  readonly kind: ImageKind
  readonly lifecycle: Lifecycle
  readonly selected: boolean
  readonly scan_status: ScanStatus | null
  /** Of what is not selected: the selections of the connections that see it. */
  readonly selections: unknown[] | null
  /** Tags of its repository are known that no selection has been made from yet. */
  readonly is_decided: boolean
  readonly pushed_at: Date | null
  readonly size: number | null
  readonly scanned_at: Date | null
  /** Which engine is to scan it. */
  readonly engine: string
  readonly platforms: PlatformRow[]
}

export interface PlatformRow {
  readonly platform: string
  /** Hex. */
  readonly manifest: string
  readonly size: number | null
  /** By severity 0 to 4; null until it is scanned and matched. */
  readonly counts: Record<string, number> | null
  readonly inventory_id: number | null
  /** What could not be used of the documents that are attached to it. */
  readonly attached_notes: string[]
  /** Of `counts`, what statements on the image (VEX) say does not matter: not stored, laid over what is read. */
  readonly suppressed?: SeverityCounts
  /** false: the connection's platforms leave it out. */
  readonly wanted: boolean
  /** `indexed`, or the engine that made the inventory; null: there is none. */
  readonly source: string | null
  readonly state: 'pending' | 'scanning' | 'completed' | 'failed' | 'cancelled' | null
  readonly reason: Reason | null
}

/**
 * A scan status as it is shown. Pending is what waits: what is selected, and what a person wants scanned all the same; the rest has
 * none. The same stands in the counts of connections.
 */
const shownStatus = sql`coalesce(nullif(i.scan_status, 'Pending'), case when i.selected or (i.scan_status = 'Pending' and exists (
  select from image_platform p join scan s on s.org_id = i.org_id and s.manifest_digest = p.manifest_digest
  where p.image_id = i.id and p.wanted and s.state in ('pending', 'scanning'))) then 'Pending' end)`

function imageFilter(orgId: string, query: ImageQuery): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [sql`i.org_id = ${orgId}`, sql`i.gone_at is null`]
  if (query.kind === 'image') parts.push(sql`i.kind in ('image', 'unknown')`)
  if (query.repository !== undefined) parts.push(sql`i.repository_id = ${query.repository}::bigint`)
  if (query.digest !== undefined) parts.push(sql`i.digest = ${Buffer.from(query.digest.slice(7), 'hex')}`)
  if (query.lifecycle !== undefined) parts.push(sql`i.lifecycle = any(${query.lifecycle}::text[])`)
  if (query.status !== undefined) {
    parts.push(sql`${shownStatus} = any(${query.status}::text[])`)
    parts.push(sql`i.kind in ('image', 'unknown')`)
  }
  if (query.connection !== undefined) {
    parts.push(sql`exists (
      select from connection_repository c where c.repository_id = i.repository_id and c.connection_id = ${query.connection})`)
  }
  if (query.q !== undefined && query.q !== '') parts.push(searched(orgId, query.q))
  return sql.join(parts, sql` and `)
}

function searched(orgId: string, text: string): RawBuilder<unknown> {
  const pattern = contains(text)
  const hex = /^(?:sha256:)?([0-9a-f]{4,64})$/.exec(text)?.[1]
  const bytes = (fill: string): Buffer => Buffer.from((hex ?? '').padEnd(64, fill), 'hex')
  const byDigest = hex === undefined ? sql`` : sql`or i.digest between ${bytes('0')} and ${bytes('f')}`
  // Looked up once for the whole statement, not for each image.
  return sql`(
    i.repository_id in (select r.id from repository r where r.org_id = ${orgId} and r.path ilike ${pattern})
    or i.id in (select t.image_id from repository r join tag t on t.repository_id = r.id where r.org_id = ${orgId} and t.name ilike ${pattern})
    ${byDigest})`
}

/**
 * A platform's counts: the rows of its package sets, added up by severity. They are null until it is scanned, and with the
 * built-in engine while the server has no vulnerability data at all.
 */
const platformsOf = sql`(
  select coalesce(json_agg(json_build_object(
    'platform', p.platform, 'manifest', encode(p.manifest_digest, 'hex'), 'size', p.size, 'inventory_id', p.inventory_id,
    'wanted', p.wanted, 'attached_notes', p.attached_notes, 'source', made.source, 'state', s.state, 'reason', s.reason,
    'counts', case when p.inventory_id is not null and (made.source <> 'indexed' or exists (select from db_current d where d.generation is not null)) then coalesce((
      select json_object_agg(n.severity, n.total) from (
        select sc.severity, sum(sc.n) as total from inventory v join set_count sc on sc.set_id = any(v.set_ids)
        where v.id = p.inventory_id group by sc.severity) n), '{}') end) order by p.platform, p.manifest_digest), '[]')
  from image_platform p left join inventory made on made.id = p.inventory_id left join lateral (
    select s.state, s.reason from scan s where s.org_id = page.org_id and s.manifest_digest = p.manifest_digest and s.engine = r.engine
    order by s.id desc limit 1) s on true
  where p.image_id = page.id)`

const columns = sql`
  page.*, r.host, r.path, r.engine, coalesce(r.arranged_for like r.changes || ' %', false) as is_decided,
  case when not page.selected then (
    select coalesce(json_agg(c.selection), '[]') from connection_repository cr join registry_connection c on c.id = cr.connection_id
    where cr.repository_id = page.repository_id and c.enabled and c.deleted_at is null) end as selections,
  array(select t.name from tag t where t.image_id = page.id order by coalesce(t.pushed_at, t.first_seen_at) desc, t.name desc limit 3) as tags,
  (select count(*) from tag t where t.image_id = page.id) as tag_count,
  ${platformsOf} as platforms,
  (select max(s.finished_at) from image_platform p join scan s on s.org_id = page.org_id and s.manifest_digest = p.manifest_digest and s.engine = r.engine
    where p.image_id = page.id and s.state = 'completed') as scanned_at`

export async function listImages(
  db: Db,
  orgId: string,
  query: ImageQuery,
  before: number | undefined,
): Promise<ImageRow[]> {
  const beyond = before === undefined ? sql`` : sql`and i.id < ${before}::bigint`
  const { rows } = await sql<ImageRow>`
    with page as (
      select i.* from image i where ${imageFilter(orgId, query)} ${beyond} order by i.id desc limit ${query.limit + 1})
    select ${columns} from page join repository r on r.id = page.repository_id order by page.id desc`.execute(
    db,
  )
  return rows
}

/** @returns how many, at most `limit` */
export async function countImages(db: Db, orgId: string, query: ImageQuery, limit: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from (select 1 from image i where ${imageFilter(orgId, query)} limit ${limit}) counted`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}

export async function findImage(db: Db, orgId: string, imageId: number): Promise<ImageRow | undefined> {
  const { rows } = await sql<ImageRow>`
    with page as (select i.* from image i where i.org_id = ${orgId} and i.id = ${imageId}::bigint and i.gone_at is null)
    select ${columns} from page join repository r on r.id = page.repository_id`.execute(db)
  return rows[0]
}

export interface ContentRow {
  readonly os: { family: string; release: string; endOfLife?: string } | null
  readonly packages: number
  readonly notes: string[]
  /** What made it, where that is not the built-in engine. */
  readonly engine: { version: string; databaseUpdatedAt: string | null } | null
}

/** What one inventory of the organisation's own image says. */
export async function contentOf(
  db: Db,
  orgId: string,
  imageId: number,
  inventoryId: number,
): Promise<ContentRow | undefined> {
  const { rows } = await sql<ContentRow>`
    select v.os, v.notes, v.engine, coalesce((select sum(cardinality(s.package_ids)) from package_set s where s.id = any(v.set_ids)), 0)::int as packages
    from image i join image_platform p on p.image_id = i.id join inventory v on v.id = p.inventory_id
    where i.org_id = ${orgId} and i.id = ${imageId} and v.id = ${inventoryId}`.execute(db)
  return rows[0]
}

export async function tagNames(db: Db, orgId: string, imageId: number, limit: number): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select t.name from tag t join image i on i.id = t.image_id where i.org_id = ${orgId} and i.id = ${imageId}
    order by coalesce(t.pushed_at, t.first_seen_at) desc, t.name desc limit ${limit}`.execute(db)
  return rows.map((row) => row.name)
}
