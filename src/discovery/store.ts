import { type Kysely, sql } from 'kysely'
import { recordset, sortedByKey } from '../platform/db/index.ts'

export type Db = Kysely<unknown>

export interface RepositoryRow {
  readonly id: number
  readonly host: string
  readonly path: string
}

export interface SeenRepository {
  readonly host: string
  readonly path: string
  readonly revision: string | null
}

export interface SeenRepositories {
  readonly orgId: string
  readonly connectionId: string
  readonly repositories: readonly SeenRepository[]
  readonly now: Date
}

/**
 * Records repositories that a connection's listing named. Ones that had gone come back with all that was known of them; what
 * a revision stood for before it left is asked again.
 */
export async function saveRepositories(db: Db, seen: SeenRepositories): Promise<RepositoryRow[]> {
  const rows = sortedByKey(seen.repositories, ({ host, path }) => `${host}/${path}`)
  if (rows.length === 0) return []
  const columns = { host: 'text', path: 'text', revision: 'text' }
  const { rows: saved } = await sql<RepositoryRow>`
    with listed as (select * from ${recordset(columns, rows)} as r),
    returned as (
      select r.id from repository r join listed l on l.host = r.host and l.path = r.path where r.org_id = ${seen.orgId} and r.gone_at is not null
    ),
    saved as (
      insert into repository (org_id, host, path, first_seen_at, last_seen_at)
      select ${seen.orgId}, l.host, l.path, ${seen.now}::timestamptz, ${seen.now}::timestamptz from listed l
      on conflict (org_id, host, path) do update set last_seen_at = excluded.last_seen_at, gone_at = null
      returning id, host, path
    ),
    linked as (
      insert into connection_repository (connection_id, repository_id, seen_at, listed_revision)
      select ${seen.connectionId}::uuid, s.id, ${seen.now}::timestamptz, l.revision
      from saved s join listed l on l.host = s.host and l.path = s.path order by s.id
      on conflict (connection_id, repository_id) do update set seen_at = excluded.seen_at, listed_revision = excluded.listed_revision,
        revision = case when excluded.repository_id in (select id from returned) then null else connection_repository.revision end,
        whole_listed_at = case when excluded.repository_id in (select id from returned) then null else connection_repository.whole_listed_at end
      returning repository_id
    )
    select s.id, s.host, s.path from saved s join linked on linked.repository_id = s.id`.execute(db)
  return saved
}

export async function countRepositories(db: Db, orgId: string, connectionId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from connection_repository c join repository r on r.id = c.repository_id
    where c.connection_id = ${connectionId} and r.org_id = ${orgId} and r.gone_at is null`.execute(db)
  return rows[0]?.n ?? 0
}

export async function countTags(db: Db, orgId: string, connectionId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from connection_repository c join repository r on r.id = c.repository_id join tag t on t.repository_id = r.id
    where c.connection_id = ${connectionId} and r.org_id = ${orgId}`.execute(db)
  return rows[0]?.n ?? 0
}

/** The connection's repositories after `after`, in order of id. */
export async function repositoriesAfter(
  db: Db,
  orgId: string,
  connectionId: string,
  after: number,
  limit: number,
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select r.id from connection_repository c join repository r on r.id = c.repository_id
    where c.connection_id = ${connectionId} and r.org_id = ${orgId} and r.gone_at is null and r.id > ${after}
    order by r.id limit ${limit}`.execute(db)
  return rows.map((row) => row.id)
}

export async function hasTags(db: Db, repositoryId: number): Promise<boolean> {
  const { rows } = await sql`select from tag where repository_id = ${repositoryId} limit 1`.execute(db)
  return rows.length > 0
}

/** Serialises what changes some repositories. @returns those of them that are the organisation's and have not gone */
export async function lockRepositories(
  db: Db,
  orgId: string,
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  const { rows } = await sql<{ id: number }>`
    select id from repository where id = any(${ids}::int[]) and org_id = ${orgId} and gone_at is null order by id for update`.execute(
    db,
  )
  return new Set(rows.map((row) => row.id))
}
