import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'

export type Target =
  | 'ping'
  | 'catalog'
  | 'tags'
  | 'manifest'
  | 'blob'
  | 'upload'
  | 'token'
  | 'storage'
  | 'other'

/** A request, taken apart. */
export interface ServerRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly target: Target
  readonly repository: string
  /** Tag, digest or upload id. */
  readonly reference: string
  readonly body: Uint8Array
}

/** What is sent back; faults change it on its way out. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Uint8Array
  /** The connection breaks after so many bytes of the body. */
  readonly cutAfter?: number
  /** The body is sent over and over, without a stated length, until the reader leaves. */
  readonly endless?: boolean
  /** Nothing is sent until this is done. */
  readonly hold?: Promise<void>
}

export type Fault = (request: ServerRequest, answer: Answer) => Answer

const version = { 'docker-distribution-api-version': 'registry/2.0' }

export function answer(
  status: number,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
  body: Uint8Array = new Uint8Array(),
): Answer {
  return { status, headers: { ...version, ...headers }, body }
}

/** JSON as Go writes it: with a line end. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): Answer {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  return answer(status, { ...type, ...headers }, Buffer.from(`${JSON.stringify(value)}\n`))
}

export function errorAnswer(
  status: number,
  code: string,
  message: string,
  detail?: unknown,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): Answer {
  const error = detail === undefined ? { code, message } : { code, message, detail }
  return jsonAnswer(status, { errors: [error] }, headers)
}

export async function send(method: string, reply: Answer, response: ServerResponse): Promise<void> {
  await reply.hold
  if (response.destroyed) return
  for (const [name, value] of Object.entries(reply.headers)) {
    response.setHeader(name, typeof value === 'string' ? value : [...value])
  }
  const isSized = response.hasHeader('content-length') || response.hasHeader('transfer-encoding')
  if (!isSized && !reply.endless) response.setHeader('content-length', reply.body.length)
  response.writeHead(reply.status)
  if (method === 'HEAD') response.end()
  else if (reply.endless) repeat(reply.body, response)
  else if (reply.cutAfter === undefined) response.end(reply.body)
  else response.write(reply.body.subarray(0, reply.cutAfter), () => response.destroy())
}

function repeat(body: Uint8Array, response: ServerResponse): void {
  const pieces = Readable.from(
    (function* () {
      for (;;) yield body
    })(),
  )
  // A reader that leaves is how this ends.
  pipeline(pieces, response, () => {})
}
