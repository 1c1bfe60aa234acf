import { AppError, type Clock, type Secret } from '../core/index.ts'
import { type HttpClient, type HttpResponse, parseRetryAfter } from '../platform/http/index.ts'
import { apiError, saidIn } from './api-error.ts'
import { answerInvalid, isHtml, notARegistry } from './distribution/answer.ts'

/** How an answer is read: what zod schemas have. */
export interface AnswerSchema<T> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: T } | { readonly success: false; readonly error: unknown }
}

export interface ApiRequest {
  /** Default GET, or POST with a body. */
  readonly method?: 'GET' | 'HEAD' | 'POST'
  /** Path and query below the origin. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Secret<string>
  /** For messages: what is being done, as in "is not allowed to ...". */
  readonly doing: string
  /** Statuses besides 200 that the caller reads itself. */
  readonly expected?: readonly number[]
  readonly signal?: AbortSignal | undefined
}

/** An answer other than success, for a platform to say what it means there. */
export interface ApiRefusal {
  readonly status: number
  /** Parsed where it is JSON, else its text, cut; never shown unfiltered. */
  readonly body: unknown
  readonly response: HttpResponse
  readonly request: ApiRequest
}

export interface ApiClientOptions {
  readonly http: HttpClient
  readonly clock: Clock
  /** `https://api.example.com`, without a slash at its end. */
  readonly origin: string
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * The Authorization header; asked before every request, so it keeps what is still good.
   * @param refused what a 401 just refused: give something better, or the same to say that there is nothing
   */
  authorization?(
    refused: Secret<string> | undefined,
    signal?: AbortSignal,
  ): Promise<Secret<string> | undefined>
  /** The platform's own meaning of a refusal; undefined: what the status says everywhere. */
  explain?(refusal: ApiRefusal): AppError | undefined
  /** When the platform wants to be asked again, where it says so in a header of its own. Milliseconds since the epoch. */
  retryAt?(response: HttpResponse): number | undefined
  /** Tries of each request; default: what the HTTP client does. */
  readonly attempts?: number | undefined
}

export interface ApiAnswer<T> {
  readonly value: T
  readonly response: HttpResponse
}

/** A platform's own HTTP API beside the registry protocol. After refused credentials nothing is sent again. */
export interface ApiClient {
  /** `host` or `host:port`. */
  readonly host: string
  /** @throws AppError as `json`; the answer's body is the caller's to read or discard */
  send(request: ApiRequest): Promise<HttpResponse>
  /**
   * @throws AppError `credentials-refused` (auth), `permission-missing` (denied), `platform-not-found` (not-found),
   *   `registry-rate-limited` (rate-limited), `registry-failing` (temporary), `registry-refused`, `not-a-registry`,
   *   `registry-answer-invalid` (invalid), what `explain` gives, and the network's
   */
  json<T>(request: ApiRequest, schema: AnswerSchema<T>): Promise<ApiAnswer<T>>
}

const largestAnswer = 32 << 20
const largestRefusal = 65_536

export function createApiClient(options: ApiClientOptions): ApiClient {
  const { host } = new URL(options.origin)
  let refusal: AppError | undefined

  async function authorized(request: ApiRequest): Promise<HttpResponse> {
    const first = await options.authorization?.(undefined, request.signal)
    const response = await exchange(options, request, first)
    if (response.status !== 401 || first === undefined) return response
    const second = await options.authorization?.(first, request.signal)
    if (second === undefined || second === first) return response
    await response.discard()
    return exchange(options, request, second)
  }

  async function send(request: ApiRequest): Promise<HttpResponse> {
    if (refusal !== undefined) throw refusal
    try {
      const response = await authorized(request)
      if (response.status === 200 || request.expected?.includes(response.status)) return response
      throw await refusalError(options, response, request)
    } catch (error) {
      if (error instanceof AppError && error.code === 'credentials-refused') refusal = error
      throw error
    }
  }

  return {
    host,
    send,
    async json(request, schema) {
      const response = await send(request)
      const text = Buffer.from(await response.bytes(largestAnswer)).toString('utf8')
      const value = parsed(text)
      if (typeof value === 'string' && isHtml(response, text)) throw notARegistry(host)
      const read = schema.safeParse(value)
      if (!read.success) throw answerInvalid(host, 'something in an unknown form', read.error)
      return { value: read.data, response }
    },
  }
}

function exchange(
  { http, origin, headers, attempts, retryAt }: ApiClientOptions,
  request: ApiRequest,
  authorization: Secret<string> | undefined,
): Promise<HttpResponse> {
  const { body, signal, method = body === undefined ? 'GET' : 'POST' } = request
  return http.request({
    method,
    url: origin + request.path,
    headers: { accept: 'application/json', ...headers, ...request.headers },
    ...(authorization ? { authorization } : {}),
    ...(body ? { body } : {}),
    ...(signal ? { signal } : {}),
    ...(attempts === undefined ? {} : { attempts }),
    ...(retryAt === undefined ? {} : { retryAt }),
  })
}

async function refusalError(
  options: ApiClientOptions,
  response: HttpResponse,
  request: ApiRequest,
): Promise<AppError> {
  const { host } = new URL(options.origin)
  const bytes = await response.bytes(largestRefusal).catch(() => new Uint8Array())
  const text = Buffer.from(bytes).toString('utf8')
  const { status } = response
  const body = parsed(text)
  const explained = options.explain?.({ status, body, response, request })
  if (explained !== undefined) return explained
  const isPage = typeof body === 'string' && isHtml(response, text)
  if (isPage && status < 500 && status !== 429) return notARegistry(host)
  const told = options.retryAt?.(response)
  const retryAt = told ?? parseRetryAfter(response.header('retry-after'), options.clock.now())
  return apiError(host, request.doing, { status, said: saidIn(body), retryAt })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text.slice(0, 2000)
  }
}
