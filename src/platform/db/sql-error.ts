import { DatabaseError } from 'pg-protocol'
import { AppError } from '../../core/index.ts'

/**
 * What the database says about one statement. `code` is the SQLSTATE (PostgreSQL manual, appendix A).
 * `detail` may quote stored values: log it, never show it.
 */
export class SqlError extends Error {
  readonly code: string
  readonly constraint: string | undefined
  readonly table: string | undefined
  readonly detail: string | undefined
  /** 1-based place in the statement, as text. */
  readonly position: string | undefined

  constructor(cause: DatabaseError) {
    super(cause.message)
    this.name = 'SqlError'
    this.code = cause.code ?? 'XX000'
    this.constraint = cause.constraint
    this.table = cause.table
    this.detail = cause.detail
    this.position = cause.position
  }
}

const UNIQUE_VIOLATION = '23505'
const QUERY_CANCELED = '57014'
const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'
const DISK_FULL = '53100'

/** Whether a statement broke a unique constraint or index (of this name, when one is given). */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return (
    error instanceof SqlError &&
    error.code === UNIQUE_VIOLATION &&
    (constraint === undefined || error.constraint === constraint)
  )
}

/** Whether the same transaction may succeed when it is run again from its beginning. */
export function isTransactionConflict(error: unknown): boolean {
  return (
    error instanceof SqlError && (error.code === SERIALIZATION_FAILURE || error.code === DEADLOCK_DETECTED)
  )
}

/** The database cannot be asked at all now. */
export function databaseUnreachable(cause: unknown): AppError {
  return new AppError({
    code: 'database-unreachable',
    kind: 'temporary',
    publicMessage: 'The database cannot be reached.',
    remedy:
      'Check that PostgreSQL runs and that PORTOLAN_DATABASE_URL is right; Portolan tries again by itself.',
    cause,
  })
}

/** SQLSTATE classes that speak of the server, not of the statement: connection, resources, operator, system. */
const unreachable = /^(08|53|57P|58)/

/** An error of the driver as Portolan's own: SqlError for the statement, AppError for the database. */
export function translateError(error: unknown): Error {
  if (error instanceof AppError || error instanceof SqlError) return error
  if (!(error instanceof DatabaseError)) return databaseUnreachable(error)
  if (error.code === QUERY_CANCELED) {
    return new AppError({
      code: 'query-too-slow',
      kind: 'invalid',
      publicMessage: 'This question takes the database too long.',
      remedy: 'Narrow the filter.',
      cause: error,
    })
  }
  if (error.code === DISK_FULL) {
    return new AppError({
      code: 'database-full',
      kind: 'temporary',
      publicMessage: 'The disk of the database is full.',
      remedy: 'Make room on it; Portolan goes on by itself.',
      cause: error,
    })
  }
  if (error.code !== undefined && unreachable.test(error.code)) return databaseUnreachable(error)
  return new SqlError(error)
}
