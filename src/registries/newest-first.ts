import { pageGuard } from './paging.ts'
import type { ListedTag, ListingOptions, TagPage } from './ports.ts'

/** A tag with what its platform sorts by. */
export interface DatedTag {
  readonly tag: ListedTag
  /** When it was last pushed or moved, milliseconds since the epoch. */
  readonly changedAt: number | null
}

export interface NumberedPage {
  readonly tags: readonly DatedTag[]
  readonly hasMore: boolean
  /** Of the whole repository, where the platform says it. */
  readonly count?: number
}

interface Position {
  readonly page: number
  /** Of the youngest tag when the listing began. */
  readonly newest: number | undefined
  /** Of the oldest tag so far. */
  readonly last: number | undefined
  readonly count: number | undefined
  /** The whole was seen; now what was pushed meanwhile. */
  readonly again: boolean
}

const START: Position = { page: 1, newest: undefined, last: undefined, count: undefined, again: false }

/**
 * Tags of a platform that gives them by numbered pages, the newest first, while others push and delete: a tag that moves to the
 * front during the listing is found there at its end, one that slides back over the border of a page when others are deleted
 * is read from there. A tag may come twice.
 *
 * Stops at `since` only when the pages themselves showed that they go from new to old.
 *
 * @param read a page by its number, from 1
 */
export async function* newestFirst(
  host: string,
  read: (page: number) => Promise<NumberedPage>,
  { cursor, since }: Pick<ListingOptions, 'cursor' | 'since'>,
): AsyncGenerator<TagPage> {
  const guard = pageGuard(host)
  const order = orderWatch()
  let position = readCursor(cursor)
  let names: ReadonlySet<string> = new Set()
  while (!position.again) {
    const page = await read(position.page)
    guard(String(position.page), page.tags)
    const slid = await slidBack(read, position, page, names)
    order.see(position.last, page.tags)
    names = new Set(page.tags.map(({ tag }) => tag.name))
    const next = after(position, page)
    const stops = page.hasMore && order.isShown() && isBefore(next.last, since)
    const ends = stops || (!page.hasMore && position.page === 1)
    position = page.hasMore ? next : { ...next, page: 1, again: true }
    yield {
      tags: [...slid, ...page.tags].map(({ tag }) => tag),
      nextCursor: ends ? null : writeCursor(position),
      ...(stops ? { partial: true } : {}),
    }
    if (ends) return
  }
  yield* meanwhile(read, position)
}

function after(position: Position, page: NumberedPage): Position {
  return {
    page: position.page + 1,
    newest: position.newest ?? page.tags[0]?.changedAt ?? undefined,
    last: page.tags.at(-1)?.changedAt ?? undefined,
    count: page.count,
    again: false,
  }
}

function isBefore(last: number | undefined, since: number | undefined): boolean {
  return last !== undefined && since !== undefined && last < since
}

/** What was pushed since the listing began: it stands at the front. */
async function* meanwhile(
  read: (page: number) => Promise<NumberedPage>,
  start: Position,
): AsyncGenerator<TagPage> {
  const { newest = Number.NEGATIVE_INFINITY } = start
  for (let { page } = start; ; page += 1) {
    const { tags, hasMore } = await read(page)
    const fresh = tags.filter(({ changedAt }) => changedAt === null || changedAt > newest)
    // Where nothing is dated, the first page is all that can be said to be fresh.
    const goesOn = hasMore && fresh.length === tags.length && Number.isFinite(newest)
    const nextCursor = goesOn ? writeCursor({ ...start, page: page + 1 }) : null
    yield { tags: fresh.map(({ tag }) => tag), nextCursor }
    if (!goesOn) return
  }
}

/** When the whole became smaller since the page before, entries slid from this page to that one unseen. */
async function slidBack(
  read: (page: number) => Promise<NumberedPage>,
  position: Position,
  page: NumberedPage,
  seen: ReadonlySet<string>,
): Promise<readonly DatedTag[]> {
  if (position.page === 1 || page.count === undefined || position.count === undefined) return []
  if (page.count >= position.count) return []
  const before = await read(position.page - 1)
  return before.tags.filter(({ tag }) => !seen.has(tag.name))
}

function orderWatch() {
  let descends = true
  let differs = false
  return {
    see(last: number | undefined, tags: readonly DatedTag[]): void {
      let before = last
      for (const { changedAt } of tags) {
        if (changedAt === null || (before !== undefined && changedAt > before)) descends = false
        if (changedAt !== null && before !== undefined && changedAt < before) differs = true
        before = changedAt ?? undefined
      }
    },
    isShown: () => descends && differs,
  }
}

function readCursor(cursor: string | undefined): Position {
  const parameters = new URLSearchParams(cursor ?? '')
  const number = (name: string): number | undefined => {
    const text = parameters.get(name) ?? ''
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined
  }
  const page = number('page')
  if (page === undefined || page < 1) return START
  return {
    page,
    newest: number('newest'),
    last: number('last'),
    count: number('count'),
    again: parameters.has('again'),
  }
}

function writeCursor({ page, newest, last, count, again }: Position): string {
  const known = Object.entries({ page, newest, last, count }).filter(([, value]) => value !== undefined)
  return new URLSearchParams([
    ...known.map(([name, value]): [string, string] => [name, String(value)]),
    ...(again ? [['again', ''] as [string, string]] : []),
  ]).toString()
}
