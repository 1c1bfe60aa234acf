import type { Classification } from '../classify.ts'
import { type RawBuilder, sql } from 'kysely'
import { recordset, sortedByKey } from '../../platform/db/index.ts'
import type { Db } from '../store.ts'

export interface UnknownImage {
  readonly id: number
  readonly digest: Uint8Array
}

/** Images of a repository that nobody has looked into yet. */
export async function unknownImages(
  db: Db,
  repositoryId: number,
  after: number,
  limit: number,
): Promise<UnknownImage[]> {
  const { rows } = await sql<UnknownImage>`
    select i.id, i.digest from image i
    where i.repository_id = ${repositoryId} and i.kind = 'unknown' and i.gone_at is null and i.id > ${after}
      and not exists (select from image_platform p where p.image_id = i.id)
    order by i.id limit ${limit}`.execute(db)
  return rows
}

export interface PlacedImage {
  readonly repository_id: number
  readonly host: string
  readonly path: string
  readonly digest: Uint8Array
}

/** One image and where it is, if nobody has looked into it yet. */
export async function findUnknown(db: Db, orgId: string, imageId: number): Promise<PlacedImage | undefined> {
  const { rows } = await sql<PlacedImage>`
    select i.repository_id, i.digest, r.host, r.path from image i join repository r on r.id = i.repository_id
    where i.org_id = ${orgId} and i.id = ${imageId}::bigint and i.kind = 'unknown' and i.gone_at is null`.execute(
    db,
  )
  return rows[0]
}

/** What the organisation already knows of the same digests from its other repositories is taken over. @returns which */
export async function copyKnown(
  db: Db,
  orgId: string,
  repositoryId: number,
  ids: readonly number[],
): Promise<{ id: number; kind: string }[]> {
  const { rows } = await sql<{ id: number; kind: string }>`
    with twin as (
      select distinct on (i.id) i.id, o.id as source, o.kind, o.media_type, o.size, o.built_at,
        case when his.engine = own.engine then o.scan_status end as scan_status
      from image i join repository own on own.id = i.repository_id join image o on o.org_id = i.org_id and o.digest = i.digest and o.kind <> 'unknown' and o.id <> i.id
        join repository his on his.id = o.repository_id
      where i.id = any(${ids}::int[]) and i.repository_id = ${repositoryId} and i.org_id = ${orgId} and i.kind = 'unknown' and i.gone_at is null
        and not exists (select from image_platform p where p.image_id = i.id)
      order by i.id, his.engine = own.engine desc, o.id
    ),
    platforms as (
      insert into image_platform (image_id, manifest_digest, platform, size, inventory_id)
      select twin.id, p.manifest_digest, p.platform, p.size, ${knownInventory(orgId, repositoryId)}
      from twin join image_platform p on p.image_id = twin.source on conflict do nothing
    )
    update image set kind = twin.kind, media_type = coalesce(twin.media_type, image.media_type), size = coalesce(twin.size, image.size),
      built_at = twin.built_at, scan_status = twin.scan_status, lifecycle = 'Outdated'
    from twin where image.id = twin.id returning image.id, image.kind`.execute(db)
  return rows
}

/** What the repository's engine said of a manifest that the organisation has in another of its images. */
function knownInventory(orgId: string, repositoryId: RawBuilder<unknown> | number): RawBuilder<unknown> {
  return sql`(
    select k.inventory_id from image_platform k join image h on h.id = k.image_id join repository hr on hr.id = h.repository_id
    where k.manifest_digest = p.manifest_digest and h.org_id = ${orgId} and k.inventory_id is not null
      and hr.engine = (select own.engine from repository own where own.id = ${repositoryId}) limit 1)`
}

export interface Classified extends Classification {
  readonly id: number
}

const platformColumns = { image_id: 'int', manifest_digest: 'bytea', platform: 'text', size: 'bigint' }

/**
 * Writes what looking into images told. A platform that the organisation has scanned before, in another image, keeps its
 * inventory.
 */
export async function saveClassified(db: Db, orgId: string, images: readonly Classified[]): Promise<void> {
  if (images.length === 0) return
  const rows = sortedByKey(images, (image) => image.id).map((image) => ({
    id: image.id,
    kind: image.kind,
    media_type: image.mediaType,
    size: image.size,
    built_at: image.builtAt,
  }))
  const columns = { id: 'int', kind: 'text', media_type: 'text', size: 'bigint', built_at: 'timestamptz' }
  await sql`
    update image set kind = c.kind, media_type = coalesce(c.media_type, image.media_type), size = coalesce(c.size, image.size), built_at = c.built_at,
      lifecycle = case when image.lifecycle = 'Pending' then 'Outdated' else image.lifecycle end
    from ${recordset(columns, rows)} as c where image.id = c.id and image.org_id = ${orgId}`.execute(db)
  const platforms = rows.flatMap((row) => {
    const image = images.find((each) => each.id === row.id)
    return (image?.platforms ?? []).map(({ manifest, ...each }) => ({
      image_id: row.id,
      manifest_digest: manifest,
      ...each,
    }))
  })
  if (platforms.length === 0) return
  await sql`
    insert into image_platform (image_id, manifest_digest, platform, size, inventory_id)
    select p.image_id, p.manifest_digest, p.platform, p.size, ${knownInventory(orgId, sql`(select repository_id from image where id = p.image_id)`)}
    from ${recordset(platformColumns, platforms)} as p on conflict (image_id, manifest_digest) do nothing`.execute(
    db,
  )
}
