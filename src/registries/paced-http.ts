import {
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  parseRetryAfter,
} from '../platform/http/index.ts'
import type { RegistryEnvironment } from './ports.ts'

/** What an answer says of its limit: how many requests are left until when (milliseconds since the epoch). */
export interface ToldLimit {
  readonly remaining: number
  readonly resetAt: number
}

export interface Pacing {
  /**
   * The bucket of `PlatformDescription.limits` that a request counts against, or one that has no limit there: of that the budget knows
   * what the platform says by refusing. undefined: none.
   */
  bucketOf(url: URL, method: HttpRequest['method']): string | undefined
  /** Reads the platform's own headers. */
  read?(response: HttpResponse): ToldLimit | undefined
}

/** What to leave a platform alone for that refuses without a word on when to come back. Milliseconds. */
const FIRST_PAUSE = 2_000
const LONGEST_PAUSE = 60_000

/**
 * A client that takes each request, every further try of it too, from the connection's budget, and tells the budget what the
 * platform says: in its own headers, and by refusing. A refusal then holds for all who share the budget.
 */
export function pacedHttp(
  http: HttpClient,
  { budget, clock }: Pick<RegistryEnvironment, 'budget' | 'clock'>,
  pacing: Pacing,
): HttpClient {
  if (budget === undefined) return http
  const refusals = new Map<string, Refusals>()
  return {
    async request(request) {
      const bucket = bucketOf(pacing, request)
      if (bucket === undefined) return http.request(request)
      const refused = refusals.get(bucket) ?? new Refusals()
      refusals.set(bucket, refused)
      return http.request({
        ...request,
        async beforeTry() {
          const release = await budget.take(bucket, request.signal)
          const sentAt = clock.now()
          return (response) => {
            release()
            if (response === undefined) return
            const told = pacing.read?.(response)
            const until = refused.until({ request, response, told, sentAt, now: clock.now() })
            if (until !== undefined) budget.report(bucket, { remaining: 0, resetAt: until })
            else if (told !== undefined) budget.report(bucket, told)
          }
        },
      })
    },
    close: () => http.close(),
  }
}

function bucketOf(pacing: Pacing, request: HttpRequest): string | undefined {
  const url = URL.parse(String(request.url))
  return url === null ? undefined : pacing.bucketOf(url, request.method)
}

interface Tried {
  readonly request: HttpRequest
  readonly response: HttpResponse
  readonly told: ToldLimit | undefined
  readonly sentAt: number
  readonly now: number
}

/** Refusals of one bucket in a row, and how long they keep it closed. */
class Refusals {
  #pause = FIRST_PAUSE
  #openAt = 0

  /**
   * Until when a refusal for too many requests keeps the bucket closed; undefined: it is none. 429 is one (RFC 6585, 4); 403 and 503
   * are where they say when to come back.
   */
  until({ request, response, told, sentAt, now }: Tried): number | undefined {
    const { status } = response
    if (status !== 429 && status !== 403 && status !== 503) {
      if (sentAt >= this.#openAt) this.#pause = FIRST_PAUSE
      return undefined
    }
    const asked = request.retryAt?.(response) ?? parseRetryAfter(response.header('retry-after'), now)
    const empty = told?.remaining === 0 ? told.resetAt : undefined
    return asked ?? empty ?? (status === 429 ? this.#guess(sentAt, now) : undefined)
  }

  /** Twice as long each time, unless it was sent before we knew. */
  #guess(sentAt: number, now: number): number {
    if (sentAt >= this.#openAt) {
      this.#openAt = now + this.#pause
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE)
    }
    return this.#openAt
  }
}
