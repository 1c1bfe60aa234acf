import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'

/**
 * Takes an answer over from the framework, to be written piece by piece: its head, with the headers that are already set, goes out
 * at once. A client that goes away ends nothing but its answer.
 */
export function beginStream(
  reply: FastifyReply,
  status: number,
  headers: Record<string, string>,
): ServerResponse {
  reply.hijack()
  const { raw } = reply
  raw.on('error', () => raw.destroy())
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value)
  // Proxies that gather answers would hold pieces back.
  raw.writeHead(status, { ...headers, 'x-accel-buffering': 'no' })
  return raw
}
