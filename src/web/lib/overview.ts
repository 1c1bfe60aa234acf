import type { RegistryConnection } from '../../contract/index.ts'
import { exactTotal } from './format.ts'

type Counts = RegistryConnection['counts']

/** The share of scanned images of a connection; null where nothing is to be scanned. */
export function scannedPercent({ completed, pending, scanning, failed }: Counts): number | null {
  return share(completed, completed + pending + scanning + failed)
}

/** The same of two lists' totals; null also where they are too long to be counted. */
export function percentOf(completed: string | null, wanted: string | null): number | null {
  const [part, whole] = [exactTotal(completed), exactTotal(wanted)]
  return part === null || whole === null ? null : share(part, whole)
}

/** The same over connections, for more images than a list counts: what several of them see counts for each. */
export function percentOfAll(counts: readonly Counts[]): number | null {
  const sum = (of: (each: Counts) => number): number => counts.reduce((total, each) => total + of(each), 0)
  return share(
    sum(({ completed }) => completed),
    sum(({ completed, pending, scanning, failed }) => completed + pending + scanning + failed),
  )
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : percent(part, whole)
}

/** Whole percent, where 100 means all and 0 means none. */
export function percent(part: number, whole: number): number {
  if (part >= whole) return 100
  if (part <= 0) return 0
  return Math.min(99, Math.max(1, Math.round((part * 100) / whole)))
}
