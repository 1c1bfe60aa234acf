import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type ComponentType, useEffect, useLayoutEffect, useRef, useState } from 'react'
import classes from './card-list.module.css'
import { openRow } from './rows.ts'

export interface CardListProps<T> {
  label: string
  rows: readonly T[]
  rowKey: (row: T) => string | number
  Card: ComponentType<{ row: T }>
  dimmed?: boolean
  onRange?: (first: number, last: number) => void
  onEnd?: () => void
}

const GUESSED_HEIGHT = 150
const NEAR_END = 6

/** A list of cards that scrolls with the page: what a table is in a narrow window. */
export function CardList<T>({ label, rows, rowKey, Card, dimmed, onRange, onEnd }: CardListProps<T>) {
  const list = useRef<HTMLUListElement>(null)
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => {
    setMargin(list.current === null ? 0 : list.current.getBoundingClientRect().top + window.scrollY)
  }, [])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => GUESSED_HEIGHT,
    overscan: 4,
    scrollMargin: margin,
  })
  const items = virtual.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    onRange?.(first, last)
    if (rows.length > 0 && last >= rows.length - NEAR_END) onEnd?.()
  }, [first, last, rows.length, onRange, onEnd])

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- a click on a card is one on its link
    <ul
      ref={list}
      onClick={openRow}
      aria-label={label}
      className={classes['list']}
      data-dimmed={dimmed === true}
      style={{ height: virtual.getTotalSize() }}
    >
      {items.map((item) => {
        const row = rows[item.index]
        if (row === undefined) return null
        return (
          <li
            key={rowKey(row)}
            ref={virtual.measureElement}
            data-index={item.index}
            aria-posinset={item.index + 1}
            aria-setsize={rows.length}
            className={classes['item']}
            style={{ transform: `translateY(${item.start - margin}px)` }}
          >
            <div className={classes['card']}>
              <Card row={row} />
            </div>
          </li>
        )
      })}
    </ul>
  )
}
