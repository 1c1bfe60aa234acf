import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  artifactAnswer,
  generalInfo,
  projectAnswer,
  publicInfo,
  refusal,
  repositoryAnswer,
} from './answers.ts'
import type { HarborContent } from './content.ts'

/** An account of Harbor, and what it may do. */
export interface HarborAccount {
  readonly password: string
  /** A robot without `list-artifact` in its projects. */
  readonly listsArtifacts: boolean
  /** Default false. */
  readonly pushes?: boolean
  /** The API sees nobody in it: a person's command line secret, where only some addresses take it. */
  readonly isCommandLineSecret?: boolean
}

export interface HarborApiOptions {
  readonly content: HarborContent
  readonly accounts: Readonly<Record<string, HarborAccount>>
  readonly pageSize: number
  readonly authMode: string
  readonly version: string
}

interface Reply {
  readonly status: number
  readonly body: unknown
  readonly total?: number
}

const refuse = (status: number, code: string, message: string): Reply => ({
  status,
  body: refusal(code, message),
})

/** The user and password of a Basic header, if they are an account's. */
export function accountOf(
  accounts: HarborApiOptions['accounts'],
  header: string | undefined,
): HarborAccount | undefined {
  const basic = /^basic (.+)$/i.exec(header ?? '')?.[1] ?? ''
  const [name = '', ...password] = Buffer.from(basic, 'base64').toString('utf8').split(':')
  const account = Object.hasOwn(accounts, name) ? accounts[name] : undefined
  return account?.password === password.join(':') ? account : undefined
}

/** Harbor's API below `/api/v2.0`. Who is not known is nobody: no refusal, but only what is public. */
export function answerApi(
  options: HarborApiOptions,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(message.url ?? '/', 'https://harbor.example')
  const reply = answer(options, url, accountOf(options.accounts, message.headers.authorization))
  response.writeHead(reply.status, {
    'content-type': 'application/json',
    'x-request-id': '2eedfab8-61d3-4f3c-8ec3-8f82d1ec4c84',
    ...(reply.total === undefined ? {} : { 'x-total-count': String(reply.total) }),
  })
  response.end(JSON.stringify(reply.body))
}

function answer(options: HarborApiOptions, url: URL, account: HarborAccount | undefined): Reply {
  const { content, authMode, version } = options
  const path = url.pathname.slice('/api/v2.0'.length)
  if (path === '/systeminfo') {
    return { status: 200, body: account ? generalInfo(authMode, version) : publicInfo(authMode) }
  }
  if (path === '/repositories') {
    const seen = account && !account.isCommandLineSecret ? content.repositories() : []
    return pageOf(options, url, seen.map(repositoryAnswer), 'id')
  }
  if (path === '/projects') {
    const projects = account ? [...content.projects].map(([name, id]) => projectAnswer(id, name)) : []
    return pageOf(options, url, projects, 'project_id')
  }
  const match = /^\/projects\/([^/]+)\/repositories(?:\/([^/]+)\/artifacts)?$/.exec(path)
  if (!match) return refuse(404, 'NOT_FOUND', `path ${path} was not found`)
  const project = decodeURIComponent(match[1] ?? '')
  if (!account) return refuse(401, 'UNAUTHORIZED', 'unauthorized')
  if (!content.projects.has(project)) return refuse(403, 'FORBIDDEN', 'forbidden')
  return match[2] === undefined
    ? repositoriesOf(options, url, project)
    : artifactsOf(options, url, account, `${project}/${decodeURIComponent(decodeURIComponent(match[2]))}`)
}

function repositoriesOf(options: HarborApiOptions, url: URL, project: string): Reply {
  const all = options.content.repositories().filter(({ name }) => name.startsWith(`${project}/`))
  return pageOf(options, url, all.map(repositoryAnswer), 'id')
}

/** Of a repository that is not there: an empty list, as the query finds nothing. */
function artifactsOf(options: HarborApiOptions, url: URL, account: HarborAccount, name: string): Reply {
  if (!account.listsArtifacts) return refuse(403, 'FORBIDDEN', 'forbidden')
  const repository = options.content.find(name)
  if (!repository) return pageOf(options, url, [], 'id')
  const isTagged = filtersOf(url).get('tags') === '*'
  const found = repository.artifacts.filter(({ tags }) => !isTagged || tags.length > 0)
  const answers = found.map((artifact) => artifactAnswer(repository, artifact))
  return pageOf(options, url, answers, 'id')
}

/** `k=v,k=[min~max]` (goharbor/harbor, src/lib/q/builder.go); unescaped once more than the query was. */
function filtersOf(url: URL): Map<string, string> {
  const text = decodeURIComponent(url.searchParams.get('q') ?? '')
  const pairs = text.split(',').map((pair) => pair.split('=', 2))
  return new Map(pairs.flatMap(([key, value]) => (key && value ? [[key, value] as const] : [])))
}

function pageOf<T extends object>(
  options: HarborApiOptions,
  url: URL,
  items: readonly T[],
  id: string,
): Reply {
  const asked = Number(url.searchParams.get('page_size') ?? 10)
  if (asked > 100)
    return refuse(422, 'UNPROCESSABLE_ENTITY', 'page_size in query should be less than or equal to 100')
  const column = url.searchParams.get('sort') ?? ''
  const least = Number(/^\[(\d+)~\]$/.exec(filtersOf(url).get(column) ?? '')?.[1] ?? 0)
  const idOf = (item: T): number => Number((item as Record<string, unknown>)[id])
  const rest = items.filter((item) => idOf(item) >= least).sort((one, other) => idOf(one) - idOf(other))
  const size = Math.min(asked, options.pageSize)
  const start = (Number(url.searchParams.get('page') ?? 1) - 1) * size
  return { status: 200, body: rest.slice(start, start + size), total: rest.length }
}
