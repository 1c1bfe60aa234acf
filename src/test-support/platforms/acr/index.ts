/**
 * Azure Container Registry and Microsoft Entra ID, faked: sign-in by client credentials, exchange and scoped tokens, listings with
 * dates, images by the registry protocol, layers from another host.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Secret } from '../../../core/index.ts'
import { startInternet } from '../../internet.ts'
import {
  contentOf,
  internetOptions,
  type PlatformWorld,
  type PlatformWorldOptions,
} from '../../platform-world.ts'
import { passOn } from '../../pass-on.ts'
import { startRegistryServer } from '../../registry-server/index.ts'
import { readBody } from '../../registry-server/listen.ts'
import {
  type ApiOptions,
  type ApiRequest,
  type AppRights,
  listings,
  pullRefusal,
  refusal,
  type ScopeMapToken,
  send,
  signIn,
} from './api.ts'
import { Content } from './content.ts'
import { entra } from './entra.ts'
import { TokenBook } from './tokens.ts'
import { acrQuota } from './quota.ts'

const cloudsByName = {
  public: {
    suffix: 'azurecr.io',
    authority: 'login.microsoftonline.com',
    arm: 'https://management.azure.com',
  },
  usgov: {
    suffix: 'azurecr.us',
    authority: 'login.microsoftonline.us',
    arm: 'https://management.usgovcloudapi.net',
  },
  china: {
    suffix: 'azurecr.cn',
    authority: 'login.chinacloudapi.cn',
    // What Microsoft's libraries ask in its place (@azure/msal-common, AuthorityMetadata).
    alias: 'login.partner.microsoftonline.cn',
    arm: 'https://management.chinacloudapi.cn',
  },
}

export const acrIds = {
  tenant: '72f988bf-0000-41af-91ab-2d7cd011db47',
  /** May list and pull. */
  reader: '11111111-aaaa-4aaa-8aaa-111111111111',
  /** In a registry with ABAC: may read repositories, but not list them. */
  unlisting: '22222222-aaaa-4aaa-8aaa-222222222222',
  /** In a registry with ABAC: may list all, but read one. */
  narrow: '55555555-aaaa-4aaa-8aaa-555555555555',
  /** May do everything. */
  owner: '33333333-aaaa-4aaa-8aaa-333333333333',
  /** Has no role on the registry. */
  stranger: '44444444-aaaa-4aaa-8aaa-444444444444',
} as const

const secrets: Readonly<Record<string, string>> = {
  [acrIds.reader]: 'reader~secret~value',
  [acrIds.unlisting]: 'unlisting~secret~value',
  [acrIds.narrow]: 'narrow~secret~value',
  [acrIds.owner]: 'owner~secret~value',
  [acrIds.stranger]: 'stranger~secret~value',
}

export interface AcrWorldOptions extends PlatformWorldOptions {
  readonly cloud?: keyof typeof cloudsByName
  /** Scopes of one token at most; 100 unless stated. */
  readonly scopesAtOnce?: number
  /** Who may do nothing of what was asked for gets 401 (default), or a token that allows nothing. */
  readonly refusesTokens?: boolean
  /** Whether Entra gives tokens for container registries, or for Resource Manager only. Default true. */
  readonly knowsRegistryAudience?: boolean
}

export interface AcrWorld extends PlatformWorld {
  /** Settings of another application. */
  settingsOf(app: string, secret?: string): Readonly<Record<string, unknown>>
  /** Makes a repository-scoped token. @returns settings that sign in by it, repositories named as given */
  addToken(
    name: string,
    scopeMap: ScopeMapToken['scopeMap'],
    repositories?: readonly string[],
  ): Readonly<Record<string, unknown>>
  /** Its password is no longer good. */
  disableToken(name: string): void
  /** A token that a cluster gives this server's service account, for which an application has a federated credential. */
  federatedToken(app: string): string
  /** A token of the identity that this machine has in Azure. */
  identityToken(app?: string): string
}

const rights: Readonly<Record<string, AppRights>> = {
  [acrIds.reader]: { catalog: true, actions: ['read'], mayRead: () => true },
  [acrIds.unlisting]: { catalog: false, actions: ['read'], mayRead: () => true },
  [acrIds.narrow]: { catalog: true, actions: ['read'], mayRead: (name) => name === 'b' },
  [acrIds.owner]: { catalog: true, actions: ['read', 'write', 'delete'], mayRead: () => true },
}

