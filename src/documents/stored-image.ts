import { type Digest, digestOfBytes } from '../core/index.ts'
import type { Inventory, PackageEntry } from '../inventory/index.ts'
import { unpackAttribution, type StoredAttribution } from '../inventory/sql.ts'
import type { Database } from '../platform/db/index.ts'
import { type EntryRow, findStoredPlatforms, inventoryEntries, inventoryRow } from './images/store.ts'
import type { StoredImage } from './ports.ts'

type Db = ReturnType<Database['lane']>

/**
 * @param manifest which platform, by its manifest's digest; undefined: the one that speaks for the image
 * @returns undefined when the organisation has no such image, or the platform was not scanned
 */
export async function readStoredImage(
  db: Db,
  orgId: string,
  imageId: number,
  manifest?: Digest,
): Promise<StoredImage | undefined> {
  const rows = await findStoredPlatforms(db, orgId, [imageId])
  const row =
    manifest === undefined
      ? rows[0]
      : rows.find(({ manifest_digest }) => digestOfBytes(manifest_digest) === manifest)
  if (row === undefined) return undefined
  const inventory = await readInventory(db, row.inventory_id)
  if (inventory === undefined) return undefined
  return {
    host: row.host,
    repository: row.repository,
    tag: row.tag ?? undefined,
    digest: digestOfBytes(row.digest),
    manifestDigest: digestOfBytes(row.manifest_digest),
    platform: row.platform,
    inventory,
  }
}

async function readInventory(db: Db, id: number): Promise<Inventory | undefined> {
  const row = await inventoryRow(db, id)
  if (row === undefined) return undefined
  const entries = await inventoryEntries(db, id)
  const sets = Array.from(Map.groupBy(entries, ({ set_no }) => set_no).values(), (rows) => ({
    kind: rows[0]?.kind ?? 'language',
    hash: rows[0]?.hash ?? '',
    entries: rows.map(toEntry),
  }))
  const lengths = sets.map((set) => set.entries.length)
  return {
    // Written by saveInventory, from an inventory.
    os: row.os as Inventory['os'],
    layers: row.layers as Inventory['layers'],
    attribution: unpackAttribution(row.attribution as StoredAttribution[], lengths),
    sets,
    notes: row.notes,
    unresolved: 0,
    names: null,
  }
}

function toEntry(row: EntryRow): PackageEntry {
  const { path, ecosystem, name, version, arch, purl, licenses, subject } = row
  return {
    path,
    package: {
      ecosystem,
      name,
      version,
      arch,
      sourceName: row.source_name,
      sourceVersion: row.source_version,
      purl,
      licenses,
      subject,
      skipReason: row.skip_reason,
    },
  }
}
