import { sql } from 'kysely'
import type { Db, RepositoryRow } from '../store.ts'

/** Changes of a repository and the policies of whoever sees it: what lifecycle and selection were decided for. */
const arrangedFor = sql`r.changes || ' ' || md5(coalesce((
  select string_agg(p.id::text || p.selection::text || p.engine, ' ' order by p.created_at, p.id)
  from connection_repository seen join registry_connection p on p.id = seen.connection_id
  where seen.repository_id = r.id and p.enabled and p.deleted_at is null), ''))`

/** Repositories of a connection where something is to be looked into or decided, those in a listing that goes on left out. */
export async function nextLooks(
  db: Db,
  orgId: string,
  connectionId: string,
  tried: readonly number[],
  limit: number,
): Promise<RepositoryRow[]> {
  const { rows } = await sql<RepositoryRow>`
    select r.id, r.host, r.path from connection_repository c join repository r on r.id = c.repository_id
    where c.connection_id = ${connectionId} and c.looks_due and c.listing is null and r.org_id = ${orgId} and r.gone_at is null
      and not (r.id = any(${tried}::int[]))
    order by r.id limit ${limit}`.execute(db)
  return rows
}

/** Repositories of a connection that were arranged for other policies, or other tags, are due. */
export async function markPoliciesChanged(db: Db, orgId: string, connectionId: string): Promise<void> {
  await sql`
    update connection_repository c set looks_due = true from repository r
    where c.connection_id = ${connectionId} and r.id = c.repository_id and r.org_id = ${orgId} and r.gone_at is null
      and not c.looks_due and r.arranged_for is distinct from ${arrangedFor}`.execute(db)
}

export interface ArrangementState {
  readonly changes: number
  /** What an arrangement that is made now is for. */
  readonly arrangedFor: string
  /** Of the last one; null: there was none. */
  readonly lastFor: string | null
}

export async function arrangementState(db: Db, repositoryId: number): Promise<ArrangementState> {
  const { rows } = await sql<ArrangementState>`
    select r.changes, ${arrangedFor} as "arrangedFor", r.arranged_for as "lastFor" from repository r where r.id = ${repositoryId}`.execute(
    db,
  )
  return rows[0] ?? { changes: -1, arrangedFor: '', lastFor: null }
}

/**
 * Images of a repository that no tag names any more have gone. Works on at most `limit` images after a digest.
 *
 * @returns the digest reached; null at the end
 */
export async function dropUntagged(
  db: Db,
  repositoryId: number,
  now: Date,
  after: Uint8Array,
  limit: number,
): Promise<Uint8Array | null> {
  const { rows } = await sql<{ digest: Uint8Array }>`
    select digest from image where repository_id = ${repositoryId} and digest > ${after} order by digest limit ${limit}`.execute(
    db,
  )
  const last = rows.at(-1)?.digest
  if (last === undefined) return null
  await sql`
    with gone as (
      update image set gone_at = ${now}, selected = false, lifecycle = 'Outdated'
      where repository_id = ${repositoryId} and digest > ${after} and digest <= ${last} and gone_at is null
        and not exists (select from tag t where t.image_id = image.id)
      returning id
    )
    update repository set postings_due = true where id = ${repositoryId} and exists (select from gone)`.execute(
    db,
  )
  return rows.length < limit ? null : last
}

export interface Arrangement {
  /** Ids. */
  readonly selected: readonly number[]
  readonly latest: number | null
  /** Not looked into yet, though they are to be. */
  readonly pending: readonly number[]
}

/** Writes lifecycle and selection of the images that have a part in them; the repository's postings follow. */
export async function saveArrangement(
  db: Db,
  repositoryId: number,
  { selected, latest, pending }: Arrangement,
): Promise<void> {
  await sql`
    with wanted as (
      select i.id, case when i.id = any(${pending}::int[]) then 'Pending' when i.id = ${latest}::int then 'Latest' else 'Outdated' end as lifecycle,
        i.id = any(${selected}::int[]) as selected
      from image i where i.gone_at is null and i.id in (
        select id from image where repository_id = ${repositoryId} and (selected or lifecycle = 'Latest')
        union select unnest(${[...new Set([...selected, ...pending, ...(latest === null ? [] : [latest])])]}::int[]))
    ),
    changed as (
      update image set lifecycle = w.lifecycle, selected = w.selected from wanted w
      where image.id = w.id and image.repository_id = ${repositoryId} and (image.lifecycle <> w.lifecycle or image.selected <> w.selected)
      returning image.id
    )
    update repository set postings_due = true where id = ${repositoryId} and exists (select from changed)`.execute(
    db,
  )
}

/**
 * What was not looked into, and is not to be, is out of date. Works on at most `limit` images after an id.
 *
 * @returns the id reached; null at the end
 */
export async function setOthersOutdated(
  db: Db,
  repositoryId: number,
  pending: readonly number[],
  after: number,
  limit: number,
): Promise<number | null> {
  const { rows } = await sql<{ last: number | null; seen: number }>`
    with page as (
      select id from image where repository_id = ${repositoryId} and kind = 'unknown' and gone_at is null and id > ${after} order by id limit ${limit}
    ),
    outdated as (
      update image set lifecycle = 'Outdated' from page
      where image.id = page.id and image.lifecycle = 'Pending' and not (image.id = any(${pending}::int[]))
    )
    select max(id) as last, count(*)::int as seen from page`.execute(db)
  const { last = null, seen = 0 } = rows[0] ?? {}
  return seen < limit ? null : last
}

/** The arrangement stands. @param failure of looks that are to be tried again; they stay due */
export async function endLooks(
  db: Db,
  ended: {
    readonly connectionId: string
    readonly repositoryId: number
    readonly arrangedFor: string
    readonly due: boolean
    readonly failure: string | null
  },
): Promise<void> {
  await sql`update repository set arranged_for = ${ended.arrangedFor} where id = ${ended.repositoryId}`.execute(
    db,
  )
  await sql`
    update connection_repository set looks_due = ${ended.due}, looks_failure = ${ended.failure}
    where connection_id = ${ended.connectionId} and repository_id = ${ended.repositoryId}`.execute(db)
}
