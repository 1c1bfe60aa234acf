import { sql } from 'kysely'
import { recordset, sortedByKey } from '../../platform/db/index.ts'
import type { ImageKind } from '../ports.ts'
import type { Db } from '../store.ts'

export interface SeenTag {
  readonly repositoryId: number
  readonly name: string
  readonly digest: Uint8Array
  readonly pushedAt: Date | null
  readonly mediaType: string | null
  readonly size: number | null
  /** What the listing alone makes certain; else `unknown`. */
  readonly kind: ImageKind
}

export interface SeenTags {
  readonly orgId: string
  readonly connectionId: string
  readonly tags: readonly SeenTag[]
  readonly now: Date
}

const tagColumns = {
  repository_id: 'int',
  name: 'text',
  digest: 'bytea',
  pushed_at: 'timestamptz',
  media_type: 'text',
  size: 'bigint',
  kind: 'text',
}

/**
 * Records tags of one or several repositories: images that are new, what a moved tag pointed to before, where each points now.
 * What did not change is only marked as seen. The caller holds the repositories' locks.
 */
export async function saveTags(db: Db, { orgId, connectionId, tags, now }: SeenTags): Promise<void> {
  if (tags.length === 0) return
  const rows = sortedByKey(tags, (tag) => `${String(tag.repositoryId).padStart(10, '0')} ${tag.name}`).map(
    (tag) => ({
      repository_id: tag.repositoryId,
      name: tag.name,
      digest: tag.digest,
      pushed_at: tag.pushedAt,
      media_type: tag.mediaType,
      size: tag.size,
      kind: tag.kind,
    }),
  )
  const changed = new Set(await changedRepositories(db, connectionId, rows))
  const of = (wanted: boolean) => rows.filter((row) => changed.has(row.repository_id) === wanted)
  await markSeen(db, of(false), now)
  if (changed.size === 0) return
  const seen = recordset(tagColumns, of(true))
  await saveImages(db, orgId, seen, now)
  await sql`
    insert into tag_history (repository_id, name, digest, until)
    select old.repository_id, old.name, old.digest, ${now}::timestamptz
    from tag old join ${seen} as t on t.repository_id = old.repository_id and t.name = old.name where old.digest <> t.digest
    on conflict do nothing`.execute(db)
  await sql`
    insert into tag (repository_id, name, image_id, digest, pushed_at, first_seen_at, seen_at)
    select t.repository_id, t.name, i.id, t.digest, t.pushed_at, ${now}::timestamptz, ${now}::timestamptz
    from ${seen} as t join image i on i.repository_id = t.repository_id and i.digest = t.digest order by t.repository_id, t.name
    on conflict (repository_id, name) do update
      set image_id = excluded.image_id, digest = excluded.digest, pushed_at = excluded.pushed_at, seen_at = excluded.seen_at`.execute(
    db,
  )
  await markChanged(db, [...changed])
}

type Row = { readonly [K in keyof typeof tagColumns]: unknown } & { readonly repository_id: number }

/** Repositories where a tag is new, moved or pushed again; how new their newest push is, is noted beside. */
async function changedRepositories(db: Db, connectionId: string, rows: readonly Row[]): Promise<number[]> {
  const { rows: found } = await sql<{ repository_id: number; changed: boolean }>`
    with found as (
      select t.repository_id, max(t.pushed_at) as newest,
        bool_or(old.name is null or old.digest <> t.digest or old.pushed_at is distinct from t.pushed_at) as changed
      from ${recordset(tagColumns, rows)} as t left join tag old on old.repository_id = t.repository_id and old.name = t.name
      group by t.repository_id
    ),
    noted as (
      update connection_repository c set newest_pushed_at = found.newest from found
      where c.connection_id = ${connectionId} and c.repository_id = found.repository_id
        and (c.newest_pushed_at is null or c.newest_pushed_at < found.newest) and found.newest is not null
    )
    select repository_id, changed from found`.execute(db)
  return found.filter((row) => row.changed).map((row) => row.repository_id)
}

async function markSeen(db: Db, rows: readonly Row[], now: Date): Promise<void> {
  if (rows.length === 0) return
  await sql`
    update tag set seen_at = ${now} from ${recordset(tagColumns, rows)} as t
    where tag.repository_id = t.repository_id and tag.name = t.name and tag.seen_at < ${now}`.execute(db)
}

/**
 * An image that nobody has looked into takes the kind that the listing makes certain. One that was taken for no image is looked
 * into once more when a tag comes that could be an image's.
 */
