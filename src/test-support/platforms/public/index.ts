/**
 * Registries whose images are for everybody, faked under their real names: how each wants to be asked for a token, or not, and
 * where its layers come from.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Built } from '../../image-builder/index.ts'
import { type Internet, startInternet } from '../../internet.ts'
import { passOn } from '../../pass-on.ts'
import { pushBuilt, type RegistryServer, startRegistryServer } from '../../registry-server/index.ts'

interface PublicRegistry {
  /** As references write it. */
  readonly name: string
  /** Where the protocol is spoken; the name unless stated. */
  readonly api?: string
  /** Its token server; none: nobody is asked who they are. */
  readonly realm?: string
  readonly service?: string
  /** What the challenge says in place of the repository. */
  readonly scope?: string
  /** The status for a token that is none; 401 unless stated. */
  readonly badToken?: number
  /** Where layers come from, which takes no second sign-in. */
  readonly storage: string
}

const registries: readonly PublicRegistry[] = [
  {
    name: 'docker.io',
    api: 'registry-1.docker.io',
    realm: 'https://auth.docker.io/token',
    service: 'registry.docker.io',
    storage: 'production.cloudflare.docker.com',
  },
  {
    name: 'ghcr.io',
    realm: 'https://ghcr.io/token',
    service: 'ghcr.io',
    storage: 'pkg-containers.githubusercontent.com',
  },
  {
    name: 'quay.io',
    realm: 'https://quay.io/v2/auth',
    service: 'quay.io',
    storage: 'cdn01.quay.io',
  },
  {
    name: 'public.ecr.aws',
    realm: 'https://public.ecr.aws/token/',
    service: 'public.ecr.aws',
    scope: 'aws',
    badToken: 400,
    storage: 'd2glxqk2uabbnd.cloudfront.net',
  },
  { name: 'mcr.microsoft.com', storage: 'eastus.data.mcr.microsoft.com' },
]

/** registry.k8s.io redirects all that it is asked for (kubernetes/registry.k8s.io, cmd/archeio/docs/request-handling.md). */
const kubernetes = {
  name: 'registry.k8s.io',
  upstream: 'europe-west4-docker.pkg.dev',
  path: '/k8s-artifacts-prod/images',
  storage: 'prod-registry-k8s-io-us-east-1.s3.dualstack.us-east-1.amazonaws.com',
}

export interface PublicWorld {
  readonly internet: Internet
  /** Puts an image into all of them. */
  push(repository: string, tag: string, built: Built): void
  /** Puts any artifact into all of them. */
  put(artifact: Parameters<RegistryServer['put']>[0]): void
  /** Authorization headers that came, by host. */
  readonly signIns: ReadonlyMap<string, ReadonlySet<string>>
  close(): Promise<void>
}

type Answer = (message: IncomingMessage, response: ServerResponse, url: URL) => void

function refuse(response: ServerResponse, status: number, code: string, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }))
}

/** Content networks know layers by digest, and answer no request that is signed twice. */
function storageOf(registry: RegistryServer): Answer {
  return (message, response, url) => {
    if (message.headers.authorization !== undefined) return refuse(response, 400, 'INVALID')
    passOn(`${registry.url}/v2${url.pathname}`, message, response)
  }
}

function challenge(
  { realm, service, scope, badToken = 401 }: PublicRegistry,
  { headers }: IncomingMessage,
  response: ServerResponse,
  { pathname }: URL,
): void {
  const repository = /^\/v2\/(.+)\/(?:manifests|blobs|referrers|tags)\//.exec(pathname)?.[1]
  const wanted = scope ?? (repository === undefined ? undefined : `repository:${repository}:pull`)
  const asked = wanted === undefined ? '' : `,scope="${wanted}"`
  if (headers.authorization !== undefined && badToken !== 401) return refuse(response, badToken, 'DENIED')
  refuse(response, 401, 'UNAUTHORIZED', {
    'www-authenticate': `Bearer realm="${realm}",service="${service}"${asked}`,
  })
}

function hostsOf(spec: PublicRegistry, registry: RegistryServer): Readonly<Record<string, Answer>> {
  const { name, api = name, realm, storage } = spec
  const tokens = new Set<string>()
  const realmUrl = realm === undefined ? undefined : new URL(realm)

  const giveToken: Answer = (_, response) => {
    const token = randomBytes(200).toString('base64url')
    tokens.add(token)
    response.end(JSON.stringify({ token }))
  }

  const isSignedIn = ({ headers }: IncomingMessage): boolean =>
    realm === undefined || tokens.has(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '')

  const answer: Answer = (message, response, url) => {
    if (realmUrl?.host === api && url.pathname === realmUrl.pathname) return giveToken(message, response, url)
    if (!isSignedIn(message)) return challenge(spec, message, response, url)
    const layer = /^\/v2(\/.+\/blobs\/sha256:[0-9a-f]{64})$/.exec(url.pathname)?.[1]
    if (layer === undefined) return passOn(registry.url + (message.url ?? '/'), message, response)
    response.writeHead(307, { location: `https://${storage}${layer}?Signature=x` }).end()
  }

  const tokenHost = realmUrl !== undefined && realmUrl.host !== api ? { [realmUrl.host]: giveToken } : {}
  return { [api]: answer, [storage]: storageOf(registry), ...tokenHost }
}

function kubernetesHosts(registry: RegistryServer): Readonly<Record<string, Answer>> {
  const { name, upstream, path, storage } = kubernetes
  const redirect: Answer = (_, response, url) => {
    if (url.pathname === '/v2/') return void response.writeHead(200).end()
    const layer = /\/blobs\/(sha256:[0-9a-f]{64})$/.exec(url.pathname)?.[1]
    const location =
      layer === undefined
        ? `https://${upstream}/v2${path}${url.pathname.slice('/v2'.length)}`
        : `https://${storage}/containers${url.pathname.slice('/v2'.length)}`
    response.writeHead(307, { location }).end()
  }
  return {
    [name]: redirect,
    // What is public there is given without a token.
    [upstream]: (message, response, url) =>
      url.pathname === '/v2/'
        ? refuse(response, 401, 'UNAUTHORIZED', {
            'www-authenticate': `Bearer realm="https://${upstream}/v2/token",service="${upstream}"`,
          })
        : passOn(registry.url + url.pathname.replace(path, ''), message, response),
    [storage]: (message, response, url) =>
      storageOf(registry)(message, response, new URL(url.href.replace('/containers', ''))),
  }
}

export async function startPublicWorld(): Promise<PublicWorld> {
  const registry = await startRegistryServer()
  const signIns = new Map<string, Set<string>>()
  const answers = { ...kubernetesHosts(registry) }
  for (const spec of registries) Object.assign(answers, hostsOf(spec, registry))
  const hosts: Record<string, RequestListener> = {}
  for (const [host, answer] of Object.entries(answers)) {
    hosts[host] = (message, response) => {
      const { authorization } = message.headers
      if (authorization !== undefined) {
        signIns.set(host, (signIns.get(host) ?? new Set()).add(authorization))
      }
      answer(message, response, new URL(message.url ?? '/', `https://${host}`))
    }
  }
  const internet = await startInternet(hosts)
  return {
    internet,
    signIns,
    push: (repository, tag, built) => void pushBuilt(registry, repository, [tag], built),
    put: (artifact) => void registry.put(artifact),
    async close() {
      await Promise.all([internet.close(), registry.close()])
    },
  }
}
