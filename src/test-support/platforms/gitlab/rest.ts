import type { IncomingMessage, RequestListener } from 'node:http'
import { readBody } from '../../registry-server/listen.ts'
import { complexity, execute, GraphqlError, parseQuery } from './graphql.ts'
import type { GitlabProject, GitlabRepository, Holdings } from './holdings.ts'
import { queryRoot } from './schema.ts'

/** A token as GitLab keeps it. A deploy token is known to the registry only. */
export interface GitlabToken {
  readonly kind: 'personal' | 'deploy'
  readonly scopes: readonly string[]
}

export interface GitlabOptions {
  readonly holdings: Holdings
  readonly tokens: Readonly<Record<string, GitlabToken>>
  /** By lower-case path. */
  readonly groups: readonly string[]
  readonly users: readonly string[]
  readonly registryHost: string
  readonly hasDatabase: boolean
  readonly pageSize: number
  /** Projects whose registry the account may not read. */
  readonly hidden: ReadonlySet<string>
}

interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const message = (status: number, text: string): Reply => ({ status, body: { message: text } })

const insufficient: Reply = {
  status: 403,
  body: {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: 'api read_api',
  },
}

/** Of GraphQL, to a token that lacks the scope as well (app/controllers/graphql_controller.rb). */
const invalidToken: Reply = { status: 401, body: { errors: [{ message: 'Invalid token' }] } }

const refusedByApi: Reply = message(401, '401 Unauthorized')

/** GitLab's REST and GraphQL APIs, as far as they know container repositories. */
export function gitlabApi(options: GitlabOptions, onRefused: () => void): RequestListener {
  return async (incoming, response) => {
    const body = await readBody(incoming)
    const token = tokenOf(options, incoming)
    if (token === undefined || token.kind === 'deploy') onRefused()
    const reply =
      token === undefined || token.kind === 'deploy' ? refusedByApi : answer(options, incoming, token, body)
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      date: new Date().toUTCString(),
      'ratelimit-limit': '2000',
      'ratelimit-remaining': '1990',
      'ratelimit-reset': String(Math.floor(Date.now() / 1000) + 60),
      ...reply.headers,
    })
    response.end(JSON.stringify(reply.body))
  }
}

function tokenOf({ tokens }: GitlabOptions, { headers }: IncomingMessage): GitlabToken | undefined {
  const text = headers['private-token'] ?? /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  return typeof text === 'string' && Object.hasOwn(tokens, text) ? tokens[text] : undefined
}

function answer(
  options: GitlabOptions,
  incoming: IncomingMessage,
  token: GitlabToken,
  body: Uint8Array,
): Reply {
  const url = new URL(incoming.url ?? '/', 'https://gitlab.com')
  const mayList = token.scopes.some((scope) => scope === 'api' || scope === 'read_api')
  if (url.pathname === '/api/graphql') return mayList ? graphql(options, body) : invalidToken
  if (url.pathname === '/api/v4/personal_access_tokens/self') return { status: 200, body: tokenAnswer(token) }
  if (!mayList) return insufficient
  const match = /^\/api\/v4\/(groups|projects)\/([^/]+)\/registry\/repositories$/.exec(url.pathname)
  if (!match) return message(404, '404 Not Found')
  const path = decodeURIComponent(match[2] ?? '').toLowerCase()
  const found = match[1] === 'groups' ? ofGroup(options, path) : ofProject(options, path)
  if (found === undefined) return message(404, `404 ${match[1] === 'groups' ? 'Group' : 'Project'} Not Found`)
  return pageOf(options, url, found)
}

function tokenAnswer({ scopes }: GitlabToken) {
  return {
    id: 42,
    name: 'portolan',
    revoked: false,
    created_at: '2026-01-01T00:00:00.000Z',
    description: null,
    scopes,
    user_id: 7,
    last_used_at: '2026-01-02T00:00:00.000Z',
    active: true,
    expires_at: '2027-01-01',
  }
}

const mayRead =
  ({ hidden }: GitlabOptions) =>
  ({ path }: GitlabProject): boolean =>
    !hidden.has(path)

function ofGroup(options: GitlabOptions, path: string): GitlabRepository[] | undefined {
  if (!options.groups.some((group) => group === path || group.startsWith(`${path}/`))) return undefined
  return options.holdings
    .all()
    .filter(({ project }) => mayRead(options)(project) && project.path.startsWith(`${path}/`))
}

function ofProject(options: GitlabOptions, path: string): GitlabRepository[] | undefined {
  const project = options.holdings.allProjects().find((one) => one.path === path)
  if (!project || !mayRead(options)(project)) return undefined
  return options.holdings.all().filter((one) => one.project === project)
}

function pageOf(
  { pageSize, registryHost }: GitlabOptions,
  url: URL,
  all: readonly GitlabRepository[],
): Reply {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 20), 100, pageSize)
  const page = Number(url.searchParams.get('page') ?? 1)
  const isLast = page * size >= all.length
  const body = all.slice((page - 1) * size, page * size).map((one) => ({
    id: one.id,
    name: one.path.slice(one.project.path.length + 1),
    path: one.path,
    project_id: one.project.id,
    location: `${registryHost}/${one.path}`,
    created_at: new Date(one.createdAt).toISOString(),
    cleanup_policy_started_at: null,
    status: null,
  }))
  const headers = {
    'x-page': String(page),
    'x-next-page': isLast ? '' : String(page + 1),
    'x-total': String(all.length),
  }
  return { status: 200, body, headers }
}

function graphql(options: GitlabOptions, body: Uint8Array): Reply {
  try {
    const { query, variables = {} } = JSON.parse(Buffer.from(body).toString()) as {
      query: string
      variables?: Record<string, unknown>
    }
    if (query.length > 10_000) throw new GraphqlError('Query too large')
    const selections = parseQuery(query, variables)
    const points = complexity(selections)
    if (points > 250)
      throw new GraphqlError(`Query has complexity of ${points}, which exceeds max complexity of 250`)
    const root = queryRoot({ ...options, mayRead: mayRead(options) })
    return { status: 200, body: { data: execute(root, selections) } }
  } catch (error) {
    if (!(error instanceof GraphqlError)) throw error
    return {
      status: 200,
      body: { errors: [{ message: error.message, locations: [{ line: 1, column: 1 }] }] },
    }
  }
}
