import type { ECRClientConfig } from '@aws-sdk/client-ecr'
import { type AppError, type Clock, Secret } from '../../../core/index.ts'
import { type HttpClient, type HttpResponse, parseRetryAfter } from '../../../platform/http/index.ts'
import { answerInvalid, apiError, isHtml, notARegistry, saidIn } from '../../index.ts'

type HandlerObject = Extract<ECRClientConfig['requestHandler'], { handle: unknown }>
type SdkRequest = Parameters<HandlerObject['handle']>[0]
type SdkAnswer = Awaited<ReturnType<HandlerObject['handle']>>

const largestAnswer = 32 << 20
/** What the SDK reads of an answer's head. */
const headersRead = ['content-type', 'date', 'age', 'x-amzn-requestid', 'x-amzn-errortype', 'retry-after']

export interface SdkHttp {
  readonly http: HttpClient
  readonly clock: Clock
  /** Tries of each request; default: the HTTP client's. */
  readonly attempts?: number | undefined
}

/**
 * Sends what the SDK has signed through our own client, so that address rules, CA, proxy, pacing and retries are those of every
 * other request. An answer that is not AWS's own (a proxy's page, an overload without a reason) never reaches the SDK.
 */
export function sdkHandler({ http, clock, attempts }: SdkHttp): HandlerObject {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: SdkRequest, options: { readonly abortSignal?: unknown } = {}): Promise<SdkAnswer> {
      const signal = options.abortSignal instanceof AbortSignal ? options.abortSignal : undefined
      const response = await http.request({
        ...outgoing(request),
        ...(signal === undefined ? {} : { signal }),
        ...(attempts === undefined ? {} : { attempts }),
      })
      const body = await response.bytes(largestAnswer)
      refuseForeign(response, Buffer.from(body).toString('utf8'), clock.now())
      const headers = Object.fromEntries(
        headersRead.flatMap((name) => response.headerValues(name).map((value) => [name, value])),
      )
      return { response: { statusCode: response.status, headers, body } }
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  }
}

function outgoing({ protocol, hostname, port, path, query, headers, body }: SdkRequest) {
  // The host is that of the URL, and signed as such; the length is the client's to say.
  const { authorization, host: _host, 'content-length': _length, ...rest } = lowerCased(headers)
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`)
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.append(name, String(value ?? ''))
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array | undefined)
  return {
    method: 'POST' as const,
    url,
    headers: rest,
    body: new Secret(text),
    ...(authorization === undefined ? {} : { authorization: new Secret(authorization) }),
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** AWS answers in JSON, or in XML (STS); its errors have a type. */
function refuseForeign(response: HttpResponse, text: string, now: number): void {
  const { host } = response.url
  const isOwn = /^\s*<(?:ErrorResponse|AssumeRole\w*Response)\b/.test(text)
  if (isOwn) return
  const isFine = response.status === 200
  if (isHtml(response, text) && response.status < 500 && response.status !== 429) throw notARegistry(host)
  const body = parsed(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw isFine ? answerInvalid(host, 'something in an unknown form') : refusal(response, body, now)
  }
  if (!isFine && !('__type' in body) && response.header('x-amzn-errortype') === undefined) {
    throw refusal(response, body, now)
  }
}

function refusal(response: HttpResponse, body: unknown, now: number): AppError {
  const retryAt = parseRetryAfter(response.header('retry-after'), now)
  const answer = { status: response.status, said: saidIn(body), retryAt }
  return apiError(response.url.host, 'use this address', answer)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
