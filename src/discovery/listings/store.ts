import { sql } from 'kysely'
import type { Db, RepositoryRow } from '../store.ts'

/** Where a listing of one repository's tags stands, kept page by page; it goes on only within its own run. */
export interface ListingPlace {
  readonly run: string
  readonly cursor: string
  /** Milliseconds. */
  readonly began: number
  readonly since: number | null
}

/** A repository whose tags are to be listed. */
export interface ListableRow extends RepositoryRow {
  /** As the listing of repositories gave it. */
  readonly listed_revision: string | null
  readonly listing: ListingPlace | null
  readonly tags_listed_at: Date | null
  readonly whole_listed_at: Date | null
  readonly newest_pushed_at: Date | null
}

const listable = sql`r.id, r.host, r.path, c.listed_revision, c.listing, c.tags_listed_at, c.whole_listed_at, c.newest_pushed_at`

export interface Wanted {
  readonly orgId: string
  readonly connectionId: string
  /** What this run has listed is not listed again. */
  readonly runId: string
  /** Also what has not changed by its revision. */
  readonly complete: boolean
  /** Also what was last listed whole before this. */
  readonly staleBefore: Date
}

const toList = (wanted: Wanted) => sql`
  c.connection_id = ${wanted.connectionId} and r.org_id = ${wanted.orgId} and r.gone_at is null and c.listed_by is distinct from ${wanted.runId}::uuid
  and (${wanted.complete}::boolean or c.listed_revision is null or c.revision is distinct from c.listed_revision
    or c.whole_listed_at is null or c.whole_listed_at < ${wanted.staleBefore})`

/** Repositories whose tags may have changed, in order of host and path, after `after`. */
export async function nextListable(
  db: Db,
  wanted: Wanted,
  after: { readonly host: string; readonly path: string },
  limit: number,
): Promise<ListableRow[]> {
  const { rows } = await sql<ListableRow>`
    select ${listable} from connection_repository c join repository r on r.id = c.repository_id
    where ${toList(wanted)} and (r.host, r.path) > (${after.host}, ${after.path})
    order by r.host, r.path limit ${limit}`.execute(db)
  return rows
}

export async function countListable(db: Db, wanted: Wanted): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from connection_repository c join repository r on r.id = c.repository_id where ${toList(wanted)}`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}

/** One repository by its place, if the connection knows it. */
export async function findListable(
  db: Db,
  orgId: string,
  connectionId: string,
  place: { readonly host: string; readonly path: string },
): Promise<ListableRow | undefined> {
  const { rows } = await sql<ListableRow>`
    select ${listable} from connection_repository c join repository r on r.id = c.repository_id
    where c.connection_id = ${connectionId} and r.org_id = ${orgId} and r.host = ${place.host} and r.path = ${place.path} and r.gone_at is null`.execute(
    db,
  )
  return rows[0]
}

/** The next listing of these repositories' tags is whole, whatever their revision says. */
export async function expectWhole(
  db: Db,
  orgId: string,
  connectionId: string,
  places: readonly { readonly host: string; readonly path: string }[],
): Promise<void> {
  await sql`
    update connection_repository c set revision = null, whole_listed_at = null from repository r
    where c.connection_id = ${connectionId} and r.id = c.repository_id and r.org_id = ${orgId}
      and (r.host, r.path) in (select * from unnest(${places.map((each) => each.host)}::text[], ${places.map((each) => each.path)}::text[]))`.execute(
    db,
  )
}

interface Link {
  readonly connectionId: string
  readonly repositoryId: number
}

/** Keeps the place in a listing that goes on. */
export async function keepPlace(
  db: Db,
  { connectionId, repositoryId }: Link,
  place: ListingPlace,
): Promise<void> {
  await sql`
    update connection_repository set listing = ${{ ...place }}::jsonb
    where connection_id = ${connectionId} and repository_id = ${repositoryId}`.execute(db)
}

/** The tags were listed and recorded to the end: only now the revision counts. */
export async function endListing(
  db: Db,
  { connectionId, repositoryId }: Link,
  ended: {
    readonly runId: string
    readonly revision: string | null
    readonly began: Date
    readonly whole: boolean
  },
): Promise<void> {
  await sql`
    update connection_repository set listed_by = ${ended.runId}::uuid, listing = null, revision = ${ended.revision}, tags_listed_at = ${ended.began},
      whole_listed_at = case when ${ended.whole} then ${ended.began}::timestamptz else whole_listed_at end, tags_failure = null
    where connection_id = ${connectionId} and repository_id = ${repositoryId}`.execute(db)
}

/** After a listing of everything: what it named was listed to the end. */
export async function endContents(
  db: Db,
  connectionId: string,
  ended: { readonly began: Date; readonly whole: boolean },
): Promise<void> {
  await sql`
    update connection_repository set listing = null, tags_listed_at = ${ended.began}, tags_failure = null,
      whole_listed_at = case when ${ended.whole} then ${ended.began}::timestamptz else whole_listed_at end
    where connection_id = ${connectionId} and (seen_at >= ${ended.began} or not ${ended.whole})`.execute(db)
}

/** The tags could not be listed; the next run tries again. */
export async function failListing(
  db: Db,
  { connectionId, repositoryId }: Link,
  failed: { readonly runId: string; readonly because: string },
): Promise<void> {
  await sql`
    update connection_repository set listed_by = ${failed.runId}::uuid, listing = null, tags_failure = ${failed.because}
    where connection_id = ${connectionId} and repository_id = ${repositoryId}`.execute(db)
}

export interface Failures {
  readonly repositories: number
  readonly failed: number
  /** `path: reason` */
  readonly first: string | null
  /** Repositories with images that nobody could look into yet. */
  readonly waiting: number
}

/** What of a connection could not be read whole, as far as its last discoveries know. */
export async function failuresOf(db: Db, orgId: string, connectionId: string): Promise<Failures> {
  const { rows } = await sql<Failures>`
    select count(*)::int as repositories, count(coalesce(c.tags_failure, c.looks_failure))::int as failed,
      count(*) filter (where c.looks_due)::int as waiting,
      (array_agg(r.path || ': ' || coalesce(c.tags_failure, c.looks_failure) order by r.host, r.path)
        filter (where coalesce(c.tags_failure, c.looks_failure) is not null))[1] as first
    from connection_repository c join repository r on r.id = c.repository_id
    where c.connection_id = ${connectionId} and r.org_id = ${orgId} and r.gone_at is null`.execute(db)
  return rows[0] ?? { repositories: 0, failed: 0, first: null, waiting: 0 }
}

/** The newest push date that any of a connection's repositories has. */
export async function newestPush(db: Db, connectionId: string): Promise<Date | null> {
  const { rows } = await sql<{ newest: Date | null }>`
    select max(newest_pushed_at) as newest from connection_repository where connection_id = ${connectionId}`.execute(
    db,
  )
  return rows[0]?.newest ?? null
}
