import { digestBytes, parseDigest } from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import { type DigestImage, imageOfDigest } from './occurrences/store.ts'
import type { FindingFilters, FindUnselected } from './ports.ts'

type Db = ReturnType<Database['lane']>

/**
 * Why a digest has no findings although nothing was ever looked for: an empty list must not read as a clean image. null: it is an
 * image that is scanned, or is to be.
 */
export async function uncheckedBecause(
  db: Db,
  orgId: string,
  filters: FindingFilters,
  findUnselected?: FindUnselected,
): Promise<string | null> {
  if (filters.digest === undefined) return null
  const image = await imageOfDigest(db, orgId, digestBytes(parseDigest(filters.digest)), filters)
  if (image === undefined) return `this digest is not among ${searchedOf(filters)}`
  const never = notScanned(image)
  if (never !== null || image.inventory_id !== null) return never
  const rule = (await findUnselected?.(orgId, image.image_id)) ?? null
  return rule === null ? null : `this image is not selected for scanning: ${rule}`
}

function searchedOf({ repository, connection }: FindingFilters): string {
  if (repository !== undefined) return 'the images of this repository'
  return connection === undefined ? 'your images' : 'the images of this connection'
}

const NAMES: Readonly<Record<string, string>> = {
  chart: 'a chart',
  signature: 'a signature',
  attestation: 'an attestation',
}

function notScanned({ kind, inventory_id, is_part, is_wanted }: DigestImage): string | null {
  if (kind !== 'image' && kind !== 'unknown') {
    return `this is ${NAMES[kind] ?? 'another artifact'}, not an image: there is nothing to scan`
  }
  if (inventory_id !== null || is_wanted) return null
  return is_part
    ? 'this platform is not among those that the connection chose'
    : "none of this image's platforms is among those that the connection chose"
}
