import { AppError } from '../../core/index.ts'

const REDACTED = '[redacted]'
const secretName =
  /pass(word|phrase)?$|secret|token|authorization|cookie|credential|private.?key|api.?key|session.?id/i
/** `scheme://user:password@host` and the values of authorization headers, wherever they stand in a text. */
const urlCredentials = /(:\/\/)[^/\s:@]*:[^/\s@]*@/g
const authorization = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi

const DEPTH = 6
const MOST_ITEMS = 100
const LONGEST_TEXT = 4_000

function text(value: string): string {
  const clean = value.replace(urlCredentials, `$1${REDACTED}@`).replace(authorization, `$1 ${REDACTED}`)
  return clean.length > LONGEST_TEXT ? `${clean.slice(0, LONGEST_TEXT)}…` : clean
}

function error(value: Error, depth: number): Record<string, unknown> {
  const own = value instanceof AppError ? { code: value.code, kind: value.kind } : {}
  const code = (value as { code?: unknown }).code
  return {
    type: value.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...own,
    message: text(value.message),
    ...(value.stack === undefined ? {} : { stack: text(value.stack) }),
    ...(value.cause === undefined ? {} : { cause: redact(value.cause, depth) }),
  }
}

/**
 * A value as it may be logged: fields that are named like secrets are hidden, passwords in URLs and authorization headers
 * too; long texts, long lists and deep objects are cut.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEPTH) return '[deep]'
  if (value instanceof Error) return error(value, depth + 1)
  if (value instanceof Date) return value
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((each) => redact(each, depth + 1))
  if ('toJSON' in value && typeof value.toJSON === 'function') return redact(value.toJSON(), depth + 1)
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_ITEMS)
      .map(([name, each]) => [name, secretName.test(name) ? REDACTED : redact(each, depth + 1)]),
  )
}
