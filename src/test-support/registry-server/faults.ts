import { type Answer, answer, type Fault, type ServerRequest, type Target } from './answer.ts'

/** Where and how often a fault strikes. */
export interface Aim {
  readonly target?: Target
  readonly repository?: string
  readonly reference?: string
  /** Of matching requests, so many from the first; all unless stated. */
  readonly times?: number
}

function aimed(aim: Aim, change: (request: ServerRequest, answer: Answer) => Answer): Fault {
  let left = aim.times ?? Number.POSITIVE_INFINITY
  return (request, reply) => {
    const isAimed =
      (aim.target === undefined || aim.target === request.target) &&
      (aim.repository === undefined || aim.repository === request.repository) &&
      (aim.reference === undefined || aim.reference === request.reference)
    if (!isAimed || left <= 0) return reply
    left -= 1
    return change(request, reply)
  }
}

/** Another status: 429 with Retry-After, 503, ... */
export function status(code: number, headers: Readonly<Record<string, string>>, aim: Aim = {}): Fault {
  return aimed(aim, () => answer(code, headers))
}

/** A web page where an API is expected. */
export function html(aim: Aim = {}): Fault {
  const page = Buffer.from('<!DOCTYPE html><html><title>Sign in</title></html>')
  return aimed(aim, () => ({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: page,
  }))
}

/** The connection breaks within the body. */
export function cut(after: number, aim: Aim = {}): Fault {
  return aimed(aim, (_, reply) => ({ ...reply, cutAfter: after }))
}

/** The body ends early, and the headers say that this is all. */
export function shorten(bytes: number, aim: Aim = {}): Fault {
  return aimed(aim, (_, reply) => ({ ...reply, body: reply.body.subarray(0, reply.body.length - bytes) }))
}

/** One bit of the body is another. */
export function flip(aim: Aim = {}): Fault {
  return aimed(aim, (_, reply) => {
    const body = Uint8Array.from(reply.body)
    const middle = body.length >> 1
    body[middle] = (body[middle] ?? 0) ^ 1
    return { ...reply, body }
  })
}

/** The body is sent over and over until the reader leaves. */
export function endless(aim: Aim = {}): Fault {
  return aimed(aim, (_, reply) => ({ ...reply, endless: true }))
}

/** Another body under the same headers. */
export function body(bytes: Uint8Array, aim: Aim = {}): Fault {
  return aimed(aim, (_, reply) => ({ ...reply, body: bytes }))
}

/** Headers laid over those of the answer; undefined takes one away. */
export function headers(
  change: Readonly<Record<string, string | readonly string[] | undefined>>,
  aim: Aim = {},
): Fault {
  return aimed(aim, (_, reply) => {
    const merged = Object.entries({ ...reply.headers, ...change })
    const kept = merged.filter(
      (entry): entry is [string, string | readonly string[]] => entry[1] !== undefined,
    )
    return { ...reply, headers: Object.fromEntries(kept) }
  })
}

/** Sends somewhere else. */
export function redirect(location: string, aim: Aim = {}): Fault {
  return aimed(aim, () => answer(307, { location }))
}

/** Range is ignored, as some stores do. */
export function ignoreRange(whole: (digest: string) => Uint8Array): Fault {
  return aimed({ target: 'blob' }, (request, reply) => {
    if (reply.status !== 206) return reply
    const { 'content-range': _, ...rest } = reply.headers
    return { ...reply, status: 200, headers: rest, body: whole(request.reference) }
  })
}

/** Nothing is answered until `release` is called. */
export function hold(aim: Aim = {}): Fault & { release(): void } {
  const gate = Promise.withResolvers<void>()
  const fault = aimed(aim, (_, reply) => ({ ...reply, hold: gate.promise }))
  return Object.assign(fault, { release: () => gate.resolve() })
}
