import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { notFound } from './problem.ts'

/** Pages of the documentation, as descriptions of platforms name them. */
const page = /^(?:[a-z0-9][a-z0-9-]*\/){0,3}[a-z0-9][a-z0-9-]*\.md$/

/**
 * The documentation that came with this version, as text: what forms link to. It is the same for everybody, so nobody has to sign in.
 *
 * @param root folder of the documentation
 */
export function guideRoutes(app: FastifyInstance, root: string): void {
  app.get<{ Params: { '*': string } }>('/docs/*', { schema: { hide: true } }, async (request, reply) => {
    const path = request.params['*']
    if (!page.test(path)) throw notFound()
    const text = await readFile(join(root, path), 'utf8').catch(() => {
      throw notFound()
    })
    return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(text)
  })
}
