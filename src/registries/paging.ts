import { createHash } from 'node:crypto'
import { AppError } from '../core/index.ts'
import type { HttpResponse } from '../platform/http/index.ts'
import { nextLink } from './distribution/link.ts'

const mostPages = 10_000
const longestCursor = 4096

function endless(host: string): AppError {
  return new AppError({
    code: 'paging-endless',
    kind: 'invalid',
    publicMessage: `${host} lists in a circle: it gave the same page twice, or more than ${mostPages} pages.`,
    remedy: 'Report it to whoever runs the registry; meanwhile name the repositories one by one.',
  })
}

/**
 * Watches over one listing. A server that ignores where to go on repeats its page under ever new cursors, one with a bug repeats
 * its cursor: called with every page, before the next one is asked for.
 *
 * @param host for the message
 * @throws AppError `paging-endless` (invalid)
 */
export function pageGuard(host: string): (cursor: string, entries: readonly unknown[]) => void {
  const seen = new Set<string>()
  let pages = 0
  return (cursor, entries) => {
    const marks = [cursor, createHash('sha256').update(JSON.stringify(entries)).digest('base64')]
    pages += 1
    const repeats = entries.length > 0 && marks.some((mark) => seen.has(mark))
    if (repeats || pages > mostPages) throw endless(host)
    for (const mark of marks) seen.add(mark)
  }
}

/**
 * The query of the next page by an answer's Link header, for our own address: behind a proxy its host and scheme can be
 * wrong. What names another place altogether is refused.
 *
 * @param path that was asked for, without its query
 * @param isOwn whether the path of a Link is that of the same listing; default: the very same
 * @returns without `?`; undefined on the last page
 * @throws AppError `paging-refused` (invalid)
 */
export function nextQuery(
  response: HttpResponse,
  { host, path }: { readonly host: string; readonly path: string },
  isOwn: (linked: string) => boolean = (linked) => linked === path,
): string | undefined {
  const link = nextLink(response.headerValues('link'))
  if (link === undefined) return undefined
  const url = URL.parse(link, `https://registry.invalid${path}`)
  const query = url?.search.slice(1) ?? ''
  if (url !== null && isOwn(url.pathname) && query !== '' && query.length <= longestCursor) return query
  throw new AppError({
    code: 'paging-refused',
    kind: 'invalid',
    publicMessage: `${host} says that its list goes on at another address; that is not followed.`,
    remedy: 'Check the address of the registry, and what proxies in between rewrite.',
  })
}

/** The query that a listing begins with: that of an earlier listing, or the first when the cursor is none. */
export function startQuery(cursor: string | undefined, first: string): string {
  return cursor !== undefined && cursor.length <= longestCursor && /^[\w.-]+=[^#\s]*$/.test(cursor)
    ? cursor
    : first
}
