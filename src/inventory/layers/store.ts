import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { sql } from 'kysely'
import { type Clock, type Digest, digestBytes, digestOfBytes } from '../../core/index.ts'
import type { Database } from '../../platform/db/index.ts'
import { createLayerLeases, type LeaseOptions } from '../leases/store.ts'
import type { AnalyzerKey, LayerAccess, LayerStore } from '../ports.ts'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
/** A stored result unpacks to at most this; more is taken for damage. Bytes. */
const MAX_BODY = 256 * 1024 * 1024
/** What one statement brings together. Bytes. */
const MAX_STATEMENT = 256 * 1024

/** A LayerStore in the SQL database, for servers whose workers share no disk. */
export function createSqlLayerStore(database: Database): LayerStore {
  const db = database.lane('bulk')
  return {
    async get(diffId, keys) {
      if (keys.length === 0) return new Map()
      const { rows } = await sql<{ analyzer: string; version: number; body: Uint8Array }>`
        select analyzer, version, body from layer_result where diff_id = ${digestBytes(diffId)}
          and (analyzer, version) in (select * from unnest(${keys.map((key) => key.id)}::text[], ${keys.map((key) => key.version)}::int[]))`.execute(
        db,
      )
      const found = await Promise.all(
        rows.map(async (row) => [row.analyzer, await unpack(row.body)] as const),
      )
      return new Map(found.filter(([, value]) => value !== undefined))
    },
    async put(diffId, results) {
      const bodies = await Promise.all(results.map(({ value }) => compress(JSON.stringify(value))))
      const rows = results.map(({ key }, at) => ({ key, body: bodies[at] ?? Buffer.alloc(0) }))
      for (const some of inStatements(rows)) await putSome(db, diffId, some)
    },
    async diffIdOf(blob) {
      const { rows } = await sql<{ diff_id: Uint8Array }>`
        select diff_id from layer_blob where blob_digest = ${digestBytes(blob)}`.execute(db)
      return rows[0] === undefined ? undefined : digestOfBytes(rows[0].diff_id)
    },
    async verified(blob, diffId) {
      await sql`
        insert into layer_blob (blob_digest, diff_id) values (${digestBytes(blob)}, ${digestBytes(diffId)})
        on conflict (blob_digest) do nothing`.execute(db)
    },
  }
}

interface ResultRow {
  readonly key: AnalyzerKey
  readonly body: Uint8Array
}

/** Statements are to be short: most results are some bytes and go together, a large one goes alone. */
function inStatements(rows: readonly ResultRow[]): ResultRow[][] {
  const statements: ResultRow[][] = []
  let left = 0
  for (const row of rows.toSorted((one, other) => one.body.length - other.body.length)) {
    if (row.body.length > left) {
      statements.push([])
      left = MAX_STATEMENT
    }
    statements.at(-1)?.push(row)
    left -= row.body.length
  }
  return statements
}

async function putSome(
  db: ReturnType<Database['lane']>,
  diffId: Digest,
  rows: readonly ResultRow[],
): Promise<void> {
  const sorted = rows.toSorted((one, other) => (one.key.id < other.key.id ? -1 : 1))
  await sql`
    insert into layer_result (diff_id, analyzer, version, body)
    select ${digestBytes(diffId)}, * from unnest(${sorted.map(({ key }) => key.id)}::text[],
      ${sorted.map(({ key }) => key.version)}::int[], ${sorted.map(({ body }) => body)}::bytea[])
    on conflict (diff_id, analyzer, version) do update set body = excluded.body`.execute(db)
}

async function unpack(body: Uint8Array): Promise<unknown> {
  try {
    const json = await decompress(body, { maxOutputLength: MAX_BODY })
    return JSON.parse(json.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}

/**
 * What one organisation may use of known layers: those that it has pulled itself. All of them only while it is the only
 * organisation and its settings say that everything is one trust domain.
 */
export function createOrganisationLayerAccess(
  database: Database,
  clock: Clock,
  orgId: string,
  leases?: LeaseOptions,
): LayerAccess {
  const db = database.lane('bulk')
  return {
    // One process alone has the embedded database: it needs no claims.
    ...(database.kind === 'embedded' ? {} : { lease: createLayerLeases(database, clock, orgId, leases) }),
    async reusable(blobs) {
      const { rows } = await sql<{ blob_digest: Uint8Array }>`
        select b.digest as blob_digest from unnest(${blobs.map(digestBytes)}::bytea[]) as b (digest)
        where exists (select from org_layer o where o.org_id = ${orgId} and o.blob_digest = b.digest)
          or (exists (select from org_settings s where s.org_id = ${orgId} and s.one_trust_domain)
            and not exists (select from org_settings s where s.org_id <> ${orgId}))`.execute(db)
      return new Set(rows.map((row) => digestOfBytes(row.blob_digest)))
    },
    async pulled(blob) {
      await sql`
        insert into org_layer (org_id, blob_digest, pulled_at) values (${orgId}, ${digestBytes(blob)}, ${new Date(clock.now())})
        on conflict do nothing`.execute(db)
    },
  }
}
