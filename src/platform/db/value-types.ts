import { types } from 'pg'

const INT8 = 20
const DATE = 1082
const TIMESTAMP = 1114
const INT8_ARRAY = 1016

/** An int8 as a number while that is exact, else as a bigint. */
function readInt8(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

function readInt8Array(text: string): (number | bigint)[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',').map(readInt8)
}

type ReadValue = (text: string) => unknown

const asWritten: ReadValue = (text) => text

const own = new Map<number, ReadValue>([
  [INT8, readInt8],
  [INT8_ARRAY, readInt8Array as ReadValue],
  // A calendar date has no time zone: node-postgres would make it local midnight.
  [DATE, asWritten],
  [TIMESTAMP, asWritten],
])

/**
 * How a value of a type arrives in JavaScript, the same from both databases: int8 as number (bigint beyond 2^53),
 * json and jsonb parsed, bytea as Buffer, timestamptz as Date, numeric as text, arrays of these as arrays.
 *
 * @param oid the type's number in `pg_type`
 */
export function valueReader(oid: number): ReadValue {
  return own.get(oid) ?? (types.getTypeParser(oid, 'text') as ReadValue)
}

/** PostgreSQL's text knows no NUL and no lone surrogate; names in images may hold both. They become U+FFFD. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD')
}

// An even number of backslashes, then an escape for NUL or for a surrogate without its other half:
// JSON.stringify writes whole pairs as they are.
const unstorableEscape = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g

/** JSON as PostgreSQL takes it, with U+FFFD for what its text cannot hold. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value).replace(unstorableEscape, '$1\\ufffd')
}

function arrayItem(item: unknown): string {
  if (item === null || item === undefined) return 'NULL'
  if (Array.isArray(item)) return arrayLiteral(item)
  const written = writeValue(item)
  const text = Buffer.isBuffer(written) ? `\\x${written.toString('hex')}` : String(written)
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** `{...}`, PostgreSQL's text form of an array (manual, 8.15.6). */
function arrayLiteral(items: readonly unknown[]): string {
  return `{${items.map(arrayItem).join(',')}}`
}

/**
 * A parameter as it goes to either database: text, bytes or null. An array is a PostgreSQL array, any other object is JSON;
 * to store an array as JSON, give `storableJson(array)`.
 */
export function writeValue(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return storableText(value)
  if (Buffer.isBuffer(value)) return value
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return arrayLiteral(value)
  if (typeof value === 'object') return storableJson(value)
  return String(value)
}
