import { Button, Group, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ComponentType, ReactNode } from 'react'
import type { PagedList } from '../api/paged-list.ts'
import { exactTotal, loadedOf, number } from '../lib/format.ts'
import { CardList } from './card-list.tsx'
import { type Column, DataTable } from './data-table.tsx'
import { Failed, RowsSkeleton } from './faces.tsx'
import classes from './list-view.module.css'

export const NARROW = '(max-width: 47.99em)'

export interface ListViewProps<T> {
  list: PagedList<T>
  label: string
  noun: string
  columns: readonly Column<T>[]
  rowKey: (row: T) => string | number
  activeKey?: string | number | undefined
  /** The row as a card, in a narrow window. */
  Card: ComponentType<{ row: T }>
  empty: ReactNode
  rowHeight?: number
}

/** The four faces of a long list, as a table or, in a narrow window, as cards. */
export function ListView<T>(props: ListViewProps<T>) {
  const { list, label, rowKey } = props
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false })
  if (list.isLoading) return <RowsSkeleton />
  if (list.error !== null) return <Failed error={list.error} retry={list.retry} />
  if (list.rows.length === 0) return props.empty
  const shared = {
    label,
    rows: list.rows,
    rowKey,
    dimmed: list.isOld,
    onRange: list.onRange,
    onEnd: list.more,
  }
  const total = exactTotal(list.total)
  return (
    <div className={classes['view']}>
      <NewRows list={list} />
      {narrow === true ? (
        <CardList {...shared} Card={props.Card} />
      ) : (
        <DataTable
          {...shared}
          columns={props.columns}
          activeKey={props.activeKey}
          rowCount={total === null ? undefined : total + 1}
          rowHeight={props.rowHeight ?? 40}
        />
      )}
      <ListFoot list={list} noun={props.noun} />
    </div>
  )
}

/** Rows that arrived since wait here: a list never moves by itself. */
function NewRows<T>({ list }: { list: PagedList<T> }) {
  return (
    <output className={classes['new']}>
      {list.newRows === 0 ? null : (
        <Button radius="xl" size="compact-sm" onClick={list.showNew}>
          {number(list.newRows)} new
        </Button>
      )}
    </output>
  )
}

function ListFoot<T>({ list, noun }: { list: PagedList<T>; noun: string }) {
  return (
    <Group className={classes['foot'] ?? ''} justify="space-between" gap="sm">
      <Text size="xs" c="dimmed" className="tabular" component="output">
        {loadedOf(list.rows.length, list.total, list.hasMore, noun)}
      </Text>
      {list.moreError === null ? null : <Failed error={list.moreError} retry={list.retryMore} />}
      {list.hasMore && list.moreError === null ? (
        <Button variant="default" size="compact-xs" onClick={list.more} loading={list.isLoadingMore}>
          Load more
        </Button>
      ) : null}
    </Group>
  )
}
