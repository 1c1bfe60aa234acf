import { sql } from 'kysely'
import type { Db } from '../store.ts'

/** What the platforms of a repository's images are called. */
export async function platformNames(db: Db, repositoryId: number): Promise<string[]> {
  const { rows } = await sql<{ platform: string }>`
    select distinct p.platform from image_platform p join image i on i.id = p.image_id
    where i.repository_id = ${repositoryId} and i.gone_at is null`.execute(db)
  return rows.map((row) => row.platform)
}

/**
 * Writes which platforms of a repository's images are scanned: the chosen ones, and all of an image that has none of them; what
 * does not say its platform always. Where that changes something, status and postings follow.
 */
export async function choosePlatforms(
  tx: Db,
  repositoryId: number,
  chosen: readonly string[] | 'all',
): Promise<void> {
  const isChosen = chosen === 'all' ? sql`true` : sql`p.platform = any(${chosen}::text[])`
  await sql`
    with decided as (
      select p.image_id, p.manifest_digest, p.wanted,
        p.platform = '' or ${isChosen} or not bool_or(${isChosen}) over (partition by p.image_id) as now_wanted
      from image_platform p join image i on i.id = p.image_id where i.repository_id = ${repositoryId} and i.gone_at is null
    ),
    changed as (
      update image_platform p set wanted = d.now_wanted from decided d
      where d.wanted <> d.now_wanted and p.image_id = d.image_id and p.manifest_digest = d.manifest_digest returning p.image_id
    ),
    images as (update image set scan_status = null where id in (select image_id from changed) returning id)
    update repository set postings_due = true where id = ${repositoryId} and exists (select from images)`.execute(
    tx,
  )
}

/**
 * Another engine speaks for a repository's images from now on: what it said of them before, in scans of the organisation, is shown
 * again; where it has said nothing yet, the former word stays until it has.
 */
export async function chooseEngine(
  tx: Db,
  orgId: string,
  repositoryId: number,
  engine: string,
): Promise<void> {
  const { rows } = await sql`
    update repository set engine = ${engine}, postings_due = true
    where id = ${repositoryId} and org_id = ${orgId} and engine <> ${engine} returning id`.execute(tx)
  if (rows.length === 0) return
  await sql`
    update image_platform p set inventory_id = coalesce((
      select v.id from inventory v
      where v.manifest_digest = p.manifest_digest and ${spokenBy(orgId, engine)}
        and exists (
          select from scan s where s.org_id = ${orgId} and s.manifest_digest = p.manifest_digest and s.engine = ${engine} and s.state = 'completed')
      order by v.id desc limit 1), p.inventory_id)
    from image i where i.id = p.image_id and i.repository_id = ${repositoryId}`.execute(tx)
  await sql`update image set scan_status = null where repository_id = ${repositoryId}`.execute(tx)
}

/** The built-in engine's inventories are content; another engine's belong to the organisation. */
function spokenBy(orgId: string, engine: string) {
  return sql`(case when v.source = 'indexed' then v.org_id is null and ${engine} = 'portolan' else v.org_id = ${orgId} and v.source = ${engine} end)`
}
