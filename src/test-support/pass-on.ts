import { type IncomingMessage, request, type ServerResponse } from 'node:http'

/** Passes a request on to a server on loopback, as a reverse proxy does, and its answer back. @param url whole, path included */
export function passOn(url: string | URL, message: IncomingMessage, response: ServerResponse): void {
  const { method, headers } = message
  const onward = request(new URL(url), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    // Cut off, as when a server closes while somebody has read enough.
    answer.on('error', () => response.destroy())
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  message.on('error', () => onward.destroy())
  message.pipe(onward)
}
