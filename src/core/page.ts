import { AppError } from './app-error.ts'

/** What a list is asked for: the rows after `cursor`, `limit` of them. */
export interface PageRequest {
  readonly cursor?: string | undefined
  /** 1 to 200. */
  readonly limit: number
}

/** A page of a list: `nextCursor` is null on the last one; `total` is a number up to 10,000, else "10,000+". */
export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
  readonly total: string | null
}

/** Lists are counted exactly up to here. */
export const COUNT_LIMIT = 10_000

/** @param counted a count that may have stopped at COUNT_LIMIT + 1 */
export function totalText(counted: number): string {
  return counted > COUNT_LIMIT ? '10,000+' : String(counted)
}

type CursorKind = 'string' | 'number'
type CursorValue<K extends CursorKind> = K extends 'string' ? string : number
type CursorValues<K extends readonly CursorKind[]> = { -readonly [I in keyof K]: CursorValue<K[I]> }

/** The sort key of a page's last row as an opaque word for a URL. */
export function encodeCursor(key: readonly (string | number)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(key))
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * Reads what `encodeCursor` wrote. Whoever sends it may have changed it, so it must name a place in a list and nothing else.
 *
 * @param kinds the types of the key's parts, in order
 * @throws AppError `cursor-invalid` (invalid)
 */
export function decodeCursor<const K extends readonly CursorKind[]>(
  cursor: string | undefined,
  kinds: K,
): CursorValues<K> | undefined {
  if (cursor === undefined || cursor === '') return undefined
  const key = parse(cursor)
  const fits =
    Array.isArray(key) &&
    key.length === kinds.length &&
    kinds.every((kind, index) => isOfKind(key[index], kind))
  if (fits) return key as CursorValues<K>
  throw new AppError({
    code: 'cursor-invalid',
    kind: 'invalid',
    publicMessage: 'The cursor is not one that this list gave out.',
    remedy: 'Take `nextCursor` of the page before, or leave the cursor away to begin anew.',
  })
}

/** Numbers are places in a list: whole ones, that a database takes. */
function isOfKind(part: unknown, kind: CursorKind): boolean {
  return kind === 'number' ? Number.isSafeInteger(part) : typeof part === 'string'
}

function parse(cursor: string): unknown {
  try {
    const text = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0))))
  } catch {
    return undefined
  }
}

/**
 * Makes a page of rows that were asked for with `limit + 1`: the one too many only tells that there is more.
 *
 * @param key the sort key of a row, as the list's cursor has it
 */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  key: (row: T) => readonly (string | number)[],
  total: string | null,
): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null
  return { items, nextCursor, total }
}
