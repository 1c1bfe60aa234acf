import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { passOn } from '../../pass-on.ts'
import { type GitlabTag, type Holdings, publishedAt } from './holdings.ts'

export interface RegistryOptions {
  readonly holdings: Holdings
  /** Of the registry that images are pulled from. */
  readonly url: string
  readonly hasDatabase: boolean
  readonly pageSize: number
  /** Whether tags can be sorted by date, as since 2023. */
  readonly sortsByDate: boolean
}

/** GitLab's registry: the protocol, and its own API beside it (gitlab-org/container-registry, docs/spec/gitlab/api.md). */
export function gitlabRegistry(options: RegistryOptions): RequestListener {
  return async (incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'https://registry.gitlab.com')
    if (!url.pathname.startsWith('/gitlab/v1/'))
      return passOn(new URL(incoming.url ?? '/', options.url), incoming, response)
    const repository = /^\/gitlab\/v1\/repositories\/(.+)\/tags\/list\/$/.exec(url.pathname)?.[1]
    // Tokens are the protocol's, so that says what this one may do.
    const path = repository === undefined ? '/v2/' : `/v2/${repository}/tags/list`
    const allowed = await fetch(options.url + path, { headers: authorizationOf(incoming) })
    if (allowed.status === 401) return refuse(allowed, response)
    if (!options.hasDatabase) return respond(response, 404, '404 page not found')
    if (url.pathname === '/gitlab/v1/') return respond(response, 200, '')
    const found = repository === undefined ? undefined : options.holdings.find(repository)
    if (!found || found.tags.size + (found.lastPublishedAt ?? 0) === 0) {
      return respond(response, 404, errors('NAME_UNKNOWN', 'repository name not known to registry'))
    }
    return tagsPage(options, url, [...found.tags.values()], response)
  }
}

function authorizationOf({ headers }: IncomingMessage): Record<string, string> {
  return headers.authorization === undefined ? {} : { authorization: headers.authorization }
}

async function refuse(answer: Response, response: ServerResponse): Promise<void> {
  const challenge = answer.headers.get('www-authenticate') ?? ''
  response.writeHead(401, { 'content-type': 'application/json', 'www-authenticate': challenge })
  response.end(await answer.text())
}

const errors = (code: string, message: string): string => JSON.stringify({ errors: [{ code, message }] })

function respond(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

const encoded = (tag: GitlabTag): string =>
  Buffer.from(`${new Date(publishedAt(tag)).toISOString().replace('Z', '000Z')}|${tag.name}`).toString(
    'base64',
  )

/** Both orders that the API knows; tags of the same date go by name. */
function sorted(tags: readonly GitlabTag[], byDate: boolean): GitlabTag[] {
  const byName = (one: GitlabTag, other: GitlabTag): number => (one.name < other.name ? -1 : 1)
  return byDate
    ? tags.toSorted((one, other) => publishedAt(other) - publishedAt(one) || byName(other, one))
    : tags.toSorted(byName)
}

/** Behind the marker, whether or not what it names is still there. */
function after(tags: readonly GitlabTag[], last: string | null, byDate: boolean): readonly GitlabTag[] {
  if (last === null) return tags
  if (!byDate) return tags.filter(({ name }) => name > last)
  const [date = '', name = ''] = Buffer.from(last, 'base64').toString().split('|')
  const at = Date.parse(date.replace(/000Z$/, 'Z'))
  return tags.filter((tag) => publishedAt(tag) < at || (publishedAt(tag) === at && tag.name < name))
}

function tagsPage(
  options: RegistryOptions,
  url: URL,
  tags: readonly GitlabTag[],
  response: ServerResponse,
): void {
  const { searchParams, pathname } = url
  const sort = searchParams.get('sort')
  const n = Number(searchParams.get('n') ?? 100)
  const knowsSort = sort === null || sort === 'name' || (sort === '-published_at' && options.sortsByDate)
  if (!knowsSort || !Number.isInteger(n) || n < 1 || n > 1000) {
    return respond(
      response,
      400,
      errors('INVALID_QUERY_PARAMETER_VALUE', 'the value of a query parameter is invalid'),
    )
  }
  const byDate = sort === '-published_at'
  const rest = after(sorted(tags, byDate), searchParams.get('last'), byDate)
  const page = rest.slice(0, Math.min(n, options.pageSize))
  const end = page.at(-1)
  if (end === undefined || page.length === rest.length)
    return respond(response, 200, JSON.stringify(page.map(tagAnswer)))
  const next = new URLSearchParams({
    last: byDate ? encoded(end) : end.name,
    n: String(n),
    ...(sort ? { sort } : {}),
  })
  const before = searchParams.has('last') ? `<${pathname}?before=x&n=${n}>; rel="previous", ` : ''
  return respond(response, 200, JSON.stringify(page.map(tagAnswer)), {
    link: `${before}<${pathname}?${next}>; rel="next"`,
  })
}

function tagAnswer(tag: GitlabTag) {
  return {
    name: tag.name,
    digest: tag.digest,
    ...(tag.configDigest === null ? {} : { config_digest: tag.configDigest }),
    media_type: tag.mediaType,
    size_bytes: tag.size,
    created_at: new Date(tag.createdAt).toISOString(),
    ...(tag.updatedAt === null ? {} : { updated_at: new Date(tag.updatedAt).toISOString() }),
    published_at: new Date(publishedAt(tag)).toISOString(),
  }
}
