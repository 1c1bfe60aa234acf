import { randomBytes } from 'node:crypto'
import { accountOf, type HubAccount } from './accounts.ts'
import { type HubRepositoryRow, repositoryEntry, tagEntry } from './content.ts'

export interface HubRequest {
  readonly method: string
  readonly url: URL
  readonly authorization: string
  readonly body: string
}

export interface HubAnswer {
  readonly status: number
  readonly body: object
  /** As the description writes it, for comparing with it. */
  readonly path: string
}

export interface HubApiOptions {
  readonly repositories: Map<string, HubRepositoryRow>
  readonly pageSize: number
  readonly now: () => number
  /** Seconds. */
  readonly tokenLifetime: number
}

const LISTS = '/v2/namespaces/{namespace}/repositories'
const TAGS = '/v2/namespaces/{namespace}/repositories/{repository}/tags'
const TOKEN = '/v2/auth/token'
const NAMESPACES = '/v2/repositories/namespaces'

/** hub.docker.com: what its published description says, and what it does beside that. */
export class HubApi {
  private readonly options: HubApiOptions
  private readonly tokens = new Map<string, { readonly account: HubAccount; readonly until: number }>()
  listings = 0
  signIns = 0

  constructor(options: HubApiOptions) {
    this.options = options
  }

  expireTokens(): void {
    this.tokens.clear()
  }

  answer(request: HubRequest): HubAnswer {
    const { pathname } = request.url
    if (pathname === TOKEN) return this.signIn(request)
    const account = this.accountFor(request.authorization)
    if (pathname === NAMESPACES) return this.namespaces(account)
    const list = /^\/v2\/namespaces\/([^/]+)\/repositories$/.exec(pathname)
    if (list?.[1] !== undefined) return this.list(account, list[1], request.url.searchParams)
    const tags = /^\/v2\/namespaces\/([^/]+)\/repositories\/([^/]+)\/tags$/.exec(pathname)
    if (tags) return this.tags(account, `${tags[1]}/${tags[2]}`, request.url.searchParams)
    return { status: 404, path: '', body: { message: 'object not found', errinfo: {} } }
  }

  private signIn({ body }: HubRequest): HubAnswer {
    this.signIns += 1
    const { identifier = '', secret = '' } = JSON.parse(body) as { identifier?: string; secret?: string }
    const account = accountOf(identifier, secret)
    if (account === undefined) {
      return { status: 401, path: TOKEN, body: { detail: 'Incorrect authentication credentials' } }
    }
    const iat = Math.floor(this.options.now() / 1000)
    const exp = iat + this.options.tokenLifetime
    const claims = Buffer.from(JSON.stringify({ iat, exp, sub: identifier })).toString('base64url')
    const token = `eyJhbGciOiJSUzI1NiJ9.${claims}.${randomBytes(24).toString('base64url')}`
    this.tokens.set(token, { account, until: exp * 1000 })
    return { status: 200, path: TOKEN, body: { access_token: token } }
  }

  /** null: nobody; undefined: by a token that is not taken. */
  private accountFor(authorization: string): HubAccount | null | undefined {
    if (authorization === '') return null
    const held = this.tokens.get(authorization.replace(/^Bearer /, ''))
    return held !== undefined && held.until > this.options.now() ? held.account : undefined
  }

  private namespaces(account: HubAccount | null | undefined): HubAnswer {
    if (!account) return unauthorized(NAMESPACES)
    if (account.isOrganization) {
      const detail = 'token issued from organization access token is not allowed'
      return { status: 403, path: NAMESPACES, body: { detail } }
    }
    return { status: 200, path: NAMESPACES, body: { namespaces: account.namespaces } }
  }

  private list(account: HubAccount | null | undefined, namespace: string, query: URLSearchParams): HubAnswer {
    this.listings += 1
    if (account === undefined) return unauthorized(LISTS)
    if (account?.lists === 'nothing') {
      return {
        status: 403,
        path: LISTS,
        body: { detail: 'access to the resource is forbidden', errinfo: {} },
      }
    }
    const ordering = query.get('ordering') ?? 'name'
    if (!/^-?(?:name|last_updated|pull_count)$/.test(ordering)) {
      return { status: 400, path: LISTS, body: { message: 'Invalid ordering value', errinfo: {} } }
    }
    const rows = [...this.options.repositories.values()]
      .filter(({ name }) => name.startsWith(`${namespace}/`))
      .filter((row) => !row.isPrivate || seesPrivate(account, namespace))
      .toSorted((one, other) => order(ordering, one, other))
    return this.page(LISTS, rows.map(repositoryEntry), query, namespace)
  }

  private tags(
    account: HubAccount | null | undefined,
    repository: string,
    query: URLSearchParams,
  ): HubAnswer {
    this.listings += 1
    if (account === undefined) return unauthorized(TAGS)
    if (account?.lists === 'nothing') return { status: 403, path: TAGS, body: { detail: 'forbidden' } }
    const row = this.options.repositories.get(repository)
    const [namespace = ''] = repository.split('/')
    const isHidden = row?.isPrivate && !account?.namespaces.includes(namespace)
    if (row === undefined || isHidden) {
      return { status: 404, path: TAGS, body: { message: 'httperror 404: object not found' } }
    }
    const tags = [...row.tags.values()].toSorted((one, other) => other.pushedAt - one.pushedAt)
    return this.page(TAGS, tags.map(tagEntry), query, repository)
  }

  private page(path: string, rows: readonly object[], query: URLSearchParams, name: string): HubAnswer {
    const size = Math.min(Number(query.get('page_size') ?? 10), 100, this.options.pageSize)
    const page = Number(query.get('page') ?? 1)
    const results = rows.slice((page - 1) * size, page * size)
    if (page > 1 && results.length === 0) {
      return { status: 404, path, body: { message: 'page not found' } }
    }
    const link = (to: number) => `https://hub.docker.com/v2/namespaces/${name}?page=${to}&page_size=${size}`
    const next = page * size < rows.length ? link(page + 1) : null
    const previous = page > 1 ? link(page - 1) : null
    return { status: 200, path, body: { count: rows.length, next, previous, results } }
  }
}

function unauthorized(path: string): HubAnswer {
  return { status: 401, path, body: { detail: 'unauthorized', message: 'unauthorized' } }
}

const seesPrivate = (account: HubAccount | null, namespace: string): boolean =>
  account?.lists === 'all' && account.namespaces.includes(namespace)

function order(ordering: string, one: HubRepositoryRow, other: HubRepositoryRow): number {
  const sign = ordering.startsWith('-') ? -1 : 1
  if (ordering.endsWith('last_updated')) return sign * ((one.lastUpdated ?? 0) - (other.lastUpdated ?? 0))
  return sign * (one.name < other.name ? -1 : 1)
}