async function readRequest(message: IncomingMessage): Promise<ApiRequest> {
  const url = new URL(message.url ?? '/', 'https://registry')
  const body = message.method === 'POST' ? await readBody(message) : new Uint8Array()
  return {
    method: message.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    form: new URLSearchParams(Buffer.from(body).toString('utf8')),
    authorization: message.headers.authorization ?? '',
  }
}

export async function startAcrWorld(options: AcrWorldOptions = {}): Promise<AcrWorld> {
  const { cloud = 'public', knowsRegistryAudience = true } = options
  const { suffix, authority, arm, ...more } = cloudsByName[cloud]
  const host = `contoso.${suffix}`
  const storageHost = 'contosostore.blob.core.windows.net'
  const registry = await startRegistryServer()
  const content = new Content()
  const identities = new TokenBook()
  const scopeMapTokens = new Map<string, ScopeMapToken>()
  const api: ApiOptions = {
    host,
    tenant: acrIds.tenant,
    content,
    pageSize: Math.min(options.pageSize ?? 1000, 1000),
    identities,
    refreshTokens: new TokenBook(),
    accessTokens: new TokenBook(),
    rightsOf: (app) => rights[app],
    scopesAtOnce: options.scopesAtOnce ?? 100,
    scopeMapTokens,
    refusesTokens: options.refusesTokens ?? true,
  }
  let listed = 0

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message)
    const told = signIn(api, request)
    if (told) return send(response, told)
    if (request.path.startsWith('/acr/v1/')) {
      listed += 1
      return send(response, listings(api, request) ?? refusal(404, 'NOT_FOUND', 'not found'))
    }
    const refusedBy = pullRefusal(api, request)
    if (refusedBy) return send(response, refusedBy)
    const blob = /^\/v2\/(.+)\/blobs\/([^/]+)$/.exec(request.path)
    if (!blob) return passOn(`${registry.url}${message.url ?? '/'}`, message, response)
    response.writeHead(307, { location: `https://${storageHost}/${blob[1]}/${blob[2]}?sig=signature` }).end()
  }

  function storage(message: IncomingMessage, response: ServerResponse): void {
    const [, repository, digest] = /^\/(.+)\/(sha256:[0-9a-f]+)\?/.exec(message.url ?? '') ?? []
    // Storage refuses two ways of signing in at once.
    if (message.headers.authorization !== undefined) response.writeHead(400).end()
    else passOn(`${registry.url}/v2/${repository}/blobs/${digest}`, message, response)
  }

  const audience = knowsRegistryAudience ? 'https://containerregistry.azure.net' : arm
  const assertions = new Map<string, string>()
  const sign = entra({
    assertions,
    tenant: acrIds.tenant,
    apps: secrets,
    expiredSecrets: new Set(['expired~secret~value']),
    audiences: new Set([`${audience}/.default`]),
    tokens: identities,
  })
  const internet = await startInternet(
    {
      [host]: (message, response) => void answer(message, response),
      [authority]: sign,
      ...('alias' in more ? { [more.alias]: sign } : {}),
      [storageHost]: storage,
    },
    internetOptions(options, acrQuota(host)),
  )
  const place = { registryName: 'contoso', ...(cloud === 'public' ? {} : { cloud }) }
  const settingsOf = (app: string, secret = secrets[app] ?? '') => ({
    ...place,
    clientId: app,
    clientSecret: new Secret(secret),
    tenantId: acrIds.tenant,
  })
  return {
    internet,
    host,
    settings: settingsOf(acrIds.reader),
    wrongSettings: settingsOf(acrIds.reader, 'wrong~secret~value'),
    deniedSettings: settingsOf(acrIds.unlisting),
    repositories: ['api', 'team/web', 'a.b/c-d/e_f/deep.est/image'],
    knowsPushDates: true,
    knowsDigests: true,
    listsEmptyRepositories: true,
    settingsOf,
    addToken(name, scopeMap, repositories = []) {
      const password = `${name}/password+1`
      scopeMapTokens.set(name, { password, scopeMap })
      return { ...place, clientId: name, clientSecret: new Secret(password), repositories }
    },
    disableToken: (name) => void scopeMapTokens.delete(name),
    federatedToken(app) {
      const token = `header.${randomUUID()}.signature`
      assertions.set(token, app)
      return token
    },
    identityToken: (app = acrIds.reader) => identities.issue(app, 3599, {}),
    ...contentOf(content, registry),
    removeRepository: (repository) => content.remove(repository),
    addRepository: (repository) => content.add(repository),
    expireTokens() {
      for (const book of [identities, api.refreshTokens, api.accessTokens]) book.revokeAll()
    },
    listingRequests: () => listed,
    async close() {
      await internet.close()
      await registry.close()
    },
  }
}
