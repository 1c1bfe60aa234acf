import { type Kysely, sql } from 'kysely'
import { type Digest, digestBytes, digestOfBytes } from '../../core/index.ts'
import type { Database } from '../../platform/db/index.ts'
import type { LayerAttribution } from '../ports.ts'

type Db = Kysely<unknown>

/** What an inventory is to be made by: whatever another made is out of date. */
export interface RenewalGoal {
  readonly indexerKey: string
  /** Digest of the database of names in use; null: there is none, and names stay as they are. */
  readonly names: Digest | null
}

/** An inventory that is shown and was made by other analyzers, or with other names. */
export interface OutdatedInventory {
  readonly id: number
  readonly manifest: Digest
  /** One of the organisations that it is shown to. */
  readonly orgId: string
  /** `linux/amd64`; '' when not known. */
  readonly platform: string
  readonly layers: readonly LayerAttribution[]
}

interface Row {
  readonly id: number
  readonly manifest_digest: Uint8Array
  readonly org_id: string
  readonly platform: string
  readonly layers: readonly LayerAttribution[]
}

/**
 * The key under which an inventory is kept: where names may change with newer data on them, that data is part of it, so that the former
 * inventory stays until the newer one takes its place.
 */
export function inventoryKey(
  indexerKey: string,
  { unresolved, names }: { readonly unresolved: number; readonly names: Digest | null },
): string {
  return unresolved === 0 || names === null ? indexerKey : `${indexerKey} ${names}`
}

function goalText({ indexerKey, names }: RenewalGoal): string {
  return `${indexerKey} ${names ?? ''}`
}

function outdated(goal: RenewalGoal) {
  const named =
    goal.names === null
      ? sql``
      : sql`or (v.unresolved > 0 and v.names_digest is distinct from ${digestBytes(goal.names)}::bytea)`
  return sql`v.org_id is null and v.engine is null and v.source = 'indexed' and (split_part(v.indexer_key, ' ', 1) <> ${goal.indexerKey} ${named})
    and v.renewed_by is distinct from ${goalText(goal)}`
}

const shown = sql`
  select i.org_id, p.platform from image_platform p join image i on i.id = p.image_id
  where p.manifest_digest = v.manifest_digest and p.inventory_id = v.id and i.gone_at is null`

/** In order of id, those after `after`. */
export async function outdatedInventories(
  database: Database,
  goal: RenewalGoal,
  after: number,
  limit: number,
): Promise<OutdatedInventory[]> {
  const { rows } = await sql<Row>`
    select v.id, v.manifest_digest, v.layers, holder.org_id, holder.platform
    from inventory v cross join lateral (${shown} order by i.org_id limit 1) holder
    where v.id > ${after} and ${outdated(goal)} order by v.id limit ${limit}`.execute(database.lane('bulk'))
  return rows.map((row) => ({
    id: row.id,
    manifest: digestOfBytes(row.manifest_digest),
    orgId: row.org_id,
    platform: row.platform,
    layers: row.layers,
  }))
}

export async function countOutdatedInventories(database: Database, goal: RenewalGoal): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from inventory v where ${outdated(goal)} and exists (${shown})`.execute(
    database.lane('bulk'),
  )
  return rows[0]?.n ?? 0
}

/** Notes that all was done for an inventory to be made anew: it is not tried again for the same goal. */
export async function markRenewed(db: Db, inventoryId: number, goal: RenewalGoal): Promise<void> {
  await sql`update inventory set renewed_by = ${goalText(goal)} where id = ${inventoryId}`.execute(db)
}
