import { sql } from 'kysely'
import type { Db } from '../store.ts'

/** Repositories that a connection saw before a moment, and not since: the first few. */
export async function unseenRepositories(
  db: Db,
  connectionId: string,
  before: Date,
  limit: number,
): Promise<number[]> {
  const { rows } = await sql<{ repository_id: number }>`
    select repository_id from connection_repository where connection_id = ${connectionId} and seen_at < ${before}
    order by repository_id limit ${limit}`.execute(db)
  return rows.map((row) => row.repository_id)
}

export interface Leaving {
  readonly connectionId: string
  readonly repositories: readonly number[]
  readonly now: Date
}

/**
 * Of these repositories, those that no other connection sees have gone from now on: whoever changes a repository leaves them alone.
 *
 * @returns which have gone, those included of which it was noted before
 */
export async function noteGone(db: Db, { connectionId, repositories, now }: Leaving): Promise<number[]> {
  // By a statement of its own, so that the next one sees who was just before.
  await lockAll(db, repositories)
  const { rows } = await sql<{ id: number }>`
    update repository r set gone_at = coalesce(r.gone_at, ${now}), postings_due = true, changes = changes + 1
    where r.id = any(${repositories}::int[]) and not exists (
      select from connection_repository c join registry_connection rc on rc.id = c.connection_id
      where c.repository_id = r.id and rc.deleted_at is null and c.connection_id <> ${connectionId})
    returning r.id`.execute(db)
  return rows.map((row) => row.id)
}

/** Holds a repository that has gone. @returns false when it has come back */
export async function lockGone(db: Db, repositoryId: number): Promise<boolean> {
  const { rows } = await sql`
    select from repository where id = ${repositoryId} and gone_at is not null for update`.execute(db)
  return rows.length > 0
}

/** Some tags of a repository leave; what they pointed to stays in the history. @returns how many left */
export async function dropTags(db: Db, repositoryId: number, now: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ dropped: number }>`
    with gone as (
      delete from tag where repository_id = ${repositoryId}
        and name in (select name from tag where repository_id = ${repositoryId} order by name limit ${limit})
      returning name, digest
    ),
    kept as (
      insert into tag_history (repository_id, name, digest, until)
      select ${repositoryId}::int, name, digest, ${now}::timestamptz from gone on conflict do nothing
    )
    select count(*)::int as dropped from gone`.execute(db)
  return rows[0]?.dropped ?? 0
}

/** The last step: the connection does not see these any more, and the postings of those that have gone follow. */
export async function unlink(db: Db, { connectionId, repositories }: Omit<Leaving, 'now'>): Promise<void> {
  await lockAll(db, repositories)
  await sql`
    update repository set postings_due = true where id = any(${repositories}::int[]) and gone_at is not null`.execute(
    db,
  )
  await sql`
    delete from connection_repository
    where connection_id = ${connectionId} and repository_id = any(${repositories}::int[])`.execute(db)
}

async function lockAll(db: Db, repositories: readonly number[]): Promise<void> {
  await sql`select from repository where id = any(${repositories}::int[]) order by id for update`.execute(db)
}
