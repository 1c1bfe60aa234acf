import type { ServerResponse } from 'node:http'
import type { Content, StoredTag } from './content.ts'
import type { Access, TokenBook } from './tokens.ts'

export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly form: URLSearchParams
  readonly authorization: string
}

export interface ApiAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

export interface ApiOptions {
  /** The login server. */
  readonly host: string
  readonly tenant: string
  readonly content: Content
  readonly pageSize: number
  /** Of Entra. */
  readonly identities: TokenBook
  readonly refreshTokens: TokenBook
  readonly accessTokens: TokenBook
  /** What an application may do; undefined: it has no role here. */
  readonly rightsOf: (app: string) => AppRights | undefined
  /** Scopes of a token at most; the rest is not granted. */
  readonly scopesAtOnce: number
  /** Repository-scoped tokens by name. */
  readonly scopeMapTokens: ReadonlyMap<string, ScopeMapToken>
  /** Who may do nothing of what was asked for gets 401, or a token that allows nothing. */
  readonly refusesTokens: boolean
}

/** A token with a scope map (container-registry-token-based-repository-permissions.md). */
export interface ScopeMapToken {
  password: string
  /** Actions by repository, or by `team/*`: `content/read`, `metadata/read`, `content/write`, ... */
  readonly scopeMap: Readonly<Record<string, readonly string[]>>
}

export interface AppRights {
  readonly catalog: boolean
  /** Anywhere in the registry: `read`, `write`, ... */
  readonly actions: readonly string[]
  readonly mayRead: (repository: string) => boolean
}

const time = (at: number): string => new Date(at).toISOString().replace('Z', '0000Z')
const changeable = { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true }

export function refusal(status: number, code: string, message: string, detail?: unknown): ApiAnswer {
  return { status, body: { errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] } }
}

const challenge = (host: string): string => `Bearer realm="https://${host}/oauth2/token",service="${host}"`

const unauthorized = (host: string, needed: Access): ApiAnswer => ({
  ...refusal(
    401,
    'UNAUTHORIZED',
    'authentication required, visit https://aka.ms/acr/authorization for more information.',
    needed.actions.map((action) => ({ Type: needed.type, Name: needed.name, Action: action })),
  ),
  headers: {
    'www-authenticate': `${challenge(host)},scope="${needed.type}:${needed.name}:${needed.actions.join(',')}",error="invalid_token"`,
  },
})

/** `/oauth2/exchange` and `/oauth2/token` (Azure/acr, docs/AAD-OAuth.md). */
export function signIn(options: ApiOptions, request: ApiRequest): ApiAnswer | undefined {
  const { path, form, authorization } = request
  if (path === '/oauth2/exchange') {
    const identity = options.identities.find(form.get('access_token'))
    const rights = identity && options.rightsOf(identity.app)
    const isRight = form.get('grant_type') === 'access_token' && form.get('service') === options.host
    if (!isRight || !identity || !rights) return refusal(401, 'UNAUTHORIZED', 'authentication required')
    const claims = {
      iss: 'Azure Container Registry',
      aud: options.host,
      version: '1.0',
      grant_type: 'refresh_token',
      tenant: options.tenant,
      permissions: { Actions: rights.actions, NotActions: null },
      roles: [],
    }
    return { status: 200, body: { refresh_token: options.refreshTokens.issue(identity.app, 10_800, claims) } }
  }
  if (path !== '/oauth2/token') return undefined
  if (authorization.startsWith('Basic ')) return signInByPassword(options, request)
  const holder = options.refreshTokens.find(form.get('refresh_token'))
  if (form.get('grant_type') !== 'refresh_token' || form.get('service') !== options.host || !holder) {
    return refusal(401, 'UNAUTHORIZED', 'authentication required')
  }
  return granted(options, holder.app, accessFor(options, holder.app, form.getAll('scope')))
}

