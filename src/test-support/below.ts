import type { RequestListener } from 'node:http'

/** A server whose addresses all begin with a path, as one behind a reverse proxy that leaves the path away; nothing else is there. */
export function below(path: string, server: RequestListener): RequestListener {
  return (message, response) => {
    const url = message.url ?? '/'
    if (path !== '' && !url.startsWith(`${path}/`)) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>404')
      return
    }
    message.url = url.slice(path.length)
    server(message, response)
  }
}
