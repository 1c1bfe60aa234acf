import type { RegistryConnection } from '../../contract/index.ts'

type Counted = Pick<RegistryConnection, 'counts'>

/** What all connections have together; the share of scanned images is null where nothing is to be scanned. */
export function stateOf(connections: readonly Counted[]): { images: number; scannedPercent: number | null } {
  let images = 0
  let completed = 0
  let wanted = 0
  for (const { counts } of connections) {
    images += counts.images
    completed += counts.completed
    wanted += counts.completed + counts.pending + counts.scanning + counts.failed
  }
  return { images, scannedPercent: wanted === 0 ? null : percent(completed, wanted) }
}

/** Whole percent, where 100 means all and 0 means none. */
export function percent(part: number, whole: number): number {
  if (part >= whole) return 100
  if (part <= 0) return 0
  return Math.min(99, Math.max(1, Math.round((part * 100) / whole)))
}