/** `GET /oauth2/token` (Azure/acr, docs/Token-BasicAuth.md); without a scope it only proves the password. */
function signInByPassword(options: ApiOptions, { query, authorization }: ApiRequest): ApiAnswer {
  const [name = '', ...rest] = Buffer.from(authorization.slice('Basic '.length), 'base64')
    .toString('utf8')
    .split(':')
  const token = options.scopeMapTokens.get(name)
  const isRight = token !== undefined && token.password === rest.join(':')
  if (!isRight || query.get('service') !== options.host) {
    return refusal(401, 'UNAUTHORIZED', 'authentication required')
  }
  const scopes = query.getAll('scope')
  return scopes.length === 0
    ? issued(options, name, [])
    : granted(options, name, inScopeMap(token, scopes.slice(0, options.scopesAtOnce)))
}

/** Where nothing is granted there is no token: what kubelets report as "failed to fetch oauth token: 401". */
function granted(options: ApiOptions, holder: string, access: readonly Access[]): ApiAnswer {
  return access.length === 0 && options.refusesTokens
    ? refusal(401, 'UNAUTHORIZED', 'authentication required')
    : issued(options, holder, access)
}

function issued(options: ApiOptions, holder: string, access: readonly Access[]): ApiAnswer {
  const claims = {
    iss: 'Azure Container Registry',
    aud: options.host,
    version: '1.0',
    access,
    roles: [],
    grant_type: 'access_token',
  }
  return { status: 200, body: { access_token: options.accessTokens.issue(holder, 4500, claims, access) } }
}

const scopeMapActions: Readonly<Record<string, string>> = {
  pull: 'content/read',
  push: 'content/write',
  delete: 'content/delete',
  metadata_read: 'metadata/read',
  metadata_write: 'metadata/write',
}

/** Rules add up; a wildcard stands at the end. No rule gives the catalog. */
function inScopeMap({ scopeMap }: ScopeMapToken, scopes: readonly string[]): Access[] {
  return scopes.flatMap((scope) => {
    const { type, name, actions } = partsOf(scope)
    const held = Object.entries(scopeMap).flatMap(([rule, given]) =>
      rule === name || (rule.endsWith('/*') && name.startsWith(rule.slice(0, -1))) ? given : [],
    )
    const allowed = actions.filter((action) => held.includes(scopeMapActions[action] ?? ''))
    return type === 'repository' && allowed.length > 0 ? [{ type, name, actions: allowed }] : []
  })
}

function partsOf(scope: string): Access {
  const [type = '', ...rest] = scope.split(':')
  const actions = (rest.pop() ?? '').split(',')
  return { type, name: rest.join(':'), actions }
}

/** The intersection of what is wanted and what is allowed. */
function accessFor(options: ApiOptions, app: string, scopes: readonly string[]): Access[] {
  const rights = options.rightsOf(app)
  return scopes.slice(0, options.scopesAtOnce).flatMap((scope) => {
    const { type, name, actions } = partsOf(scope)
    if (type === 'registry') return rights?.catalog ? [{ type, name, actions }] : []
    const readable = actions.filter((action) => action === 'pull' || action === 'metadata_read')
    return rights?.mayRead(name) && readable.length > 0 ? [{ type, name, actions: readable }] : []
  })
}

/** Whether a request's token allows it; else the refusal. */
function refused(options: ApiOptions, request: ApiRequest, needed: Access): ApiAnswer | undefined {
  const token = options.accessTokens.find(request.authorization.replace(/^Bearer /i, ''))
  const allowed = token?.access
    .filter(({ type, name }) => type === needed.type && name === needed.name)
    .flatMap(({ actions }) => actions)
  const isAllowed = needed.actions.every((action) => allowed?.includes(action) || allowed?.includes('*'))
  return isAllowed ? undefined : unauthorized(options.host, needed)
}

function cut(query: URLSearchParams, most: number): number {
  const wanted = Number(query.get('n') ?? 100)
  // More than the most is silently the most (Azure/acr, issue 749).
  return Math.min(Number.isInteger(wanted) && wanted > 0 ? wanted : 100, most)
}

