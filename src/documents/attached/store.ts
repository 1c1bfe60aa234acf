import { type Kysely, sql } from 'kysely'
import { storableJson } from '../../platform/db/index.ts'
import type { ComparisonView, DocumentKind } from '../ports.ts'

type Db = Kysely<unknown>

/** Images of one repository that share a platform: an index that is pushed again and again with one platform unchanged. */
const MOST_IMAGES = 5

/** The images of the image's repository that have this platform. */
export async function imagesOfPlatform(
  db: Db,
  orgId: string,
  imageId: number,
  manifest: Uint8Array,
): Promise<{ id: number; digest: Uint8Array }[]> {
  const { rows } = await sql<{ id: number; digest: Uint8Array }>`
    select i.id, i.digest from image scanned join image i on i.repository_id = scanned.repository_id and i.org_id = scanned.org_id
    join image_platform p on p.image_id = i.id and p.manifest_digest = ${manifest}
    where scanned.id = ${imageId} and scanned.org_id = ${orgId} and i.gone_at is null order by i.id desc limit ${MOST_IMAGES}`.execute(
    db,
  )
  return rows
}

/** Which of these tags the image's repository has, as its last discovery saw it. */
export async function tagsAmong(
  db: Db,
  orgId: string,
  imageId: number,
  names: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select t.name from image i join tag t on t.repository_id = i.repository_id
    where i.id = ${imageId} and i.org_id = ${orgId} and t.name = any(${names}::text[])`.execute(db)
  return rows.map((row) => row.name)
}

export interface AttachedRow {
  readonly id: string
  readonly kind: DocumentKind
  readonly name: string
  readonly format: string
  readonly content: Uint8Array
  readonly entries: number
  readonly digest: Uint8Array
  readonly comparison: ComparisonView | null
  readonly seen_at: Date
}

interface Place {
  readonly orgId: string
  readonly imageId: number
  readonly manifest: Uint8Array
}

/** What is attached still keeps its row: statements are read once for each. */
export async function keepAttached(tx: Db, place: Place, rows: readonly AttachedRow[]): Promise<void> {
  const { orgId, imageId, manifest } = place
  for (const row of rows) {
    const comparison = row.comparison === null ? null : storableJson(row.comparison)
    await sql`
      insert into uploaded_document
        (id, org_id, kind, image_id, name, format, content, entries, uploaded_by, uploaded_at, source, digest, manifest_digest, comparison)
      select ${row.id}::uuid, ${orgId}, ${row.kind}, i.id, ${row.name}, ${row.format}, ${row.content}, ${row.entries}::int, '', ${row.seen_at},
        'attached', ${row.digest}, ${manifest}, ${comparison}::jsonb
      from image i where i.id = ${imageId} and i.org_id = ${orgId}
      on conflict (image_id, manifest_digest, digest) where source = 'attached' do update set comparison = excluded.comparison`.execute(
      tx,
    )
  }
  await sql`
    delete from uploaded_document d where d.image_id = ${imageId} and d.org_id = ${orgId} and d.source = 'attached'
      and d.manifest_digest = ${manifest} and d.digest <> all(${rows.map(({ digest }) => digest)}::bytea[])`.execute(
    tx,
  )
}

export async function noteAttached(db: Db, place: Place, notes: readonly string[]): Promise<void> {
  const { orgId, imageId, manifest } = place
  await sql`
    update image_platform p set attached_notes = ${notes}::text[] from image i
    where p.image_id = i.id and i.id = ${imageId} and i.org_id = ${orgId} and p.manifest_digest = ${manifest}
      and p.attached_notes <> ${notes}::text[]`.execute(db)
}
