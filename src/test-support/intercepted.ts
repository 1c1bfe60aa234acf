import type { IncomingHttpHeaders } from 'node:http'

export interface InterceptedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
}

export interface InterceptedAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Nothing is ever sent. */
  readonly silent?: boolean
}
