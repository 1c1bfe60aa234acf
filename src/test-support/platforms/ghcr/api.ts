import { createHash } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'
import { type AccountType, packageAnswer, problem, publicUser, versionAnswer } from './answers.ts'
import type { Packages } from './packages.ts'

/** A personal access token (classic), or another kind of token, as GitHub sees it. */
export interface GithubToken {
  readonly login: string
  /** null: a token that has none, of an App or fine-grained. */
  readonly scopes: readonly string[] | null
  /** Whether the organization's single sign-on has seen it. Default true. */
  readonly ssoAuthorized?: boolean
}

export interface GithubOptions {
  readonly owner: string
  readonly type: AccountType
  readonly packages: Packages
  readonly tokens: Readonly<Record<string, GithubToken>>
  readonly pageSize: number
  /** Requests that are left of 5,000 an hour; undefined: counted elsewhere. */
  readonly quota: { remaining: number; readonly resetAt: number } | undefined
}

interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const refuse = (status: number, message: string, headers: Record<string, string> = {}): Reply => ({
  status,
  body: problem(status, message),
  headers,
})

const root = 'https://api.github.com'

/** The part of GitHub's REST API that knows container packages. */
export function githubApi(options: GithubOptions): RequestListener {
  return (message, response) => {
    const url = new URL(message.url ?? '/', root)
    const token =
      options.tokens[/^(?:bearer|token) (.+)$/i.exec(message.headers.authorization ?? '')?.[1] ?? '']
    const reply =
      message.headers['user-agent'] === undefined
        ? refuse(403, 'Request forbidden by administrative rules.')
        : counted(options, message, answer(options, url, token))
    response.writeHead(reply.status, {
      ...(reply.status === 304 ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      date: new Date().toUTCString(),
      ...quotaHeaders(options),
      ...(token?.scopes ? { 'x-oauth-scopes': token.scopes.join(', ') } : {}),
      ...reply.headers,
    })
    response.end(reply.status === 304 ? undefined : JSON.stringify(reply.body))
  }
}

/**
 * Takes a request from the quota, but one that is answered by 304 (docs.github.com, best practices for using the REST API). An ETag is of
 * the body, and a 304 has no Link.
 */
function counted({ quota }: GithubOptions, message: IncomingMessage, reply: Reply): Reply {
  if (reply.status === 401) return reply
  if (quota !== undefined && quota.remaining <= 0)
    return refuse(403, `API rate limit exceeded for user ID 583231.`)
  const etag = `W/"${createHash('sha256').update(JSON.stringify(reply.body)).digest('hex')}"`
  const cached = { etag, 'cache-control': 'private, max-age=60, s-maxage=60' }
  if (reply.status === 200 && message.headers['if-none-match'] === etag) {
    return { status: 304, body: undefined, headers: cached }
  }
  if (quota !== undefined) quota.remaining -= 1
  return reply.status === 200 ? { ...reply, headers: { ...reply.headers, ...cached } } : reply
}

function quotaHeaders({ quota }: GithubOptions): Record<string, string> {
  if (quota === undefined) return {}
  return {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(Math.max(quota.remaining, 0)),
    'x-ratelimit-reset': String(Math.floor(quota.resetAt / 1000)),
    'x-ratelimit-resource': 'core',
  }
}

function answer(options: GithubOptions, url: URL, token: GithubToken | undefined): Reply {
  if (token === undefined) return refuse(401, 'Bad credentials')
  const { owner, type } = options
  const path = decodeURI(url.pathname)
  if (path === '/user') return { status: 200, body: publicUser(token.login, 'User') }
  const user = /^\/users\/([^/]+)$/.exec(path)?.[1]?.toLowerCase()
  if (user === owner.toLowerCase()) return { status: 200, body: publicUser(owner, type) }
  if (user === token.login.toLowerCase()) return { status: 200, body: publicUser(token.login, 'User') }
  const match = /^\/(user|orgs\/[^/]+|users\/[^/]+)\/packages(?:\/container\/([^/]+)\/versions)?$/.exec(
    url.pathname,
  )
  if (!match) return refuse(404, 'Not Found')
  const [, where = '', name] = match
  return forbidden(options, token, where) ?? packagesBelow(options, { url, where, name, token })
}

/** What stands between a token and an owner's packages. */
function forbidden(options: GithubOptions, token: GithubToken, where: string): Reply | undefined {
  if (token.scopes === null) return refuse(400, 'Invalid argument.')
  if (token.ssoAuthorized === false && where.startsWith('orgs/')) {
    const headers = {
      'x-github-sso': `required; url=${root}/orgs/${options.owner}/sso?authorization_request=AZSCKtL4U8yX1H3sCQIVnVgmjmon5fWxks5YrqhJgah0b2tlbl9pZM4`,
    }
    return refuse(
      403,
      'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
      headers,
    )
  }
  if (token.scopes.some((scope) => /^(?:read|write):packages$/.test(scope))) return undefined
  return refuse(403, 'You need at least read:packages scope to list packages.')
}

interface Wanted {
  readonly url: URL
  readonly where: string
  readonly name: string | undefined
  readonly token: GithubToken
}

function packagesBelow(options: GithubOptions, { url, where, name, token }: Wanted): Reply {
  const { owner, type, packages } = options
  const kind = type === 'Organization' ? 'orgs' : 'users'
  const isOwn = token.login.toLowerCase() === owner.toLowerCase() && type === 'User'
  const isHere = where === 'user' ? isOwn : where.toLowerCase() === `${kind}/${owner.toLowerCase()}`
  if (!isHere) return refuse(404, 'Not Found')
  // Private packages of a user are open to that user's own place only.
  const seen = packages.list().filter((one) => where !== `users/${owner}` || one.visibility === 'public')
  if (name === undefined) {
    if (url.searchParams.get('package_type') !== 'container') return refuse(400, 'Invalid argument.')
    return pageOf(
      options,
      url,
      seen.map((one) => packageAnswer(owner, type, one)),
    )
  }
  const found = seen.find((one) => encodeURIComponent(one.name) === name)
  if (!found) return refuse(404, 'Package not found.')
  return pageOf(
    options,
    url,
    found.versions.map((version) => versionAnswer(owner, found.name, version)),
  )
}

function pageOf(options: GithubOptions, url: URL, entries: readonly unknown[]): Reply {
  const asked = Number(url.searchParams.get('per_page') ?? 30)
  const size = Math.min(asked, 100, options.pageSize)
  const page = Number(url.searchParams.get('page') ?? 1)
  if (!url.pathname.endsWith('/versions') && page * asked > 10_000) return refuse(400, 'Invalid argument.')
  const body = entries.slice((page - 1) * size, page * size)
  if (page * size >= entries.length) return { status: 200, body }
  // GitHub's own links go on below numbers in place of names.
  const next = new URL(url.pathname.replace(/^\/orgs\/[^/]+/, '/organizations/9919'), root)
  next.search = url.search
  next.searchParams.set('page', String(page + 1))
  return { status: 200, body, headers: { link: `<${next.href}>; rel="next", <${next.href}>; rel="last"` } }
}