async function saveImages(
  db: Db,
  orgId: string,
  seen: ReturnType<typeof recordset>,
  now: Date,
): Promise<void> {
  await sql`
    with told as (
      select t.repository_id, t.digest, max(t.media_type) as media_type, max(t.size) as size, max(t.pushed_at) as pushed_at,
        case when bool_or(t.kind = 'unknown') then 'unknown' else min(t.kind) end as kind,
        bool_or(t.kind = 'unknown' and old.digest is distinct from t.digest) as asks
      from ${seen} as t left join tag old on old.repository_id = t.repository_id and old.name = t.name
      group by t.repository_id, t.digest
    )
    insert into image (org_id, repository_id, digest, media_type, size, pushed_at, kind, lifecycle, first_seen_at)
    select ${orgId}, repository_id, digest, media_type, size, pushed_at, kind, case when kind = 'unknown' then 'Pending' else 'Outdated' end, ${now}::timestamptz
    from told order by repository_id, digest
    on conflict (repository_id, digest) do update set gone_at = null,
      pushed_at = greatest(image.pushed_at, excluded.pushed_at),
      media_type = coalesce(image.media_type, excluded.media_type), size = coalesce(image.size, excluded.size),
      kind = case when image.kind = 'unknown' then excluded.kind
        when image.kind <> 'image' and (select asks from told where told.repository_id = image.repository_id and told.digest = image.digest) then 'unknown'
        else image.kind end`.execute(db)
}

/** Lifecycle and selection are to be decided anew, by each connection that sees the repository. */
async function markChanged(db: Db, repositories: readonly number[]): Promise<void> {
  await sql`update repository set changes = changes + 1 where id = any(${repositories}::int[])`.execute(db)
  await sql`
    update connection_repository set looks_due = true where repository_id = any(${repositories}::int[]) and not looks_due`.execute(
    db,
  )
}

export interface Unseen {
  readonly repositoryId: number
  readonly listingBegan: Date
  readonly now: Date
}

/**
 * After a complete listing: tags that it did not name have gone. Works on at most `limit` tags after a name, so that no statement
 * takes long.
 *
 * @returns the name reached; null at the end
 */
export async function dropUnseenTags(
  db: Db,
  { repositoryId, listingBegan, now }: Unseen,
  after: string,
  limit: number,
): Promise<string | null> {
  const { rows } = await sql<{ last: string | null; seen: number; dropped: number }>`
    with page as (
      select name, seen_at from tag where repository_id = ${repositoryId} and name > ${after} order by name limit ${limit}
    ),
    unseen as (
      delete from tag t using page p
      where t.repository_id = ${repositoryId} and t.name = p.name and p.seen_at < ${listingBegan} returning t.name, t.digest
    ),
    kept as (
      insert into tag_history (repository_id, name, digest, until)
      select ${repositoryId}::int, name, digest, ${now}::timestamptz from unseen on conflict do nothing
    )
    select max(name) as last, count(*)::int as seen, (select count(*) from unseen)::int as dropped from page`.execute(
    db,
  )
  const { last = null, seen = 0, dropped = 0 } = rows[0] ?? {}
  if (dropped > 0) await markChanged(db, [repositoryId])
  return seen < limit ? null : last
}

/** Repositories of a connection with tags that no listing named since. */
export async function repositoriesWithUnseenTags(
  db: Db,
  connectionId: string,
  listingBegan: Date,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select c.repository_id as id from connection_repository c
    where c.connection_id = ${connectionId} and exists (
      select from tag t where t.repository_id = c.repository_id and t.seen_at < ${listingBegan})
    order by 1`.execute(db)
  return rows.map((row) => row.id)
}

export interface TagOfImage {
  readonly name: string
  readonly imageId: number
  readonly digest: Uint8Array
  readonly kind: 'image' | 'unknown'
  readonly pushedAt: Date | null
  readonly builtAt: Date | null
}

/** Tags of what is, or may be, an image, with what ranks them; a page in order of name. */
export async function tagsAfter(
  db: Db,
  repositoryId: number,
  after: string,
  limit: number,
): Promise<TagOfImage[]> {
  const { rows } = await sql<TagOfImage>`
    select t.name, t.image_id as "imageId", t.digest, i.kind, t.pushed_at as "pushedAt", i.built_at as "builtAt"
    from tag t join image i on i.id = t.image_id
    where t.repository_id = ${repositoryId} and t.name > ${after} and i.kind in ('image', 'unknown')
    order by t.name limit ${limit}`.execute(db)
  return rows
}

export interface PolicyRow {
  readonly selection: unknown
  readonly engine: string
}

/** The policies of the enabled connections that see a repository, the oldest connection first. */
export async function policiesOf(db: Db, repositoryId: number): Promise<PolicyRow[]> {
  const { rows } = await sql<PolicyRow>`
    select c.selection, c.engine from connection_repository cr join registry_connection c on c.id = cr.connection_id
    where cr.repository_id = ${repositoryId} and c.enabled and c.deleted_at is null
    order by c.created_at, c.id`.execute(db)
  return rows
}
