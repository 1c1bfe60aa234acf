import { isIP } from 'node:net'
import type { Dispatcher } from 'undici'
import { AppError } from '../../core/index.ts'
import { createDispatchers } from './dispatcher.ts'
import { isNotHttp, networkError } from './errors.ts'
import { createNameCheck } from './name-check.ts'
import type { HttpClientOptions, HttpRequest, HttpResponse, Timeouts } from './ports.ts'
import { toResponse } from './response.ts'

export function parseUrl(text: string | URL): URL {
  const url = URL.parse(String(text))
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url
  throw new AppError({
    code: 'url-invalid',
    kind: 'invalid',
    publicMessage: 'The address is not an http:// or https:// URL.',
    remedy: 'Write it as https://HOST[:PORT].',
  })
}

/** `[::1]` → `::1` */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/** The address that a name stands for without asking anybody: a literal, or one that a proxy would resolve at its side. */
function knownAddress(host: string, isProxied: boolean): string | undefined {
  if (isIP(host) !== 0) return host
  if (!isProxied) return undefined
  if (/(^|\.)localhost$/.test(host)) return '127.0.0.1'
  return host === 'metadata.google.internal' ? '169.254.169.254' : undefined
}

/** One request and one answer: no redirect, no retry. */
export interface Exchange {
  send(request: HttpRequest): Promise<HttpResponse>
  close(): Promise<void>
}

function refuse(refusal: AppError | undefined): void {
  if (refusal !== undefined) throw refusal
}

export function createExchange(options: HttpClientOptions, timeouts: Timeouts): Exchange {
  const dispatchers = createDispatchers(options, timeouts)
  const behindProxy = createNameCheck(options)
  /** Whether connections outlast a HEAD, by origin. */
  const keeps = new Map<string, boolean>()

  /**
   * undici ends a connection after each HEAD, for servers that send a body all the same. A registry's tags are listed by HEADs, and a TLS
   * handshake for each would take longer than they do: connections are kept until a server turns out to be one of those.
   */
  async function dispatch(
    dispatcher: Dispatcher,
    asked: Dispatcher.RequestOptions & { readonly origin: string },
  ): Promise<Dispatcher.ResponseData> {
    const { origin, method } = asked
    const isKept = method === 'HEAD' && keeps.get(origin) !== false
    if (isKept) keeps.set(origin, true)
    try {
      return await dispatcher.request(isKept ? { ...asked, reset: false } : asked)
    } catch (error) {
      if (!keeps.has(origin) || method === 'POST' || !isNotHttp(error)) throw error
      keeps.set(origin, false)
      return dispatcher.request(asked)
    }
  }

  return {
    async send(request) {
      const url = parseUrl(request.url)
      const { dispatcher, proxy } = dispatchers.pick(url)
      const attempt = { url, timeouts, signal: request.signal, proxy }
      const host = bareHost(url)
      const address = knownAddress(host, proxy !== undefined)
      if (address !== undefined) refuse(options.addresses.refusal(host, address))
      else if (proxy !== undefined) refuse(await behindProxy(host))
      try {
        const raw = await dispatch(dispatcher, {
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers: {
            'user-agent': 'portolan',
            'accept-encoding': 'identity',
            ...request.headers,
            ...(request.authorization ? { authorization: request.authorization.reveal() } : {}),
          },
          ...(request.body ? { body: request.body.reveal() } : {}),
          ...(request.signal ? { signal: request.signal } : {}),
        })
        return toResponse(raw, attempt)
      } catch (error) {
        throw networkError(error, attempt)
      }
    },
    close: () => dispatchers.close(),
  }
}
