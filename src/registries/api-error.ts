import { AppError, type ErrorKind, safeText, stripEnd } from '../core/index.ts'

/** The message of an error body, whatever its form; cut and made safe to show. */
export function saidIn(body: unknown): string {
  const text = messageIn(body, 0)
  return text === undefined ? '' : stripEnd(safeText(text, 300), '. ')
}

const messageNames = [
  'message',
  'error_description',
  'detail',
  'error_message',
  'details',
  'error',
  'errors',
  'title',
]

function messageIn(body: unknown, depth: number): string | undefined {
  if (typeof body === 'string') return depth === 0 ? undefined : body
  if (depth > 3 || typeof body !== 'object' || body === null) return undefined
  if (Array.isArray(body)) return messageIn(body[0], depth + 1)
  for (const name of messageNames) {
    const found = messageIn((body as Record<string, unknown>)[name], depth + 1)
    if (found !== undefined && found !== '') return found
  }
  return undefined
}

interface StatusMeaning {
  readonly code: string
  readonly kind: ErrorKind
  /** `{doing}` and `{status}` are filled in; what the platform said and when to come back follow. */
  readonly cause: string
  readonly remedy: string
}

const meanings: Readonly<Record<number, StatusMeaning>> = {
  401: {
    code: 'credentials-refused',
    kind: 'auth',
    cause: 'Credentials refused: {host} does not accept them',
    remedy: 'Check them; a token may have expired or been revoked.',
  },
  403: {
    code: 'permission-missing',
    kind: 'denied',
    cause: 'These credentials are not allowed to {doing} at {host}',
    remedy: 'Grant the permission to the account, or use an account that has it.',
  },
  404: {
    code: 'platform-not-found',
    kind: 'not-found',
    cause: '{host} does not know what it was asked for (to {doing}), or hides it from this account',
    remedy: 'Check the names in the form, and the permissions of the account.',
  },
  429: {
    code: 'registry-rate-limited',
    kind: 'rate-limited',
    cause: '{host} asks us to slow down',
    remedy: 'Nothing to do: it goes on by itself.',
  },
}

const failing: StatusMeaning = {
  code: 'registry-failing',
  kind: 'temporary',
  cause: '{host} fails with status {status}',
  remedy: 'Try again later.',
}

const refused: StatusMeaning = {
  code: 'registry-refused',
  kind: 'invalid',
  cause: '{host} refused the request to {doing} with status {status}',
  remedy: 'Check the address and the names in the form.',
}

/** What a status says at every platform. @param doing as in "not allowed to ..." */
export function apiError(
  host: string,
  doing: string,
  answer: { readonly status: number; readonly said: string; readonly retryAt?: number | undefined },
): AppError {
  const { status, said, retryAt } = answer
  const { cause, ...meaning } = meanings[status] ?? (status === 408 || status >= 500 ? failing : refused)
  const facts: Readonly<Record<string, string>> = { host, doing, status: String(status) }
  const text = cause.replace(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? '')
  const until = retryAt === undefined ? '' : ` until ${new Date(retryAt).toISOString()}`
  return new AppError({
    ...meaning,
    publicMessage: `${text}${until}${said === '' ? '' : ` (it says: ${said})`}.`,
    ...(retryAt === undefined ? {} : { retryAt }),
  })
}

/** A repository that left since it was listed, or that was hidden from the account since. */
export function repositoryNotFound(host: string, repository: string): AppError {
  return new AppError({
    code: 'repository-not-found',
    kind: 'not-found',
    publicMessage: `Repository ${repository} is not found at ${host}, or not open to this account.`,
    remedy: 'Check the name and the permissions of the account.',
  })
}

/** The same error with what can be done about it at this platform. */
export function withRemedy(cause: AppError, remedy: string): AppError {
  const { code, kind, publicMessage } = cause
  return new AppError({ code, kind, publicMessage, remedy, cause })
}
