import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ComparisonView, DocumentKind, DocumentQuery, DocumentSource } from '../ports.ts'

type Db = Kysely<unknown>

export interface DocumentRow {
  readonly id: string
  readonly kind: DocumentKind
  readonly name: string
  readonly format: string
  readonly entries: number
  readonly image_id: number | null
  readonly uploaded_by: string
  readonly uploaded_at: Date
  readonly source: DocumentSource
  readonly digest: Uint8Array | null
  readonly manifest_digest: Uint8Array | null
  readonly comparison: ComparisonView | null
}

const columns = sql.raw(
  'd.id, d.kind, d.name, d.format, d.entries, d.image_id, d.uploaded_by, d.uploaded_at, d.source, d.digest, d.manifest_digest, d.comparison',
)

/** @returns false when the image is not the organisation's */
export async function insertDocument(
  db: Db,
  orgId: string,
  row: DocumentRow & { readonly content: Uint8Array },
): Promise<boolean> {
  const { rows } = await sql`
    insert into uploaded_document (id, org_id, kind, image_id, name, format, content, entries, uploaded_by, uploaded_at)
    select ${row.id}::uuid, ${orgId}, ${row.kind}, ${row.image_id}::int, ${row.name}, ${row.format}, ${row.content}, ${row.entries}, ${row.uploaded_by}, ${row.uploaded_at}
    where ${row.image_id}::int is null or exists (select from image i where i.id = ${row.image_id}::int and i.org_id = ${orgId} and i.gone_at is null)
    returning id`.execute(db)
  return rows.length === 1
}

/** Newest first. */
export async function listDocuments(
  db: Db,
  orgId: string,
  { kind, image, limit }: DocumentQuery,
  before: string | undefined,
): Promise<DocumentRow[]> {
  const parts = wanted(orgId, { kind, image })
  if (before !== undefined) parts.push(sql`d.id < ${before}::uuid`)
  const { rows } = await sql<DocumentRow>`
    select ${columns} from uploaded_document d where ${sql.join(parts, sql` and `)} order by d.id desc limit ${limit + 1}`.execute(
    db,
  )
  return rows
}

export async function countDocuments(db: Db, orgId: string, query: DocumentQuery): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from uploaded_document d where ${sql.join(wanted(orgId, query), sql` and `)}`.execute(
    db,
  )
  return rows[0]?.n ?? 0
}

function wanted(
  orgId: string,
  { kind, image }: Pick<DocumentQuery, 'kind' | 'image'>,
): RawBuilder<unknown>[] {
  const parts = [sql`d.org_id = ${orgId}`]
  if (kind !== undefined) parts.push(sql`d.kind = ${kind}`)
  if (image !== undefined) parts.push(sql`d.image_id = ${image}::bigint`)
  return parts
}

export async function removeDocument(db: Db, orgId: string, id: string): Promise<boolean> {
  const { rows } = await sql`
    delete from uploaded_document d where d.id = ${id}::uuid and d.org_id = ${orgId} and d.source = 'upload' returning d.id`.execute(
    db,
  )
  return rows.length === 1
}

export async function contentOf(
  db: Db,
  orgId: string,
  kind: DocumentKind,
  id: string,
): Promise<Uint8Array | undefined> {
  const { rows } = await sql<{ content: Uint8Array }>`
    select d.content from uploaded_document d
    where d.id = ${id}::uuid and d.org_id = ${orgId} and d.kind = ${kind} and d.source = 'upload'`.execute(db)
  return rows[0]?.content
}

export async function isAttached(db: Db, orgId: string, id: string): Promise<boolean> {
  const { rows } = await sql`
    select from uploaded_document d where d.id = ${id}::uuid and d.org_id = ${orgId} and d.source = 'attached'`.execute(
    db,
  )
  return rows.length === 1
}

export interface StatementRow {
  readonly id: string
  readonly image_id: number
  readonly name: string
  /** The platform that it is attached to; null: it is about the image. */
  readonly manifest_digest: Uint8Array | null
}

/** VEX documents on images, oldest first; of one image no more than 100. */
export async function statementsOn(
  db: Db,
  orgId: string,
  imageIds: readonly number[],
): Promise<StatementRow[]> {
  const { rows } = await sql<StatementRow>`
    select d.id, d.image_id, d.name, d.manifest_digest from unnest(${imageIds}::int[]) as wanted (image_id) cross join lateral (
      select d.id, d.image_id, d.name, d.manifest_digest from uploaded_document d
      where d.image_id = wanted.image_id and d.kind = 'vex' and d.org_id = ${orgId} order by d.id limit 100) d
    order by d.id`.execute(db)
  return rows
}

export async function contentsOf(
  db: Db,
  ids: readonly string[],
): Promise<{ id: string; content: Uint8Array }[]> {
  const { rows } = await sql<{ id: string; content: Uint8Array }>`
    select d.id, d.content from uploaded_document d where d.id = any(${ids}::uuid[])`.execute(db)
  return rows
}
