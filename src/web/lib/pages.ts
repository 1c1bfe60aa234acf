/** Keyset pages that are already on the screen. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
  readonly total: string | null
}

/** Numbers of the pages that hold the rows `first` to `last`. */
export function pagesInRange(pages: readonly Page<unknown>[], first: number, last: number): number[] {
  const found: number[] = []
  let start = 0
  for (const [index, page] of pages.entries()) {
    const end = start + page.items.length
    if (start <= last && end > first) found.push(index)
    start = end
  }
  return found
}

/**
 * Puts a page that was read again in the place of the old one: changed rows change in place, rows that are gone leave, and
 * rows that are new are only counted (`unknown`), so that nothing moves under the reader's hand. A row that is missing in
 * the fresh page is gone when a row after it is still there, or when the fresh page is the last one; otherwise new rows may
 * only have pushed it to the next page.
 */
export function mergePage<T>(
  pages: readonly Page<T>[],
  index: number,
  fresh: Page<T>,
  keyOf: (row: T) => string | number,
): { pages: Page<T>[]; unknown: number } {
  const byKey = new Map(fresh.items.map((row) => [keyOf(row), row]))
  const isFresh = (row: T): boolean => byKey.has(keyOf(row))
  const old = pages[index]?.items ?? []
  const lastKept = fresh.nextCursor === null ? old.length : old.findLastIndex(isFresh)
  const gone = new Set(old.filter((row, at) => at < lastKept && !isFresh(row)).map(keyOf))
  const known = new Set<string | number>()
  const merged = pages.map((page) => {
    const items = page.items
      .filter((row) => !gone.has(keyOf(row)))
      .map((row) => {
        const key = keyOf(row)
        known.add(key)
        return byKey.get(key) ?? row
      })
    return { ...page, items, total: fresh.total }
  })
  return { pages: merged, unknown: [...byKey.keys()].filter((key) => !known.has(key)).length }
}
