/** Scanned images without a registry: rows as discovery and scanning leave them. */
import { digestBytes } from '../../core/index.ts'
import type { Inventory } from '../../inventory/index.ts'
import { saveInventory } from '../../inventory/sql.ts'
import type { Database } from '../../platform/db/index.ts'
import { digestOfText } from './inventories.ts'
import { rowsOf } from './rows.ts'

interface Held {
  readonly repositoryId: number
  readonly imageId: number
  readonly inventoryId: number
  readonly setIds: readonly number[]
}

/** An image of one platform in a repository, selected and scanned; its repository's postings are due. */
export async function holdImage(
  db: Database,
  orgId: string,
  path: string,
  tag: string,
  inventory: Inventory,
  options: { readonly lifecycle?: string; readonly selected?: boolean; readonly connectionId?: string } = {},
): Promise<Held> {
  const { lifecycle = 'Latest', selected = true } = options
  const manifest = digestOfText(JSON.stringify(inventory))
  const saved = await saveInventory(db, { manifest, indexerKey: 'test', inventory })
  const digest = digestBytes(manifest)
  const [repository] = await rowsOf<{ id: number }>(
    db,
    `insert into repository (org_id, host, path, postings_due) values ($1, 'registry.test', $2, true)
     on conflict (org_id, host, path) do update set postings_due = true returning id`,
    [orgId, path],
  )
  const repositoryId = repository?.id ?? 0
  const [image] = await rowsOf<{ id: number }>(
    db,
    `insert into image (org_id, repository_id, digest, kind, lifecycle, selected, scan_status) values ($1, $2, $3, 'image', $4, $5, 'Completed')
     on conflict (repository_id, digest) do update set gone_at = null, selected = excluded.selected returning id`,
    [orgId, repositoryId, digest, lifecycle, selected],
  )
  const imageId = image?.id ?? 0
  await db.execute(
    `insert into tag (repository_id, name, image_id, digest) values ($1, $2, $3, $4)
     on conflict (repository_id, name) do update set image_id = excluded.image_id, digest = excluded.digest`,
    [repositoryId, tag, imageId, digest],
  )
  await db.execute(
    `insert into image_platform (image_id, manifest_digest, platform, inventory_id) values ($1, $2, 'linux/amd64', $3)
     on conflict (image_id, manifest_digest) do update set inventory_id = excluded.inventory_id`,
    [imageId, digest, saved.id],
  )
  if (options.connectionId !== undefined) {
    await db.execute(
      'insert into connection_repository (connection_id, repository_id) values ($1, $2) on conflict do nothing',
      [options.connectionId, repositoryId],
    )
  }
  return { repositoryId, imageId, inventoryId: saved.id, setIds: saved.setIds }
}
