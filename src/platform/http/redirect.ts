import { AppError } from '../../core/index.ts'
import type { HttpRequest, HttpResponse } from './ports.ts'

const mostRedirects = 5
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function refused(from: URL, why: string): AppError {
  return new AppError({
    code: 'redirect-refused',
    kind: 'invalid',
    publicMessage: `${from.host} redirects ${why}; that is not followed.`,
    remedy: 'Check the address: it may be that of a web page, or of a proxy that asks to sign in.',
  })
}

/** Headers that say who we are; they belong to one origin. */
const personal: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])

/**
 * The request that an answer redirects to, or undefined when it does not redirect.
 * Whatever identifies us stays behind when the origin (scheme, host, port) changes: storage refuses it, and others steal it.
 *
 * @throws AppError `redirect-refused` (invalid): from HTTPS to anything else, to no HTTP URL, or too often
 */
function redirected(request: HttpRequest, response: HttpResponse, hops: number): HttpRequest | undefined {
  const location = response.header('location')
  if (!redirectStatuses.has(response.status) || location === undefined) return undefined
  if (request.method === 'POST') return undefined
  const from = response.url
  const target = URL.parse(location, from.href)
  if (!target) throw refused(from, 'to an address that cannot be read')
  if (target.protocol !== 'https:' && target.protocol !== 'http:')
    throw refused(from, 'to something that is not HTTP')
  if (from.protocol === 'https:' && target.protocol !== 'https:')
    throw refused(from, 'from HTTPS to plain HTTP')
  if (hops >= mostRedirects) throw refused(from, `more than ${mostRedirects} times`)
  target.username = ''
  target.password = ''
  if (target.origin === from.origin) return { ...request, url: target }
  const { authorization: _left, ...rest } = request
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => !personal.has(name.toLowerCase()))
  return { ...rest, url: target, headers: Object.fromEntries(headers) }
}

/** Sends a request and goes where it is redirected to; each hop passes the address policy anew. */
export async function followRedirects(
  request: HttpRequest,
  send: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  let current = request
  for (let hops = 0; ; hops += 1) {
    const response = await send(current)
    let next: HttpRequest | undefined
    try {
      next = redirected(current, response, hops)
    } catch (error) {
      await response.discard()
      throw error
    }
    if (!next) return response
    await response.discard()
    current = next
  }
}
