import { sql } from 'kysely'
import { type Db, refreshStatus } from '../store.ts'

/**
 * Shows another inventory of the same manifest wherever one was shown, and makes the postings of its repositories due. Repositories are
 * locked before images, in order of id.
 */
export async function replaceInventory(
  db: Db,
  manifest: Uint8Array,
  before: number,
  now: number,
): Promise<void> {
  await sql`
    with due as (
      select r.id from repository r where r.id in (
        select i.repository_id from image_platform p join image i on i.id = p.image_id
        where p.manifest_digest = ${manifest} and p.inventory_id = ${before})
      order by r.id for update
    )
    update repository set postings_due = true from due where repository.id = due.id`.execute(db)
  await sql`
    update image_platform set inventory_id = ${now} where manifest_digest = ${manifest} and inventory_id = ${before}`.execute(
    db,
  )
}

/** Queues a manifest once more for every organisation that has it selected for the built-in engine, behind all other work. @returns whether any can reach it */
export async function enqueueManifest(db: Db, manifest: Uint8Array, now: Date): Promise<boolean> {
  const { rows } = await sql<{ org_id: string }>`
    insert into scan (org_id, manifest_digest, image_id, connection_id, engine, pushed_at, requested_at)
    select distinct on (i.org_id) i.org_id, p.manifest_digest, i.id, c.id, r.engine, i.pushed_at, ${now}::timestamptz
    from image_platform p join image i on i.id = p.image_id join repository r on r.id = i.repository_id
    join connection_repository cr on cr.repository_id = r.id join registry_connection c on c.id = cr.connection_id
    where p.manifest_digest = ${manifest} and p.wanted and r.engine = 'portolan' and i.selected and i.gone_at is null and c.enabled and c.deleted_at is null
    order by i.org_id, c.status = 'Error', c.created_at, i.id
    on conflict (org_id, manifest_digest, engine) where state in ('pending', 'scanning') do nothing returning org_id`.execute(
    db,
  )
  for (const { org_id: orgId } of rows) await refreshStatus(db, orgId, [manifest])
  return rows.length > 0
}

/** @returns how many scans wait, at most `limit` */
export async function waitingScans(db: Db, limit: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (select from scan where state = 'pending' limit ${limit}) waiting`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}
