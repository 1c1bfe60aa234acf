import type { LookupFunction } from 'node:net'
import type { Clock, HostList, Secret } from '../../core/index.ts'
import type { AddressPolicy } from './address-policy.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly url: string | URL
  /** Names in lower case. Nothing secret: that goes in `authorization`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Value of the Authorization header; sent to this URL's origin only, whatever it redirects to. */
  readonly authorization?: Secret<string>
  /** Sent again on a retry; may hold secrets, and never follows a redirect. */
  readonly body?: Secret<string>
  /** How often to try in all; 1 = no retry. Default: what the client was made with. */
  readonly attempts?: number
  /** Awaited before each try; what it gives is called with the try's answer, or with nothing where there was none. */
  beforeTry?(): Promise<(response?: HttpResponse) => void>
  /** When the server wants to be asked again, where it says so in a header of its own beside Retry-After. Milliseconds since the epoch. */
  retryAt?(response: HttpResponse): number | undefined
  readonly signal?: AbortSignal
}

/** An answer of any status; its body must be read, streamed or discarded, or the connection stays busy. */
export interface HttpResponse {
  readonly status: number
  /** Of the last hop. */
  readonly url: URL
  /** All values of a header joined by ", "; `undefined` when absent. */
  header(name: string): string | undefined
  /** Every value of a header that may stand several times. */
  headerValues(name: string): readonly string[]
  /** @throws AppError `response-too-large` (invalid), or the network's */
  bytes(limit: number): Promise<Uint8Array>
  /** The body as it comes, errors translated; leaving the loop early ends the transfer. */
  stream(): AsyncIterable<Uint8Array>
  /** Waits for a little that is left, within `Timeouts.rest`; never fails. */
  discard(): Promise<void>
}

export interface HttpClient {
  /**
   * Sends a request, follows at most 5 redirects of a GET or HEAD, and tries again where that can help.
   *
   * @returns any answer that HTTP can give: 404 and 500 are answers too
   * @throws AppError see docs/errors/http.md
   */
  request(request: HttpRequest): Promise<HttpResponse>
  /** Frees the sockets; requests under way fail. */
  close(): Promise<void>
}

/** All in milliseconds. */
export interface Timeouts {
  /** Until a connection, TLS included, stands. Default 10,000. */
  readonly connect: number
  /** Until the answer begins. Default 30,000. */
  readonly headers: number
  /** Between two pieces of a body. Default 60,000. */
  readonly body: number
  /** Until what is left of an answer that nobody wants is there; then its connection is given up. Default 5,000. */
  readonly rest: number
}

export interface RetrySettings {
  /** In all, the first included. Default 5. */
  readonly attempts: number
  /** The longest single wait, in milliseconds; a registry that asks for more is answered with an error. Default 60,000. */
  readonly longestWait: number
  /** Waits; tests give one that does not. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** 0 ≤ x < 1: spreads the waits of many clients. */
  random(): number
}

export interface ProxySettings {
  /** `http://user:password@proxy:3128`. The operator's word: its own address is not checked. */
  readonly url: Secret<string>
  /** Hosts and domain suffixes (`.corp.example`) that are reached directly. */
  readonly bypass: readonly string[]
}

/** What differs from connection to connection. */
export interface TlsSettings {
  /** PEM certificates that are trusted besides the system's. */
  readonly ca?: string
  /** Default true. Hosts that the operator does not name as insecure are verified all the same. */
  readonly verifyTls?: boolean
  /**
   * `http://user:password@proxy:3128`: the way to every host, in place of the process's own proxy. It is not the operator's word,
   * so its own address is checked, and that of names that can be resolved here.
   */
  readonly ownProxy?: Secret<string>
}

/** What is the same for all clients of a process. */
export interface HttpEnvironment {
  readonly addresses: AddressPolicy
  readonly clock: Clock
  readonly proxy?: ProxySettings
  /** Which hosts may be reached over plain HTTP or with an unverified certificate. Default: all. */
  readonly insecureHosts?: HostList
  /** Which proxies a client may have of its own. Default: all. */
  readonly proxyHosts?: HostList
  readonly timeouts?: Partial<Timeouts>
  readonly retry?: Partial<RetrySettings>
  /** Default: the system's resolver. */
  readonly lookup?: LookupFunction
}

export type HttpClientOptions = HttpEnvironment & TlsSettings

export type HttpFactory = (tls?: TlsSettings) => HttpClient