function catalog(options: ApiOptions, request: ApiRequest): ApiAnswer {
  const size = cut(request.query, options.pageSize)
  const last = request.query.get('last')
  const rest = options.content.names().filter((name) => last === null || name > last)
  const repositories = rest.slice(0, size)
  return page(request, { repositories }, rest.length > size ? repositories.at(-1) : undefined, size)
}

function tagOf({ name, digest, createdAt, updatedAt }: StoredTag): object {
  return {
    name,
    digest,
    createdTime: time(createdAt),
    lastUpdateTime: time(updatedAt),
    signed: false,
    changeableAttributes: changeable,
  }
}

function tags(options: ApiOptions, request: ApiRequest, imageName: string): ApiAnswer {
  const size = cut(request.query, options.pageSize)
  const newestFirst = request.query.get('orderby') === 'timedesc'
  const last = request.query.get('last')
  const [name = '', at] = (last ?? '').split('$')
  const rest =
    last === null
      ? options.content.tags(imageName, newestFirst)
      : options.content.tagsAfter(imageName, name, newestFirst, at === undefined ? undefined : Number(at))
  const shown = rest.slice(0, size)
  const end = shown.at(-1)
  const next = end && (newestFirst ? `${end.name}$${end.updatedAt}` : end.name)
  const body = { registry: options.host, imageName, tags: shown.map(tagOf) }
  return page(request, body, rest.length > size ? next : undefined, size)
}

function page(request: ApiRequest, body: object, last: string | undefined, n: number): ApiAnswer {
  if (last === undefined) return { status: 200, body }
  const query = new URLSearchParams({ last, n: String(n), orderby: request.query.get('orderby') ?? '' })
  return { status: 200, headers: { link: `<${request.path}?${query}>; rel="next"` }, body }
}

/** `/acr/v1`, as far as it lists. */
export function listings(options: ApiOptions, request: ApiRequest): ApiAnswer | undefined {
  if (request.path === '/acr/v1/_catalog') {
    const needed = { type: 'registry', name: 'catalog', actions: ['*'] }
    return refused(options, request, needed) ?? catalog(options, request)
  }
  const repository = /^\/acr\/v1\/(.+)\/_tags$/.exec(request.path)?.[1]
  if (repository === undefined) return undefined
  const needed = { type: 'repository', name: repository, actions: ['metadata_read'] }
  const refusedBy = refused(options, request, needed)
  if (refusedBy) return refusedBy
  if (!options.content.has(repository)) {
    return refusal(404, 'NAME_UNKNOWN', `repository "${repository}" is not found`, { name: repository })
  }
  return tags(options, request, repository)
}

/** What keeps a request of the registry protocol from being answered. */
export function pullRefusal(options: ApiOptions, request: ApiRequest): ApiAnswer | undefined {
  if (request.path === '/v2/') {
    const isKnown = options.accessTokens.find(request.authorization.replace(/^Bearer /i, '')) !== undefined
    return isKnown
      ? undefined
      : {
          ...refusal(401, 'UNAUTHORIZED', 'authentication required'),
          headers: { 'www-authenticate': challenge(options.host) },
        }
  }
  const repository = /^\/v2\/(.+)\/(?:manifests|blobs)\/[^/]+$/.exec(request.path)?.[1]
  if (repository === undefined) return refusal(404, 'NOT_FOUND', 'not found')
  const refusedBy = refused(options, request, { type: 'repository', name: repository, actions: ['pull'] })
  if (refusedBy || options.content.has(repository)) return refusedBy
  return refusal(404, 'NAME_UNKNOWN', `repository "${repository}" is not found`)
}

export function send(response: ServerResponse, { status, headers, body }: ApiAnswer): void {
  const common = {
    'content-type': 'application/json; charset=utf-8',
    'x-ms-correlation-request-id': '11112222-bbbb-3333-cccc-4444dddd5555',
  }
  response.writeHead(status, { ...common, ...headers }).end(JSON.stringify(body))
}
