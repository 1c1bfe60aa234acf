import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { HttpClient, HttpRequest, HttpResponse } from '../platform/http/index.ts'
import type { AnswerMemory, RememberedAnswer } from './ports.ts'

const pack = promisify(gzip)
const unpack = promisify(gunzip)

/**
 * A client that asks whether an answer is still what it was (`If-None-Match`; RFC 9110, 13.1.2), and where it is gives the one that
 * is remembered, with status 200. For platforms on which that is cheaper than asking anew.
 *
 * An ETag stands for the body only: `Link` is the remembered one where the answer has none, and may have changed since.
 *
 * @param covers which answers are worth it; they must be read whole (`bytes`) to be remembered
 */
export function conditionalHttp(
  http: HttpClient,
  memory: AnswerMemory | undefined,
  covers: (url: URL) => boolean,
): HttpClient {
  if (memory === undefined) return http
  return {
    async request(request) {
      const url = URL.parse(String(request.url))
      if (request.method !== 'GET' || url === null || !covers(url)) return http.request(request)
      const key = keyOf(request, url)
      const known = memory.get(key)
      const response = await http.request(known === undefined ? request : ifChanged(request, known))
      if (response.status !== 304) return remembering(response, url, (answer) => memory.set(key, answer))
      await response.discard()
      if (known !== undefined && isStill(known, response)) return asRemembered(response, known)
      // "Not modified" of something that we do not have.
      return remembering(await http.request(request), url, (answer) => memory.set(key, answer))
    },
    close: () => http.close(),
  }
}

/** Who asks for what, how: other credentials find nothing. Neither address nor secret can be read from it. */
function keyOf({ headers = {}, authorization }: HttpRequest, url: URL): string {
  const parts = [url.href, Object.entries(headers).toSorted(), authorization?.reveal()]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

function ifChanged(request: HttpRequest, { etag }: RememberedAnswer): HttpRequest {
  return { ...request, headers: { ...request.headers, 'if-none-match': etag } }
}

/** Some servers leave the tag out of a 304 (RFC 9110, 15.4.5 wants it there); then it is that of the question. */
function isStill({ etag }: RememberedAnswer, response: HttpResponse): boolean {
  const opaque = (tag: string): string => tag.replace(/^W\//, '')
  const told = response.header('etag')
  return told === undefined || opaque(told) === opaque(etag)
}

/** Remembers the body when it is read; not what was redirected, which another address answered for. */
function remembering(
  response: HttpResponse,
  asked: URL,
  remember: (answer: RememberedAnswer) => unknown,
): HttpResponse {
  const etag = response.header('etag')
  const mayBeKept = !/\bno-store\b/i.test(response.header('cache-control') ?? '')
  const isDirect = response.status === 200 && response.url.href === asked.href
  if (etag === undefined || etag.length > LONGEST_TAG || !mayBeKept || !isDirect) return response
  return {
    ...response,
    async bytes(limit) {
      const bytes = await response.bytes(limit)
      const { contentType, link } = described(response)
      remember({ etag, contentType, link, body: await pack(bytes) })
      return bytes
    },
  }
}

const LONGEST_TAG = 500

function described(response: HttpResponse): Pick<RememberedAnswer, 'contentType' | 'link'> {
  return { contentType: response.header('content-type'), link: response.header('link') }
}

function asRemembered(response: HttpResponse, { contentType, link, body }: RememberedAnswer): HttpResponse {
  const header = (name: string): string | undefined => {
    if (name === 'content-type') return contentType
    return response.header(name) ?? (name === 'link' ? link : undefined)
  }
  const bytes = (): Promise<Uint8Array> => unpack(body)
  return {
    status: 200,
    url: response.url,
    header,
    headerValues: (name) => [header(name)].filter((value) => value !== undefined),
    bytes,
    async *stream() {
      yield await bytes()
    },
    discard: () => Promise.resolve(),
  }
}
