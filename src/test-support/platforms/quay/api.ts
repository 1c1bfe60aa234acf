import { livingTags, type QuayRow, repositoryEntry, tagEntry } from './content.ts'
import { type QuayToken, quayTokenOf } from './tokens.ts'

export interface QuayAnswer {
  readonly status: number
  readonly body: object
  /** As the description writes it. */
  readonly path: string
}

export interface QuayApiOptions {
  /** By their full names, in the order of their numbers. */
  readonly rows: ReadonlyMap<string, QuayRow>
  readonly pageSize: number
  readonly now: () => number
  readonly origin: string
  /** Whether the server answers nobody at all (FEATURE_ANONYMOUS_ACCESS). */
  readonly anonymousAccess: boolean
}

const LISTS = '/api/v1/repository'
const TAGS = '/api/v1/repository/{repository}/tag/'

/** Quay's API: an endpoint is called whether or not the token was accepted, and decides by itself (auth/decorators.py). */
export class QuayApi {
  private readonly options: QuayApiOptions
  listings = 0

  constructor(options: QuayApiOptions) {
    this.options = options
  }

  answer(url: URL, authorization: string): QuayAnswer {
    const path = decodeURIComponent(url.pathname)
    const token = quayTokenOf(authorization.replace(/^Bearer /i, ''))
    const who = token?.hasExpired ? undefined : token
    const tags = /^\/api\/v1\/repository\/(.+)\/tag\/$/.exec(path)
    const described = tags ? TAGS : LISTS
    if (who === undefined && !this.options.anonymousAccess) {
      return this.problem(described, 401, 'invalid_token', 'Anonymous access is not allowed')
    }
    this.listings += 1
    if (tags?.[1] !== undefined) return this.tags(who, tags[1], url.searchParams)
    return path === LISTS ? this.list(who, url.searchParams) : this.problem('', 404, 'not_found', 'Not Found')
  }

  private list(who: QuayToken | undefined, query: URLSearchParams): QuayAnswer {
    const namespace = query.get('namespace')
    const withPublic = query.get('public') === 'true'
    if (namespace === null && !withPublic) {
      const detail = 'namespace, starred or public are required for this API call'
      return this.problem(LISTS, 400, 'invalid_request', detail)
    }
    const { rows, now, pageSize } = this.options
    const visible = [...rows.values()]
      .filter((row) => (namespace === null || row.namespace === namespace) && row.kind === 'image')
      .filter(
        (row) =>
          (row.isPublic && (withPublic || who?.sees === 'namespace')) || (!row.isPublic && sees(who, row)),
      )
    const from = pageStart(query.get('next_page'))
    const size = Math.min(100, pageSize)
    const shown = visible.slice(from, from + size)
    const repositories = shown.map((row) => {
      const entry = repositoryEntry(row, who !== undefined, now()) as Record<string, unknown>
      if (query.get('last_modified') !== 'true') delete entry['last_modified']
      return entry
    })
    const more = from + size < visible.length ? { next_page: pageToken(from + size) } : {}
    return { status: 200, path: LISTS, body: { repositories, ...more } }
  }

  private tags(who: QuayToken | undefined, repository: string, query: URLSearchParams): QuayAnswer {
    const row = this.options.rows.get(repository)
    const mayRead = row?.isPublic || (sees(who, row) && who?.scopes.includes('repo:read'))
    if (!mayRead) {
      return who === undefined
        ? this.problem(TAGS, 401, 'invalid_token', 'Requires authentication')
        : this.problem(TAGS, 403, 'insufficient_scope', 'Unauthorized')
    }
    if (row === undefined) return this.problem(TAGS, 404, 'not_found', 'Not Found')
    const now = this.options.now()
    const limit = Math.min(100, Math.max(1, Number(query.get('limit') ?? 50)), this.options.pageSize)
    const page = Math.max(1, Number(query.get('page') ?? 1))
    const spans =
      query.get('onlyActiveTags') === 'true'
        ? livingTags(row, now)
        : row.spans.toSorted((one, other) => other.start - one.start)
    const shown = spans.slice((page - 1) * limit, page * limit)
    const body = { tags: shown.map(tagEntry), page, has_additional: page * limit < spans.length }
    return { status: 200, path: TAGS, body }
  }

  /** endpoints/exception.py, `to_dict` */
  private problem(path: string, status: number, code: string, detail: string): QuayAnswer {
    const body = {
      detail,
      error_message: detail,
      error_type: code,
      title: code,
      type: `${this.options.origin}/api/v1/error/${code}`,
      status,
    }
    return { status, path, body }
  }
}

/** Administrators of a namespace may read what is not there (any more), and are told so; others are refused. */
function sees(who: QuayToken | undefined, row?: QuayRow): boolean {
  if (who?.sees === 'namespace') return true
  return who?.sees === 'team' && row !== undefined
}

/** In the world encrypted, and good for two days; one that cannot be read begins anew (util/pagination.py). */
const pageToken = (from: number): string => `gAAAAA${Buffer.from(`page ${from}`).toString('base64url')}`

function pageStart(token: string | null): number {
  const [, from] = /^page (\d+)$/.exec(Buffer.from((token ?? '').slice(6), 'base64url').toString()) ?? []
  return Number(from ?? 0)
}
