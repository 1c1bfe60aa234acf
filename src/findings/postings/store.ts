import { type Kysely, sql } from 'kysely'
import { chunks, type Database, inTransaction, recordset, sortedByKey } from '../../platform/db/index.ts'
import type { Contribution } from '../counters/contribution.ts'
import { contributionsOf, logDifference, vulnerabilitiesOf } from '../counters/store.ts'
import { recordBaseline, recordChange } from '../events.ts'
import { MATCHES_LOCK } from '../../matching/sql.ts'

type Db = Kysely<unknown>

/** Bits of `repository_package.scope`. */
export const SCOPE = { selected: 1, latest: 2, inUse: 4 } as const

interface Difference {
  readonly package_id: number
  readonly change: 'opened' | 'changed' | 'closed'
  readonly scope: number | null
  readonly image_count: number | null
}

/** Repositories whose postings are due, a few at a time. */
export async function dueRepositories(database: Database, limit: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from repository where postings_due order by id limit ${limit}`.execute(database.lane('bulk'))
  return rows.map((row) => row.id)
}

/**
 * Brings the postings of a repository where that is due in line with its images, in one transaction: what its selected images hold since when. Doing
 * it twice changes nothing; what the organisation's counters gain or lose by it is logged beside.
 *
 * @returns the organisation, when anything changed
 */
export async function recomputePostings(
  database: Database,
  repositoryId: number,
  now: Date,
): Promise<string | undefined> {
  return inTransaction(database, 'bulk', async (tx) => {
    await sql`select pg_advisory_xact_lock_shared(${MATCHES_LOCK})`.execute(tx)
    const { rows } = await sql<{ org_id: string }>`
      update repository set postings_due = false where id = (
        select id from repository where id = ${repositoryId} and postings_due for update) returning org_id`.execute(
      tx,
    )
    const orgId = rows[0]?.org_id
    // Another worker has just done it.
    if (orgId === undefined) return undefined
    const differences = await findDifferences(tx, repositoryId)
    if (differences.length === 0) return undefined
    const isFirst = !(await hasPostings(tx, repositoryId))
    const moved = differences.filter((row) => row.change !== 'changed').map((row) => row.package_id)
    const vulnerabilities = await vulnerabilitiesOf(tx, moved)
    const before = await contributionsOf(tx, repositoryId, vulnerabilities)
    await applyDifferences(tx, { orgId, repositoryId, now }, differences)
    const after: Contribution[] = await contributionsOf(tx, repositoryId, vulnerabilities)
    await logDifference(tx, orgId, before, after)
    const inOrg = (rows: readonly Contribution[]) => rows.map((row) => ({ ...row, org_id: orgId }))
    if (isFirst) await recordBaseline(tx, orgId, repositoryId, after)
    else {
      const closed = differences.filter((row) => row.change === 'closed').map((row) => row.package_id)
      const isImageGone = await lastHolderIsGone(tx, repositoryId, closed)
      await recordChange(tx, { repositoryId, before: inOrg(before), after: inOrg(after), isImageGone })
    }
    return orgId
  })
}

async function hasPostings(tx: Db, repositoryId: number): Promise<boolean> {
  const { rows } =
    await sql`select from repository_package where repository_id = ${repositoryId} limit 1`.execute(tx)
  return rows.length > 0
}

/** Whether the image that held some of these packages last was deleted at the registry, and no other took its tags. */
async function lastHolderIsGone(tx: Db, repositoryId: number, packages: readonly number[]): Promise<boolean> {
  if (packages.length === 0) return false
  const { rows } = await sql<{ is_gone: boolean }>`
    select i.gone_at is not null and not exists (
        select from tag_history h join tag t on t.repository_id = h.repository_id and t.name = h.name
        where h.repository_id = ${repositoryId} and h.digest = i.digest) as is_gone
    from image i join image_platform p on p.image_id = i.id and p.wanted join inventory v on v.id = p.inventory_id
    join package_set s on s.id = any(v.set_ids)
    where i.repository_id = ${repositoryId} and s.package_ids && ${packages}::int[]
    order by i.gone_at desc nulls first limit 1`.execute(tx)
  return rows[0]?.is_gone === true
}

async function findDifferences(tx: Db, repositoryId: number): Promise<Difference[]> {
  const { rows } = await sql<Difference>`
    with held as (
      select distinct i.id as image_id, i.lifecycle, s.set_id
      from image i join image_platform p on p.image_id = i.id and p.wanted join inventory v on v.id = p.inventory_id
      cross join lateral unnest(v.set_ids) as s (set_id)
      where i.repository_id = ${repositoryId} and i.gone_at is null and i.selected
    ),
    wanted as (
      select entry.package_id, count(distinct h.image_id)::int as image_count,
        ${SCOPE.selected}::int | case when bool_or(h.lifecycle = 'Latest') then ${SCOPE.latest}::int else 0 end as scope
      from held h join package_set s on s.id = h.set_id cross join lateral unnest(s.package_ids) as entry (package_id)
      group by entry.package_id
    ),
    open as (
      select package_id, scope, image_count from repository_package where repository_id = ${repositoryId} and gone_at is null
    )
    select coalesce(w.package_id, o.package_id) as package_id, w.scope, w.image_count,
      case when o.package_id is null then 'opened' when w.package_id is null then 'closed' else 'changed' end as change
    from wanted w full join open o on o.package_id = w.package_id
    where (w.scope, w.image_count) is distinct from (o.scope::int, o.image_count)`.execute(tx)
  return rows
}

interface Place {
  readonly orgId: string
  readonly repositoryId: number
  readonly now: Date
}

async function applyDifferences(
  tx: Db,
  { orgId, repositoryId, now }: Place,
  differences: readonly Difference[],
): Promise<void> {
  const columns = { package_id: 'int', scope: 'smallint', image_count: 'int' }
  const sorted = sortedByKey(differences, (row) => row.package_id)
  const closed = sorted.filter((row) => row.change === 'closed').map((row) => row.package_id)
  await sql`
    update repository_package set gone_at = ${now}
    where repository_id = ${repositoryId} and package_id = any(${closed}::int[]) and gone_at is null`.execute(
    tx,
  )
  for (const rows of chunks(sorted.filter((row) => row.change === 'changed'))) {
    await sql`
      update repository_package o set scope = d.scope, image_count = d.image_count from ${recordset(columns, rows)} as d
      where o.repository_id = ${repositoryId} and o.package_id = d.package_id and o.gone_at is null`.execute(
      tx,
    )
  }
  for (const rows of chunks(sorted.filter((row) => row.change === 'opened'))) {
    // Gone and back within one millisecond: the interval goes on.
    await sql`
      insert into repository_package (repository_id, package_id, since, org_id, scope, image_count)
      select ${repositoryId}::int, d.package_id, ${now}::timestamptz, ${orgId}, d.scope, d.image_count from ${recordset(columns, rows)} as d
      on conflict (repository_id, package_id, since)
        do update set gone_at = null, scope = excluded.scope, image_count = excluded.image_count`.execute(tx)
  }
}
