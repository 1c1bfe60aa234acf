import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { passOn } from '../pass-on.ts'
import type { Fault } from '../registry-server/answer.ts'

/**
 * The storage of a platform that gives layers from another host, under that host's name: for a registry server with
 * `blobsElsewhere`, whose storage refuses requests that carry Authorization.
 *
 * @returns what sends there, for the registry server's faults, and who answers there, for the internet
 */
export function storageHost(name: string): { readonly redirects: Fault; readonly host: RequestListener } {
  let origin = ''
  return {
    redirects(_, answer) {
      const { location } = answer.headers
      if (answer.status !== 307 || typeof location !== 'string') return answer
      const url = new URL(location)
      origin = url.origin
      return {
        ...answer,
        headers: { ...answer.headers, location: `https://${name}${url.pathname}${url.search}` },
      }
    },
    host: (message: IncomingMessage, response: ServerResponse) =>
      passOn(`${origin}${message.url ?? '/'}`, message, response),
  }
}
