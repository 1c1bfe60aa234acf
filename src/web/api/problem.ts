import type { Problem } from '../../contract/index.ts'

/** An answer of the API that is not a success, or none at all; `problem` is what a page shows of it. */
export class ApiError extends Error {
  readonly problem: Problem
  /** Seconds that the server asked to wait. */
  readonly retryAfter: number | null

  constructor(problem: Problem, retryAfter: number | null = null) {
    super(problem.detail)
    this.name = 'ApiError'
    this.problem = problem
    this.retryAfter = retryAfter
  }

  get status(): number {
    return this.problem.status
  }
}

function isProblem(value: unknown): value is Problem {
  const candidate = value as Partial<Problem> | null
  return (
    typeof candidate === 'object' &&
    typeof candidate?.code === 'string' &&
    typeof candidate.detail === 'string' &&
    typeof candidate.title === 'string'
  )
}

function retryAfterOf(headers: Headers): number | null {
  const seconds = Number(headers.get('retry-after') ?? headers.get('x-retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : null
}

/** Reads an answer that is not a success; one that is no problem document (a proxy's page) gets a problem of its own. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null)
  const retryAfter = retryAfterOf(response.headers)
  if (isProblem(body)) return new ApiError({ ...body, status: response.status }, retryAfter)
  return new ApiError(
    {
      type: 'about:blank',
      title: 'The server gave an answer that this page does not understand',
      status: response.status,
      detail: `HTTP status ${response.status}${response.statusText === '' ? '' : ` (${response.statusText})`}, without an explanation.`,
      code: 'unreadable-answer',
      remedy: 'Try again. If it stays, look at the server log and at any proxy in between.',
    },
    retryAfter,
  )
}

/** The server was not reached, or its answer broke off. */
export function unreachable(cause: unknown): ApiError {
  const error = new ApiError({
    type: 'about:blank',
    title: 'The server cannot be reached',
    status: 0,
    detail: 'No answer came from the Portolan server.',
    code: 'server-unreachable',
    remedy: 'Check that the server runs and that this machine has a connection to it, then try again.',
  })
  error.cause = cause
  return error
}

/** A part of the pages did not arrive: the server is gone, or was updated and has other parts now. */
export class MissingPart extends Error {
  constructor(cause: unknown) {
    super('a part of the pages did not arrive', { cause })
    this.name = 'MissingPart'
  }
}

/** What to show of anything that was thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem
  if (error instanceof MissingPart) {
    return {
      type: 'about:blank',
      title: 'This page could not be loaded',
      status: 0,
      detail: 'The server cannot be reached, or it was updated since these pages were opened.',
      code: 'page-not-loaded',
      remedy: 'Try again: the pages are then loaded anew.',
    }
  }
  return {
    type: 'about:blank',
    title: 'This page failed',
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
    code: 'page-failed',
    remedy: 'Load the page again. If it stays, report it with this code and what you did.',
  }
}
