import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notFound } from './problem.ts'

const missing = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Portolan</title>
<body><h1>Portolan is running, its pages are not built</h1>
<p>Build them once: <code>npm run build:web</code>, then load this page again.</p>
<p>The API works without them: <a href="/api/docs">/api/docs</a>.</p></body></html>
`

/**
 * The web pages: files of the bundle, and its index for every address that the pages themselves make sense of.
 *
 * @param root folder of the built bundle; may appear while the server runs
 */
export async function webBundle(app: FastifyInstance, root: string): Promise<void> {
  await app.register(fastifyStatic, {
    root,
    wildcard: false,
    serve: false,
    index: false,
    cacheControl: false,
    preCompressed: true,
    suppressWarning: true,
    setHeaders: (reply, path) => void reply.header('cache-control', cachePolicy(path)),
  })
  app.get('/*', { schema: { hide: true } }, (request, reply) => {
    const path = new URL(request.url, 'http://localhost').pathname
    if (path === '/' || path === '/index.html') return sendIndex(reply, root)
    if (path.startsWith('/api/')) throw notFound()
    return reply.sendFile(decodeURIComponent(path))
  })
  app.setNotFoundHandler((request, reply) => {
    if (isPageAddress(request)) return sendIndex(reply, root)
    throw notFound()
  })
}

/** Names in `assets/` carry a hash of their content: what they name never changes. */
function cachePolicy(path: string): string {
  return /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
}

function isPageAddress(request: FastifyRequest): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const ownPlace = /^\/(api|health|assets)(\/|$)/.test(request.url)
  return isRead && !ownPlace && (request.headers.accept ?? '').includes('text/html')
}

function sendIndex(reply: FastifyReply, root: string): FastifyReply {
  if (existsSync(join(root, 'index.html'))) return reply.code(200).sendFile('index.html')
  return reply.code(503).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(missing)
}
