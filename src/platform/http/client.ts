import { type AppError, toAppError } from '../../core/index.ts'
import { networkError } from './errors.ts'
import { createExchange, parseUrl } from './exchange.ts'
import type {
  HttpClient,
  HttpClientOptions,
  HttpEnvironment,
  HttpFactory,
  HttpRequest,
  HttpResponse,
  Timeouts,
} from './ports.ts'
import { followRedirects } from './redirect.ts'
import { defaultRetry, waitAfterError, waitAfterResponse } from './retry.ts'

const defaultTimeouts: Timeouts = { connect: 10_000, headers: 30_000, body: 60_000, rest: 5_000 }

type Outcome = { readonly response: HttpResponse } | { readonly error: AppError }

/**
 * Makes a client with its own connections.
 *
 * @example
 * const http = createHttpClient({ addresses: createAddressPolicy([]), clock: systemClock })
 * const response = await http.request({ method: 'GET', url: 'https://registry.example.com/v2/' })
 * await response.discard()
 * @throws AppError `certificate-invalid` (invalid) for an unreadable `ca`
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const exchange = createExchange(options, timeouts)

  async function pause(milliseconds: number, wait: typeof defaultRetry.wait, request: HttpRequest) {
    try {
      await wait(milliseconds, request.signal)
    } catch (error) {
      throw networkError(error, { url: parseUrl(request.url), timeouts, signal: request.signal })
    }
  }

  async function once(wanted: HttpRequest): Promise<Outcome> {
    const answered = await wanted.beforeTry?.()
    const outcome: Outcome = await followRedirects(wanted, exchange.send).then(
      (response) => ({ response }),
      (error: unknown) => ({ error: toAppError(error) }),
    )
    answered?.('response' in outcome ? outcome.response : undefined)
    return outcome
  }

  async function request(wanted: HttpRequest): Promise<HttpResponse> {
    const retry = { ...defaultRetry, ...options.retry }
    const settings = { ...retry, attempts: wanted.attempts ?? retry.attempts }
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await once(wanted)
      const delay =
        'error' in outcome
          ? waitAfterError(settings, attempt, outcome.error)
          : waitAfterResponse(settings, attempt, outcome.response, options.clock.now(), wanted.retryAt)
      if (delay === undefined) {
        if ('error' in outcome) throw outcome.error
        return outcome.response
      }
      if ('response' in outcome) await outcome.response.discard()
      await pause(delay, settings.wait, wanted)
    }
  }

  return { request, close: () => exchange.close() }
}

/** Clients that differ in TLS only: what a process hands to whoever opens connections. */
export function createHttpFactory(environment: HttpEnvironment): HttpFactory {
  return (tls = {}) => createHttpClient({ ...environment, ...tls })
}
