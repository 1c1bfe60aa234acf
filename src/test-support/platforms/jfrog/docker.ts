import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { passOn } from '../../pass-on.ts'
import { type Answer, dockerError, send } from './answer.ts'

export interface DockerOptions {
  /** Key of the repository that a host stands for; undefined: it stands in the path. */
  readonly keyOf: (host: string) => string | undefined
  readonly domain: string
  readonly signIn: 'basic' | 'bearer'
  /** The user that a header names; undefined when it is wrong. */
  readonly userOf: (authorization: string | undefined) => string | undefined
  readonly mayRead: (user: string, key: string) => boolean
  readonly has: (key: string, image: string) => boolean
  readonly registryUrl: string
  readonly storageHost: string
}

const version = { 'docker-distribution-api-version': 'registry/2.0' }

/** Tokens of `/api/docker/<key>/v2/token`, and the registry protocol in front of the in-process registry. */
export function docker(options: DockerOptions) {
  const tokens = new Map<string, string>()

  function userOf(authorization: string | undefined): string | undefined {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
    return token === undefined
      ? options.userOf(authorization)
      : (tokens.get(token) ?? options.userOf(authorization))
  }

  function token(message: IncomingMessage): Answer {
    const user = options.userOf(message.headers.authorization)
    if (user === undefined) return dockerError(401, 'UNAUTHORIZED', 'BAD_CREDENTIAL')
    const value = randomBytes(16).toString('base64url')
    tokens.set(value, user)
    return { status: 200, body: { token: value, expires_in: 3600 } }
  }

  function challenge(key: string): Answer {
    const bearer = `Bearer realm="https://${options.domain}/artifactory/api/docker/${key}/v2/token",service="${options.domain}"`
    return {
      ...dockerError(401, 'UNAUTHORIZED', 'The access token is missing or invalid.'),
      headers: {
        ...version,
        'www-authenticate': options.signIn === 'bearer' ? bearer : 'Basic realm="Artifactory Realm"',
      },
    }
  }

  function answer(message: IncomingMessage, response: ServerResponse, host: string): void {
    const path = decodeURIComponent(new URL(message.url ?? '/', 'https://x').pathname)
    const fixed = options.keyOf(host)
    const user = userOf(message.headers.authorization)
    const isBearer = options.signIn === 'basic' || /^Bearer /i.test(message.headers.authorization ?? '')
    if (user === undefined || !isBearer) send(response, challenge(fixed ?? 'null'))
    else if (path === '/v2/') send(response, { status: 200, headers: version, body: {} })
    else pull(partsOf(path, fixed), user, message, response)
  }

  function pull(parts: Parts, user: string, message: IncomingMessage, response: ServerResponse): void {
    const { key, image, kind, reference } = parts
    if (!options.mayRead(user, key)) {
      return send(response, dockerError(403, 'DENIED', 'Not authorized to read'))
    }
    if (!options.has(key, image)) {
      return send(response, dockerError(404, 'NAME_UNKNOWN', `Repository name not known: ${image}`))
    }
    if (kind !== 'blobs') {
      return passOn(`${options.registryUrl}/v2/${image}/${kind}/${reference}`, message, response)
    }
    const location = `https://${options.storageHost}/${image}/${reference}?X-Amz-Signature=x`
    response.writeHead(302, { location }).end()
  }

  return { answer, token, revokeAll: () => tokens.clear() }
}

interface Parts {
  readonly key: string
  readonly image: string
  readonly kind: string
  readonly reference: string
}

function partsOf(path: string, fixed: string | undefined): Parts {
  const [, name = '', kind = '', reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? []
  const [first = '', ...rest] = name.split('/')
  return fixed === undefined
    ? { key: first, image: rest.join('/'), kind, reference }
    : { key: fixed, image: name, kind, reference }
}
