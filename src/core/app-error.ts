/** What a caller may do about an error; jobs decide on retries by this alone. */
export type ErrorKind =
  | 'auth'
  | 'denied'
  | 'not-found'
  | 'rate-limited'
  | 'temporary'
  | 'invalid'
  | 'unsupported'
  | 'conflict'
  | 'cancelled'
  | 'bug'

export interface AppErrorOptions {
  /** Stable, kebab-case, listed in docs/errors.md. */
  readonly code: string
  readonly kind: ErrorKind
  /** One or two sentences for a person: the cause. Never a secret, never unfiltered remote text. */
  readonly publicMessage: string
  /** What the person can do about it. */
  readonly remedy?: string
  /** When to try again: milliseconds since the epoch. */
  readonly retryAt?: number
  /** Where the input is wrong: name of the field → what is wrong with it, for a person. */
  readonly fields?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** The one error class of Portolan: every failure that reaches a user or a job is one of these. */
export class AppError extends Error {
  readonly code: string
  readonly kind: ErrorKind
  readonly publicMessage: string
  readonly remedy: string | undefined
  readonly retryAt: number | undefined
  readonly fields: Readonly<Record<string, string>> | undefined

  constructor(options: AppErrorOptions) {
    super(options.publicMessage, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'AppError'
    this.code = options.code
    this.kind = options.kind
    this.publicMessage = options.publicMessage
    this.remedy = options.remedy
    this.retryAt = options.retryAt
    this.fields = options.fields
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError
}

/** Any thrown thing as an AppError; what is not one already is a `bug` whose text is not shown. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error
  if (error instanceof Error && error.name === 'AbortError') {
    return new AppError({ code: 'cancelled', kind: 'cancelled', publicMessage: 'Cancelled.', cause: error })
  }
  return new AppError({
    code: 'internal',
    kind: 'bug',
    publicMessage: 'Something went wrong inside Portolan.',
    remedy: 'The server log has the details; please report it.',
    cause: error,
  })
}

/** Whether doing the same again later can help. */
export function isRetryable(error: AppError): boolean {
  return error.kind === 'temporary' || error.kind === 'rate-limited'
}
