import { Table } from '@mantine/core'
import { useMergedRef } from '@mantine/hooks'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useEffect, useMemo, useRef } from 'react'
import { layoutColumns } from '../lib/columns.ts'
import classes from './data-table.module.css'
import { useInnerWidth } from './inner-width.ts'
import { openRow, walkRows } from './rows.ts'

export interface Column<T> {
  id: string
  header: ReactNode
  /** Width in pixels at least; what is left over goes to those that grow, by share. */
  width: number
  grow?: number
  /** It goes where there is no room for all; 1 goes first. */
  leaves?: number
  align?: 'right'
  cell: (row: T) => ReactNode
}

export interface DataTableProps<T> {
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  rowKey: (row: T) => string | number
  /** The row whose details are open. */
  activeKey?: string | number | undefined
  /** How many rows there are in all, where that is known. */
  rowCount?: number | undefined
  rowHeight?: number
  dimmed?: boolean
  onRange?: (first: number, last: number) => void
  /** The reader comes near the end of what is loaded. */
  onEnd?: () => void
}

const NEAR_END = 15

/** A table of rows of one height: only those on the screen are in the document. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { label, rows, rowKey, rowHeight = 40, onRange, onEnd } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [sized, width] = useInnerWidth()
  const ref = useMergedRef(scroller, sized)
  const columns = useMemo(() => layoutColumns(props.columns, width), [props.columns, width])
  // oxlint-disable-next-line react/incompatible-library -- pages are not compiled; its functions stay in this component
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  })
  const items = virtual.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    onRange?.(first, last)
    if (rows.length > 0 && last >= rows.length - NEAR_END) onEnd?.()
  }, [first, last, rows.length, onRange, onEnd])
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const total = columns.reduce((sum, column) => sum + column.pixels, 0)

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrows move between the rows' links, and a click on a row is one on its link
    <section
      ref={ref}
      className={classes['scroller']}
      data-dimmed={props.dimmed === true}
      aria-label={label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
      tabIndex={0}
      onKeyDown={walkRows}
      onClick={openRow}
    >
      <Table
        className={classes['table'] ?? ''}
        layout="fixed"
        style={{ width: Math.max(total, width) }}
        aria-rowcount={props.rowCount ?? -1}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={{ width: column.pixels }} />
          ))}
        </colgroup>
        <Table.Thead>
          <Table.Tr aria-rowindex={1}>
            {columns.map((column) => (
              <Table.Th key={column.id} scope="col" data-align={column.align}>
                {column.header}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Spacer height={above} span={columns.length} />
          {items.map((item) => {
            const row = rows[item.index]
            if (row === undefined) return null
            const key = rowKey(row)
            return (
              <TableRow
                key={key}
                row={row}
                index={item.index}
                isActive={key === props.activeKey}
                columns={columns}
                height={rowHeight}
              />
            )
          })}
          <Spacer height={below} span={columns.length} />
        </Table.Tbody>
      </Table>
    </section>
  )
}

interface TableRowProps<T> {
  row: T
  index: number
  isActive: boolean
  columns: readonly Column<T>[]
  height: number
}

function PlainTableRow<T>({ row, index, isActive, columns, height }: TableRowProps<T>) {
  return (
    <Table.Tr data-index={index} data-active={isActive} aria-rowindex={index + 2} style={{ height }}>
      {columns.map((column) => (
        <Table.Td key={column.id} data-align={column.align}>
          {column.cell(row)}
        </Table.Td>
      ))}
    </Table.Tr>
  )
}

/** Drawn again only when its data changes: a scroll draws the rows that come, not those that are there. */
const TableRow = memo(PlainTableRow) as typeof PlainTableRow

/** Stands for the rows that are not in the document. */
function Spacer({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden style={{ height }}>
      <Table.Td colSpan={span} className={classes['spacer'] ?? ''} />
    </tr>
  )
}
