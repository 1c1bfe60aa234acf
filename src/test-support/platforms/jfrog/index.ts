/**
 * JFrog Artifactory, faked: repositories of every kind, searches in AQL, the registry protocol by path, subdomain and port, its own
 * token server, layers in cloud storage.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Secret } from '../../../core/index.ts'
import { startInternet } from '../../internet.ts'
import { passOn } from '../../pass-on.ts'
import { internetOptions, type PlatformWorld, type PlatformWorldOptions } from '../../platform-world.ts'
import { pushBuilt, startRegistryServer } from '../../registry-server/index.ts'
import { basicUser } from '../../registry-server/auth.ts'
import { readBody } from '../../registry-server/listen.ts'
import { apiError, send } from './answer.ts'
import { api, type ApiOptions, type StoredRepository, storesOf } from './api.ts'
import { docker } from './docker.ts'
import { Files } from './files.ts'
import { jfrogQuota } from './quota.ts'

export interface JfrogWorldOptions extends PlatformWorldOptions {
  /** Of the repository that is connected; local unless stated. */
  readonly kind?: StoredRepository['kind']
  /** How images are pulled; by path unless stated. */
  readonly access?: 'path' | 'subdomain' | 'port'
  readonly signIn?: 'basic' | 'bearer'
  readonly showsConfiguration?: boolean
  readonly maySearch?: boolean
}

export interface JfrogWorld extends PlatformWorld {
  readonly files: Files
  /** Pushes to one of the repositories in a virtual one, or to any other. */
  pushTo(repository: string, ...pushed: Parameters<PlatformWorld['push']>): void
  settingsOf(user: string, password: string): Readonly<Record<string, unknown>>
  /** An access token that may do everything. */
  readonly adminSettings: Readonly<Record<string, unknown>>
}

const domain = 'artifactory.acme.example'
const key = 'docker-prod'
const storageHost = 'jfrog-prod.s3.amazonaws.com'
const claimsOfAdmin = { sub: 'jfac@01c/users/eve', scp: 'applied-permissions/admin' }
const users = {
  ann: 'cmVmdGtuOjAxOjE3',
  bob: 'cmVmdGtuOjAxOjE4',
  eve: `e30.${Buffer.from(JSON.stringify(claimsOfAdmin)).toString('base64url')}.c2lnbmVk`,
}

function repositoriesOf(kind: StoredRepository['kind']): StoredRepository[] {
  const members = ['docker-local', 'docker-remote']
  return [
    { key, kind, packageType: 'docker', ...(kind === 'virtual' ? { members } : {}) },
    { key: 'docker-local', kind: 'local', packageType: 'docker' },
    { key: 'docker-remote', kind: 'remote', packageType: 'docker' },
    { key: 'npm-local', kind: 'local', packageType: 'npm' },
  ]
}

const places = {
  path: { host: domain, settings: {} },
  subdomain: { host: `${key}.${domain}`, settings: { dockerAccess: 'subdomain' } },
  port: { host: `${domain}:5001`, settings: { dockerAccess: 'port', dockerHost: `${domain}:5001` } },
}

export async function startJfrogWorld(options: JfrogWorldOptions = {}): Promise<JfrogWorld> {
  const { kind = 'local', access = 'path', maySearch = true } = options
  const registry = await startRegistryServer()
  const files = new Files()
  const userOf = (authorization: string | undefined) => {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
    if (token !== undefined) return Object.entries(users).find(([, secret]) => secret === token)?.[0]
    return basicUser(users, authorization) ?? undefined
  }
  const apiOptions: ApiOptions = {
    domain,
    repositories: repositoriesOf(kind),
    files,
    pageSize: options.pageSize ?? 500_000,
    userOf,
    mayRead: (user) => user !== 'bob',
    showsConfiguration: options.showsConfiguration ?? true,
    maySearch,
  }
  const { host, settings } = places[access]
  const prefix = access === 'path' ? `${key}/` : ''
  const dockerSide = docker({
    keyOf: () => (access === 'path' ? undefined : key),
    domain,
    signIn: options.signIn ?? 'bearer',
    userOf,
    mayRead: apiOptions.mayRead,
    has: (repository, image) => files.has(storesOf(apiOptions, repository), image),
    registryUrl: registry.url,
    storageHost,
  })
  let listed = 0

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = message.headers.host ?? ''
    const path = new URL(message.url ?? '/', 'https://x').pathname
    if (asked === domain && /^\/artifactory\/api\/docker\/[^/]+\/v2\/token$/.test(path)) {
      return send(response, dockerSide.token(message))
    }
    if (asked === domain && path.startsWith('/artifactory/api/')) {
      if (/\/search\/aql$|\/_catalog$|\/tags\/list$/.test(path)) listed += 1
      const body = message.method === 'POST' ? Buffer.from(await readBody(message)).toString('utf8') : ''
      return send(response, api(apiOptions, message, body) ?? apiError(404, 'Not Found'))
    }
    if (asked === host && path.startsWith('/v2/')) return dockerSide.answer(message, response, asked)
    // What is not Artifactory is its web interface.
    response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>JFrog</title>')
  }

  function storage(message: IncomingMessage, response: ServerResponse): void {
    const [, image, digest] = /^\/(.+)\/(sha256:[0-9a-f]+)\?/.exec(message.url ?? '') ?? []
    if (message.headers.authorization !== undefined) response.writeHead(400).end()
    else passOn(`${registry.url}/v2/${image}/blobs/${digest}`, message, response)
  }

  const front = (message: IncomingMessage, response: ServerResponse) => void answer(message, response)
  const internet = await startInternet(
    { [domain]: front, [`*.${domain}`]: front, [storageHost]: storage },
    internetOptions(options, jfrogQuota),
  )
  const settingsOf = (username: string, password: string) => ({
    username,
    password: new Secret(password),
    domain,
    repository: key,
    ...settings,
  })
  const [store = key] = storesOf(apiOptions, key)
  const bare = (repository: string) => repository.slice(prefix.length)
  const pushTo: JfrogWorld['pushTo'] = (repository, name, tag, built, pushedAt) => {
    pushBuilt(registry, bare(name), [tag], built)
    files.push(repository, bare(name), tag, built, pushedAt)
  }
  return {
    internet,
    host,
    files,
    settings: settingsOf('ann', users.ann),
    wrongSettings: settingsOf('ann', 'wrong-identity-token'),
    deniedSettings: settingsOf('bob', users.bob),
    adminSettings: settingsOf('eve', users.eve),
    repositories: [`${prefix}api`, `${prefix}team/web`, `${prefix}a.b/c-d/e_f/deep.est/image`],
    knowsPushDates: maySearch,
    knowsDigests: true,
    listsEmptyRepositories: false,
    settingsOf,
    pushTo,
    push: (...pushed) => pushTo(store, ...pushed),
    untag(name, tag) {
      registry.deleteTag(bare(name), tag)
      files.untag(store, bare(name), tag)
    },
    removeRepository: (name) => files.remove(store, bare(name)),
    addRepository: () => undefined,
    expireTokens: () => dockerSide.revokeAll(),
    listingRequests: () => listed,
    async close() {
      await internet.close()
      await registry.close()
    },
  }
}
