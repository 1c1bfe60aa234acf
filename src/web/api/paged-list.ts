import {
  type InfiniteData,
  keepPreviousData,
  type QueryKey,
  useInfiniteQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import { mergePage, type Page, pagesInRange } from '../lib/pages.ts'
import { listen, type Topic } from './live.ts'

export interface PagedListOptions<T> {
  readonly queryKey: QueryKey
  readonly fetchPage: (cursor: string | undefined, signal?: AbortSignal) => Promise<Page<T>>
  readonly keyOf: (row: T) => string | number
  /** Events after which the rows on the screen are read again. */
  readonly topics: readonly Topic[]
}

type Pages<T> = InfiniteData<Page<T>, string | undefined>

/**
 * Reads the pages on the screen again after an event: changed cells change in place, new rows are only counted.
 *
 * @returns how many rows are new in the list with this key
 */
function useLiveRows<T>({ queryKey, fetchPage, keyOf, topics }: PagedListOptions<T>) {
  const client = useQueryClient()
  const key = ['list', ...queryKey]
  const list = JSON.stringify(key)
  const range = useRef<readonly [first: number, last: number]>([0, 0])
  const [news, setNews] = useState({ list, rows: 0 })

  const refresh = useEffectEvent(async (): Promise<void> => {
    const data = client.getQueryData<Pages<T>>(key)
    if (data === undefined) return
    if (data.pages.every((page) => page.items.length === 0)) {
      await client.invalidateQueries({ queryKey: key, exact: true })
      return
    }
    let rows = 0
    for (const index of pagesInRange(data.pages, ...range.current)) {
      const fresh = await fetchPage(data.pageParams[index]).catch(() => null)
      const old = client.getQueryData<Pages<T>>(key)
      if (fresh === null || old === undefined) return
      const merged = mergePage(old.pages, index, fresh, keyOf)
      rows += merged.unknown
      client.setQueryData<Pages<T>>(key, { ...old, pages: merged.pages })
    }
    setNews({ list, rows })
  })

  const watched = topics.join(' ')
  useEffect(
    () =>
      listen((topic) => {
        if (watched.split(' ').includes(topic)) void refresh()
      }),
    [watched],
  )
  const onRange = useCallback((first: number, last: number) => {
    range.current = [first, last]
  }, [])
  const showNew = (): void => {
    setNews({ list, rows: 0 })
    void client.resetQueries({ queryKey: key, exact: true })
  }
  return { newRows: news.list === list ? news.rows : 0, showNew, onRange }
}

/** A list by keyset pages. `rows` grows by `more()`; rows that arrived since wait in `newRows` until `showNew()`. */
export function usePagedList<T>(options: PagedListOptions<T>) {
  const query = useInfiniteQuery({
    queryKey: ['list', ...options.queryKey],
    queryFn: ({ pageParam, signal }) => options.fetchPage(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<T>) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    // Live rows are read page by page (above); coming back to a list starts it anew after a moment.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 5_000,
  })
  const live = useLiveRows(options)
  const pages = query.data?.pages
  const rows = useMemo(() => (pages ?? []).flatMap((page) => page.items), [pages])
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = query
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])

  return {
    ...live,
    rows,
    total: pages?.at(-1)?.total ?? null,
    isLoading: query.isPending,
    /** Rows of the filters before: shown, dimmed, until the new ones are there. */
    isOld: query.isPlaceholderData,
    error: pages === undefined ? query.error : null,
    moreError: isFetchNextPageError ? query.error : null,
    retry: () => void query.refetch(),
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    more,
    retryMore: () => void fetchNextPage(),
  }
}

export type PagedList<T> = ReturnType<typeof usePagedList<T>>
