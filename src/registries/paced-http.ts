import type { HttpClient, HttpRequest, HttpResponse } from '../platform/http/index.ts'
import type { RequestBudget } from './ports.ts'

/** What an answer says of its limit: how many requests are left until when (milliseconds since the epoch). */
export interface ToldLimit {
  readonly remaining: number
  readonly resetAt: number
}

export interface Pacing {
  /** The bucket of `PlatformDescription.limits` that a request counts against; undefined: none. */
  bucketOf(url: URL, method: HttpRequest['method']): string | undefined
  /** Reads the platform's own headers. */
  read?(response: HttpResponse): ToldLimit | undefined
}

/** A client that takes each request from the connection's budget, and tells the budget what the platform says of it. */
export function pacedHttp(http: HttpClient, budget: RequestBudget | undefined, pacing: Pacing): HttpClient {
  if (budget === undefined) return http
  return {
    async request(request) {
      const bucket = bucketOf(pacing, request)
      if (bucket === undefined) return http.request(request)
      const release = await budget.take(bucket, request.signal)
      const response = await http.request(request).finally(release)
      const told = pacing.read?.(response)
      if (told !== undefined) budget.report(bucket, told)
      return response
    },
    close: () => http.close(),
  }
}

function bucketOf(pacing: Pacing, request: HttpRequest): string | undefined {
  const url = URL.parse(String(request.url))
  return url === null ? undefined : pacing.bucketOf(url, request.method)
}
