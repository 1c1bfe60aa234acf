import { describe, expect, it } from 'vitest'
import { mergePage, type Page, pagesInRange } from '../../src/web/lib/pages.ts'

interface Row {
  id: number
  text: string
}

const rows = (...ids: number[]): Row[] => ids.map((id) => ({ id, text: 'old' }))
const page = (items: readonly Row[], nextCursor: string | null): Page<Row> => ({
  items,
  nextCursor,
  total: null,
})
const merge = (pages: readonly Page<Row>[], index: number, fresh: Page<Row>) =>
  mergePage(pages, index, fresh, (row) => row.id)
const idsOf = (pages: readonly Page<Row>[]): number[][] => pages.map(({ items }) => items.map(({ id }) => id))

describe('pagesInRange', () => {
  const pages = [page(rows(1, 2, 3), 'a'), page(rows(4, 5, 6), 'b'), page(rows(7), null)]

  it.each([
    [0, 0, [0]],
    [0, 2, [0]],
    [2, 3, [0, 1]],
    [3, 5, [1]],
    [0, 99, [0, 1, 2]],
    [7, 9, []],
  ])('rows %i to %i are on pages %j', (first, last, wanted) => {
    expect(pagesInRange(pages, first, last)).toEqual(wanted)
  })
})

describe('mergePage', () => {
  it('changes rows in place, also those that moved to another page', () => {
    const changed = { id: 4, text: 'new' }
    const merged = merge(
      [page(rows(1, 2, 3), 'a'), page(rows(4, 5), null)],
      0,
      page([changed, ...rows(1, 2)], 'x'),
    )
    expect(idsOf(merged.pages)).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
    expect(merged.pages[1]?.items[0]).toBe(changed)
    expect(merged.unknown).toBe(0)
  })

  it('counts new rows and does not insert them', () => {
    const merged = merge([page(rows(1, 2, 3), 'a')], 0, page(rows(8, 9, 1), 'x'))
    expect(idsOf(merged.pages)).toEqual([[1, 2, 3]])
    expect(merged.unknown).toBe(2)
  })

  it('takes rows away that left, but not those that new ones pushed to the next page', () => {
    const gone = merge([page(rows(1, 2, 3), 'a')], 0, page(rows(1, 3, 4), 'x'))
    expect(idsOf(gone.pages)).toEqual([[1, 3]])
    const pushed = merge([page(rows(1, 2, 3), 'a')], 0, page(rows(7, 8, 9), 'x'))
    expect(idsOf(pushed.pages)).toEqual([[1, 2, 3]])
  })

  it('on the last page every missing row is gone', () => {
    const merged = merge([page(rows(1, 2, 3), null)], 0, page(rows(1), null))
    expect(idsOf(merged.pages)).toEqual([[1]])
  })
})
