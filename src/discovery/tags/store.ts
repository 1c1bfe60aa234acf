import { sql } from 'kysely'
import { recordset, sortedByKey } from '../../platform/db/index.ts'
import type { Db } from '../store.ts'

export interface SeenTag {
  readonly name: string
  readonly digest: Uint8Array
  readonly pushedAt: Date | null
  readonly mediaType: string | null
}

export interface SeenTags {
  readonly orgId: string
  readonly repositoryId: number
  readonly tags: readonly SeenTag[]
  readonly now: Date
}

const tagColumns = { name: 'text', digest: 'bytea', pushed_at: 'timestamptz', media_type: 'text' }

/**
 * Records a page of tags: images that are new, what a moved tag pointed to before, where each points now. The caller holds
 * the repository's lock.
 */
export async function saveTags(db: Db, { orgId, repositoryId, tags, now }: SeenTags): Promise<void> {
  if (tags.length === 0) return
  const rows = sortedByKey(tags, (tag) => tag.name).map((tag) => ({
    name: tag.name,
    digest: tag.digest,
    pushed_at: tag.pushedAt,
    media_type: tag.mediaType,
  }))
  const seen = recordset(tagColumns, rows)
  await sql`
    insert into image (org_id, repository_id, digest, media_type, pushed_at, first_seen_at)
    select distinct on (t.digest) ${orgId}, ${repositoryId}::int, t.digest, t.media_type, t.pushed_at, ${now}::timestamptz
    from ${seen} as t order by t.digest, t.pushed_at desc nulls last
    on conflict (repository_id, digest) do update set gone_at = null, pushed_at = coalesce(excluded.pushed_at, image.pushed_at)
      where image.gone_at is not null or excluded.pushed_at is distinct from image.pushed_at`.execute(db)
  await sql`
    insert into tag_history (repository_id, name, digest, until)
    select old.repository_id, old.name, old.digest, ${now}::timestamptz
    from tag old join ${seen} as t on t.name = old.name where old.repository_id = ${repositoryId} and old.digest <> t.digest
    on conflict do nothing`.execute(db)
  await sql`
    insert into tag (repository_id, name, image_id, digest, pushed_at, first_seen_at, seen_at)
    select ${repositoryId}::int, t.name, i.id, t.digest, t.pushed_at, ${now}::timestamptz, ${now}::timestamptz
    from ${seen} as t join image i on i.repository_id = ${repositoryId} and i.digest = t.digest order by t.name
    on conflict (repository_id, name) do update
      set image_id = excluded.image_id, digest = excluded.digest, pushed_at = excluded.pushed_at, seen_at = excluded.seen_at`.execute(
    db,
  )
}

/** After a complete listing: tags that it did not name have gone, and with them images that no tag names any more. */
export async function dropUnseenTags(
  db: Db,
  repositoryId: number,
  listingBegan: Date,
  now: Date,
): Promise<void> {
  await sql`
    with unseen as (delete from tag where repository_id = ${repositoryId} and seen_at < ${listingBegan} returning name, digest)
    insert into tag_history (repository_id, name, digest, until)
    select ${repositoryId}::int, name, digest, ${now}::timestamptz from unseen on conflict do nothing`.execute(
    db,
  )
  await sql`
    with gone as (
      update image set gone_at = ${now}, selected = false, lifecycle = 'Outdated'
      where repository_id = ${repositoryId} and gone_at is null and not exists (select from tag t where t.image_id = image.id)
      returning id
    )
    update repository set postings_due = true where id = ${repositoryId} and exists (select from gone)`.execute(
    db,
  )
}

export interface TagOfImage {
  readonly name: string
  readonly image_id: number
  readonly pushed_at: Date | null
  readonly built_at: Date | null
  readonly kind: string
  readonly lifecycle: string
  readonly selected: boolean
}

/** All tags of a repository with what ranks their images. */
export async function tagsOfRepository(db: Db, repositoryId: number): Promise<TagOfImage[]> {
  const { rows } = await sql<TagOfImage>`
    select t.name, t.image_id, t.pushed_at, i.built_at, i.kind, i.lifecycle, i.selected
    from tag t join image i on i.id = t.image_id where t.repository_id = ${repositoryId}`.execute(db)
  return rows
}

export interface Arranged {
  readonly id: number
  readonly lifecycle: string
  readonly selected: boolean
}

/** Writes lifecycle and selection of images that changed; the repository's postings follow. */
export async function saveArrangement(
  db: Db,
  repositoryId: number,
  images: readonly Arranged[],
): Promise<void> {
  if (images.length === 0) return
  const rows = sortedByKey(images, (image) => image.id)
  await sql`
    update image set lifecycle = a.lifecycle, selected = a.selected
    from ${recordset({ id: 'int', lifecycle: 'text', selected: 'boolean' }, rows)} as a
    where image.id = a.id and image.repository_id = ${repositoryId}`.execute(db)
  await sql`update repository set postings_due = true where id = ${repositoryId}`.execute(db)
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
