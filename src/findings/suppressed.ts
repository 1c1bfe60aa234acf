import { NO_COUNTS, type SeverityCounts, severityOfRank } from '../core/index.ts'
import type { Database } from '../platform/db/index.ts'
import { statedInInventories } from './occurrences/store.ts'
import type { CountedImage, FindOverlays, SuppressedCounts } from './ports.ts'

/** Images without statements, most of them, cost nothing but the question whether there are any. */
export async function suppressedOf(
  db: ReturnType<Database['lane']>,
  orgId: string,
  images: readonly CountedImage[],
  findOverlays: FindOverlays,
): Promise<SuppressedCounts> {
  const counted = images.filter(({ inventoryIds }) => inventoryIds.length > 0)
  const overlays = await findOverlays(
    orgId,
    counted.map(({ imageId }) => imageId),
  )
  if (overlays.size === 0) return new Map()
  const stated = counted.filter(({ imageId }) => overlays.has(imageId))
  const vulnerabilities = new Set(
    [...overlays.values()].flatMap((each) => [...each.values()]).flatMap((each) => each.vulnerabilities),
  )
  const inventories = new Set(stated.flatMap(({ inventoryIds }) => inventoryIds))
  const rows = Map.groupBy(
    await statedInInventories(db, [...inventories], [...vulnerabilities]),
    (row) => row.inventory_id,
  )
  return new Map(
    stated.map(({ imageId, inventoryIds }) => {
      const left = inventoryIds.map((id): [number, SeverityCounts] => {
        const counts = { ...NO_COUNTS }
        const overlay = overlays.get(imageId)?.get(id)
        for (const { severity, vulnerability, purl } of rows.get(id) ?? []) {
          const verdict = overlay?.verdict({ vulnerability, purl, ref: null })
          if (verdict !== undefined) counts[severityOfRank(severity)] += 1
        }
        return [id, counts]
      })
      return [imageId, new Map(left)]
    }),
  )
}
