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
    const path = filePath(request.url)
    if (path === undefined) throw notFound()
    if (path !== '' && path !== 'index.html' && existsSync(join(root, path))) return reply.sendFile(path)
    if (isPageAddress(request)) return sendIndex(reply, root)
    throw notFound()
  })
  app.setNotFoundHandler(() => {
    throw notFound()
  })
}

/** The file that an address names; undefined for one that no file of the bundle can have. */
function filePath(url: string): string | undefined {
  const [encoded = ''] = url.split('?')
  try {
    const path = decodeURIComponent(encoded).slice(1)
    return /^(?:[\w@-][\w@.-]*(?:\/(?=.)|$))*$/.test(path) ? path : undefined
  } catch {
    return undefined
  }
}

/** Names in `assets/` carry a hash of their content: what they name never changes. */
function cachePolicy(path: string): string {
  return /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
}

/** What a browser's address bar asks for, and no door of its own answers. */
function isPageAddress({ url, headers }: FastifyRequest): boolean {
  return !/^\/(?:api|health|assets)(?:\/|$)/.test(url) && /text\/html|\*\/\*/.test(headers.accept ?? '')
}

function sendIndex(reply: FastifyReply, root: string): FastifyReply {
  if (existsSync(join(root, 'index.html'))) return reply.code(200).sendFile('index.html')
  return reply.code(503).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(missing)
}
