import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { AppError, type ErrorKind, isAppError, toAppError } from '../core/index.ts'
import { isSignInError } from '../platform/access/index.ts'

/** An error as a client gets it: RFC 9457, with our code and what to do about it. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly remedy?: string
  readonly fields?: Readonly<Record<string, string>>
}

const statuses: Readonly<Record<ErrorKind, number>> = {
  // A registry that refuses our sign-in says nothing of the caller's: 401 would sign people out of the page.
  auth: 422,
  denied: 403,
  'not-found': 404,
  'rate-limited': 429,
  temporary: 503,
  invalid: 400,
  unsupported: 422,
  conflict: 409,
  cancelled: 503,
  bug: 500,
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Cannot be done',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available now',
}

interface FrameworkProblem {
  readonly code: string
  readonly detail: string
  readonly remedy: string
}

function sizeText(bytes: number): string {
  return bytes < 1024 ** 2 ? `${bytes / 1024} KiB` : `${bytes / 1024 ** 2} MiB`
}

/** What a person can do about an HTTP error that the framework found before any handler ran. */
const frameworkProblems = (bodyLimit: number): Readonly<Record<number, FrameworkProblem>> => ({
  400: {
    code: 'request-invalid',
    detail: 'The request cannot be read.',
    remedy: 'Send well-formed JSON as UTF-8.',
  },
  413: {
    code: 'body-too-large',
    detail: 'The request body is too large.',
    remedy: `Send at most ${sizeText(bodyLimit)}.`,
  },
  415: {
    code: 'media-type-unsupported',
    detail: 'The body is not JSON.',
    remedy: 'Send JSON with `Content-Type: application/json`.',
  },
})

/**
 * Turns whatever was thrown into the problem that the client is told. What is not meant for people stays inside.
 * @param bodyLimit bytes that the route takes
 */
export function problemOf(error: unknown, bodyLimit: number): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) return validationProblem(error.validation)
  const status = frameworkStatus(error)
  const known = status === undefined ? undefined : frameworkProblems(bodyLimit)[status]
  if (status !== undefined && known !== undefined) {
    return problem(status, known.code, known.detail, known.remedy)
  }
  const app = toAppError(error)
  const fields = app.fields === undefined ? {} : { fields: app.fields }
  return { ...problem(statusOf(app), app.code, app.publicMessage, app.remedy), ...fields }
}

function statusOf(error: AppError): number {
  return isSignInError(error) ? 401 : statuses[error.kind]
}

function problem(status: number, code: string, detail: string, remedy?: string): Problem {
  const title = titles[status] ?? 'Error'
  const base = { type: `urn:portolan:problem:${code}`, title, status, detail, code }
  return remedy === undefined ? base : { ...base, remedy }
}

/** The framework's own errors carry a status below 500; ours and unknown ones do not count. */
function frameworkStatus(error: unknown): number | undefined {
  if (isAppError(error) || !(error instanceof Error)) return undefined
  const { statusCode } = error as { statusCode?: unknown }
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined
}

type Issue = { readonly instancePath: string; readonly message?: string | undefined }

function validationProblem(issues: readonly Issue[]): Problem {
  const fields: Record<string, string> = {}
  for (const issue of issues.slice(0, 50)) {
    const path = issue.instancePath.split('/').filter(Boolean).join('.')
    fields[path] ??= issue.message ?? 'is not valid'
  }
  const named = Object.entries(fields)
    .slice(0, 3)
    .map(([path, message]) => (path === '' ? message : `${path}: ${message}`))
  const detail = `The request does not fit: ${named.join('; ')}.`
  return { ...problem(400, 'request-invalid', detail, 'Mend the fields that are named.'), fields }
}

export function notFound(): AppError {
  return new AppError({
    code: 'route-unknown',
    kind: 'not-found',
    publicMessage: 'There is nothing at this address.',
    remedy: 'The API is described at /api/docs.',
  })
}
