import { type Kysely, sql } from 'kysely'
import { recordset, sortedByKey } from '../platform/db/index.ts'

export type Db = Kysely<unknown>

export interface RepositoryRow {
  readonly id: number
  readonly path: string
}

export interface SeenRepositories {
  readonly orgId: string
  readonly connectionId: string
  readonly host: string
  readonly paths: readonly string[]
  readonly now: Date
}

/** Records repositories that a connection's listing named. Ones that had gone come back with all that was known of them. */
export async function saveRepositories(db: Db, seen: SeenRepositories): Promise<void> {
  const rows = sortedByKey(
    seen.paths.map((path) => ({ path })),
    (row) => row.path,
  )
  if (rows.length === 0) return
  await sql`
    with saved as (
      insert into repository (org_id, host, path, first_seen_at, last_seen_at)
      select ${seen.orgId}, ${seen.host}, r.path, ${seen.now}::timestamptz, ${seen.now}::timestamptz from ${recordset({ path: 'text' }, rows)} as r
      on conflict (org_id, host, path) do update set last_seen_at = excluded.last_seen_at, gone_at = null
      returning id
    )
    insert into connection_repository (connection_id, repository_id, seen_at)
    select ${seen.connectionId}::uuid, id, ${seen.now}::timestamptz from saved order by id
    on conflict (connection_id, repository_id) do update set seen_at = excluded.seen_at`.execute(db)
}

/**
 * After a complete listing: the connection no longer sees what it did not name, and what no connection sees any more has
 * gone, with its images and tags.
 *
 * @returns how many repositories have gone
 */
export async function dropUnseenRepositories(
  db: Db,
  connectionId: string,
  listingBegan: Date,
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    with unseen as (
      delete from connection_repository where connection_id = ${connectionId} and seen_at < ${listingBegan} returning repository_id
    ),
    gone as (
      select r.id from repository r where r.id in (select repository_id from unseen) and not exists (
        select from connection_repository c join registry_connection rc on rc.id = c.connection_id
        where c.repository_id = r.id and rc.deleted_at is null and not (c.connection_id = ${connectionId} and c.seen_at < ${listingBegan}))
      order by r.id for update
    )
    update repository set gone_at = ${now}, postings_due = true from gone where repository.id = gone.id returning repository.id`.execute(
    db,
  )
  const ids = rows.map((row) => row.id)
  await sql`delete from tag where repository_id = any(${ids}::int[])`.execute(db)
  await sql`
    update image set gone_at = ${now}, selected = false where repository_id = any(${ids}::int[]) and gone_at is null`.execute(
    db,
  )
  return ids.length
}

/** The connection's repositories in order of path, after `after`. */
export async function nextRepositories(
  db: Db,
  orgId: string,
  connectionId: string,
  after: string,
  limit: number,
): Promise<RepositoryRow[]> {
  const { rows } = await sql<RepositoryRow>`
    select r.id, r.path from connection_repository c join repository r on r.id = c.repository_id
    where c.connection_id = ${connectionId} and r.org_id = ${orgId} and r.gone_at is null and r.path > ${after}
    order by r.path limit ${limit}`.execute(db)
  return rows
}

export async function countRepositories(db: Db, orgId: string, connectionId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from connection_repository c join repository r on r.id = c.repository_id
    where c.connection_id = ${connectionId} and r.org_id = ${orgId} and r.gone_at is null`.execute(db)
  return rows[0]?.n ?? 0
}

export async function hasTags(db: Db, repositoryId: number): Promise<boolean> {
  const { rows } = await sql`select from tag where repository_id = ${repositoryId} limit 1`.execute(db)
  return rows.length > 0
}

/** Serialises what changes one repository. @returns false when it is not the organisation's or has gone */
export async function lockRepository(db: Db, orgId: string, repositoryId: number): Promise<boolean> {
  const { rows } = await sql`
    select id from repository where id = ${repositoryId} and org_id = ${orgId} and gone_at is null for update`.execute(
    db,
  )
  return rows.length > 0
}
