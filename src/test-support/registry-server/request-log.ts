import type { ServerRequest, Target } from './answer.ts'

export interface LoggedRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly target: Target
  readonly repository: string
  readonly reference: string
  /** The Authorization header as it came. */
  readonly authorization: string | undefined
  readonly range: string | undefined
  readonly accept: string | undefined
  readonly status: number
}

/** What was asked, in order. */
export interface RequestLog {
  readonly all: readonly LoggedRequest[]
  /** How many there were of a kind, of one tag or digest where that is given. */
  count(target: Target, reference?: string): number
  of(target: Target): readonly LoggedRequest[]
  clear(): void
}

export interface WritableLog extends RequestLog {
  add(request: ServerRequest, status: number): void
}

function text(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}

export function createRequestLog(): WritableLog {
  const all: LoggedRequest[] = []
  return {
    all,
    count: (target, reference) =>
      all.filter((one) => one.target === target && (reference === undefined || one.reference === reference))
        .length,
    of: (target) => all.filter((one) => one.target === target),
    clear: () => {
      all.length = 0
    },
    add: (request, status) => {
      all.push({
        method: request.method,
        path: request.path,
        query: request.query.toString(),
        target: request.target,
        repository: request.repository,
        reference: request.reference,
        authorization: text(request.headers['authorization']),
        range: text(request.headers['range']),
        accept: text(request.headers['accept']),
        status,
      })
    },
  }
}
