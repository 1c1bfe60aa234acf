import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Internet, startInternet } from '../../internet.ts'
import type { Built } from '../../image-builder/index.ts'
import { passOn } from '../../pass-on.ts'
import { pushBuilt, startRegistryServer } from '../../registry-server/index.ts'

/** public.ecr.aws: images for everybody, by a token that everybody gets, layers from a content network. */
export interface PublicEcrWorld {
  readonly internet: Internet
  push(repository: string, tag: string, built: Built): void
  expireTokens(): void
  close(): Promise<void>
}

const host = 'public.ecr.aws'
const network = 'd2glxqk2uabbnd.cloudfront.net'

export async function startPublicEcrWorld(): Promise<PublicEcrWorld> {
  const registry = await startRegistryServer()
  const tokens = new Set<string>()

  function refuse(response: ServerResponse, status: number, code: string, message: string): void {
    const challenge = {
      'www-authenticate': `Bearer realm="https://${host}/token/",service="${host}",scope="aws"`,
    }
    response.writeHead(status, status === 401 ? challenge : {})
    response.end(JSON.stringify({ errors: [{ code, message }] }))
  }

  function answer(message: IncomingMessage, response: ServerResponse): void {
    const url = new URL(message.url ?? '/', `https://${host}`)
    const [scheme, token = ''] = (message.headers.authorization ?? '').split(' ')
    if (url.pathname === '/token/') {
      const fresh = randomBytes(300).toString('base64url')
      tokens.add(fresh)
      // It does not say how long a token lasts.
      response.end(JSON.stringify({ token: fresh }))
    } else if (scheme === '') refuse(response, 401, 'UNAUTHORIZED', 'Not Authorized')
    else if (scheme !== 'Bearer' || !tokens.has(token)) {
      refuse(response, 400, 'DENIED', 'Your Authorization Token is invalid.')
    } else if (/\/blobs\/sha256:/.test(url.pathname)) {
      response.writeHead(307, { location: `https://${network}${url.pathname}?Signature=x` }).end()
    } else passOn(registry.url + (message.url ?? '/'), message, response)
  }

  function content(message: IncomingMessage, response: ServerResponse): void {
    if (message.headers.authorization !== undefined) response.writeHead(400).end()
    else passOn(registry.url + (message.url ?? '/'), message, response)
  }

  const internet = await startInternet({ [host]: answer, [network]: content })
  return {
    internet,
    push: (repository, tag, built) => void pushBuilt(registry, repository, [tag], built),
    expireTokens: () => tokens.clear(),
    async close() {
      await Promise.all([internet.close(), registry.close()])
    },
  }
}
