import { type RawBuilder, sql } from 'kysely'
import { storableJson } from './value-types.ts'

/** Rows that go over in one statement: few enough that the embedded database is never busy for long. */
const CHUNK = 1_000

function writeCell(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return value
}

/**
 * Many rows as a table to select from, sent as one parameter: a tenth of the cost of `values (...), (...)`, and no limit
 * on their number. Cells may be text, numbers, booleans, null, Date, bytes, and arrays or objects for array and json columns.
 *
 * @param columns name → PostgreSQL type, in order; the names are written into the statement, so they must be constants
 * @example sql`insert into name (ecosystem, name)
 *   select ecosystem, name from ${recordset({ ecosystem: 'text', name: 'text' }, rows)} as r
 *   on conflict do nothing`
 */
export function recordset<C extends Readonly<Record<string, string>>>(
  columns: C,
  rows: readonly { readonly [K in keyof C]: unknown }[],
): RawBuilder<unknown> {
  const names = Object.keys(columns)
  const body = rows.map((row) => Object.fromEntries(names.map((name) => [name, writeCell(row[name])])))
  const select = sql.join(names.map((name) => sql`${sql.ref(name)}`))
  const definition = sql.join(names.map((name) => sql`${sql.ref(name)} ${sql.raw(columns[name] ?? 'text')}`))
  return sql`(select ${select} from json_to_recordset(${storableJson(body)}::json) as recordset (${definition}))`
}

/** Cuts rows into pieces of at most `size` for statements that stay short. */
export function* chunks<T>(rows: readonly T[], size: number = CHUNK): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size)
}

function compareKeys(left: string | number | Uint8Array, right: string | number | Uint8Array): number {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right)
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * Rows in the order of a key, each key once. Upserts of several workers must lock rows in one order, or they deadlock;
 * `on conflict do update` refuses the same key twice in a statement.
 */
export function sortedByKey<T>(rows: readonly T[], key: (row: T) => string | number | Uint8Array): T[] {
  const sorted = rows
    .map((row) => ({ row, key: key(row) }))
    .sort((left, right) => compareKeys(left.key, right.key))
  return sorted
    .filter((each, index) => index === 0 || compareKeys(sorted[index - 1]?.key ?? '', each.key) !== 0)
    .map(({ row }) => row)
}
