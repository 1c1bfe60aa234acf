import { isAppError } from '../../core/index.ts'
import { pageGuard } from '../index.ts'
import type { ApiPage, PageRequest } from './api.ts'

/** Where a listing stopped: the page, and whether it was asked for in order, which its token belongs to. */
export interface ListingPoint {
  readonly pageToken: string | undefined
  readonly newestFirst: boolean
}

export interface OrderedPage<T> {
  readonly items: readonly T[]
  /** undefined: this was the last. */
  readonly next: ListingPoint | undefined
  /** The rest is older than what was wanted, and was left out. */
  readonly cut: boolean
}

export interface OrderedListing<T> {
  readonly host: string
  ask(page: PageRequest): Promise<ApiPage<T>>
  updatedAt(item: T): number | undefined
  /** As in `ListingOptions`. */
  readonly since: number | undefined
  readonly from: ListingPoint | undefined
  readonly signal: AbortSignal | undefined
}

/**
 * Pages, the newest first where only those since a moment are wanted. The order is asked for, but what is allowed there is not
 * documented (orderBy: "The field to order the results by"): where it is refused all is listed, and a listing ends early only when
 * its own dates show that it goes from new to old.
 */
export async function* newestFirst<T>(listing: OrderedListing<T>): AsyncGenerator<OrderedPage<T>> {
  const { since, signal } = listing
  const guard = pageGuard(listing.host)
  const order = createOrderWatch()
  let point: ListingPoint = listing.from ?? { pageToken: undefined, newestFirst: since !== undefined }
  for (;;) {
    const asked = await askInOrder(listing, point)
    const { items, next } = asked.page
    for (const item of items) order.see(listing.updatedAt(item))
    const mayEnd = next !== undefined && since !== undefined && asked.newestFirst
    const cut = mayEnd && order.isBelow(since)
    const following =
      next === undefined || cut ? undefined : { pageToken: next, newestFirst: asked.newestFirst }
    yield { items, next: following, cut }
    if (following === undefined) return
    guard(following.pageToken, items)
    signal?.throwIfAborted()
    point = following
  }
}

async function askInOrder<T>(
  { ask, signal }: OrderedListing<T>,
  { pageToken, newestFirst: wanted }: ListingPoint,
): Promise<{ readonly page: ApiPage<T>; readonly newestFirst: boolean }> {
  try {
    return { page: await ask({ pageToken, newestFirst: wanted, signal }), newestFirst: wanted }
  } catch (error) {
    const orderRefused =
      wanted && pageToken === undefined && isAppError(error) && error.code === 'registry-refused'
    if (!orderRefused) throw error
    return { page: await ask({ signal }), newestFirst: false }
  }
}

/** So many falls in a row, and no rise, are no accident. */
const ENOUGH_FALLS = 8

/** Whether dates fall from one to the next. */
function createOrderWatch() {
  let last: number | undefined
  let falls = 0
  let broken = false
  return {
    see(at: number | undefined): void {
      if (at === undefined || (last !== undefined && at > last)) broken = true
      else if (last !== undefined && at < last) falls += 1
      last = at
    },
    isBelow: (since: number): boolean =>
      !broken && falls >= ENOUGH_FALLS && last !== undefined && last < since,
  }
}
