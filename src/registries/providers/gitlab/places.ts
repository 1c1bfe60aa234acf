import { AppError, isAppError, isRepositoryName } from '../../../core/index.ts'
import { answerInvalid, type ListingOptions, pageGuard } from '../../index.ts'
import { type Projects, projectsData, repositoriesAnswer } from './answers/schema.ts'
import { type GitlabApi, listingScopes, scopeMissing, tokenScopes } from './api.ts'

/** A container repository with the number that GitLab's API knows it by. */
export interface NumberedRepository {
  readonly id: number
  readonly name: string
}

/** What a namespace turned out to be. */
export type Kind = 'group' | 'project' | 'user' | 'all'

export interface NumberedPage {
  readonly repositories: readonly NumberedRepository[]
  readonly nextCursor: string | null
}

/** The most that GitLab gives at once (docs.gitlab.com, REST API, pagination; GraphQL, limits). */
const perPage = 100

interface Position {
  readonly kind: Kind
  /** A page number, or where GraphQL goes on. */
  readonly at: string
}

function readCursor(cursor: string | undefined): Position | undefined {
  const match = /^(group|project|user|all):(.{0,1000})$/s.exec(cursor ?? '')
  const [, kind, at = ''] = match ?? []
  if (kind === 'user' || kind === 'all') return { kind, at }
  if ((kind === 'group' || kind === 'project') && /^[1-9]\d{0,5}$/.test(at)) return { kind, at }
  return undefined
}

const writeCursor = ({ kind, at }: Position): string => `${kind}:${at}`

/** Deleted by somebody, and gone in a while. */
const isLeaving = (status: string | null | undefined): boolean => /^delete/i.test(status ?? '')

/** One page of a group's (with everything below it) or project's repositories. */
async function restPage(
  api: GitlabApi,
  kind: 'group' | 'project',
  path: string,
  page: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly repositories: readonly NumberedRepository[]; readonly next: string | undefined }> {
  const { value, response } = await api.json(
    {
      path: `/api/v4/${kind}s/${encodeURIComponent(path)}/registry/repositories?per_page=${perPage}&page=${page}`,
      doing: `list repositories of ${path}`,
      signal,
    },
    repositoriesAnswer,
  )
  const next = response.header('x-next-page') ?? ''
  const listed = value.filter(({ path: name, status }) => isRepositoryName(name) && !isLeaving(status))
  return {
    repositories: listed.map(({ id, path: name }) => ({ id, name })),
    next: value.length > 0 && /^[1-9]\d{0,5}$/.test(next) ? next : undefined,
  }
}

/** @param filter arguments beside those of paging */
const projectsField = (filter = '') => `projects(first: ${perPage}, after: $after${filter}) {
  nodes {
    fullPath
    containerRepositories(first: ${perPage}) { nodes { id path status } pageInfo { hasNextPage endCursor } }
  }
  pageInfo { hasNextPage endCursor }
}`
const userQuery = `query($path: ID!, $after: String) { namespace(fullPath: $path) { ${projectsField()} } }`
const memberQuery = `query($after: String) { ${projectsField(', membership: true')} }`

/** Projects with their repositories, 100 a request: REST has no list of a user's repositories, only one of each project. */
async function projectsPage(
  api: GitlabApi,
  path: string | undefined,
  after: string,
  signal: AbortSignal | undefined,
): Promise<Projects | undefined> {
  const doing = path === undefined ? 'list projects' : `list projects of ${path}`
  const { data } = await api.query({
    query: path === undefined ? memberQuery : userQuery,
    variables: { ...(path === undefined ? {} : { path }), after: after === '' ? null : after },
    doing,
    signal,
  })
  const namespace = data['namespace']
  if (path !== undefined && (namespace === null || namespace === undefined)) return undefined
  const found = path === undefined ? data['projects'] : (namespace as Record<string, unknown>)['projects']
  const read = projectsData.safeParse(found)
  if (!read.success) throw answerInvalid(api.host, 'something in an unknown form', read.error)
  return read.data ?? undefined
}

export function numberIn(globalId: string): number | undefined {
  const match = /^gid:\/\/gitlab\/ContainerRepository\/(\d{1,15})$/.exec(globalId)
  return match ? Number(match[1]) : undefined
}

async function repositoriesIn(
  api: GitlabApi,
  page: Projects,
  signal: AbortSignal | undefined,
): Promise<NumberedRepository[]> {
  const found: NumberedRepository[] = []
  for (const project of page.nodes) {
    const inside = project?.containerRepositories
    if (!project || !inside) continue
    if (inside.pageInfo.hasNextPage) {
      for await (const { repositories } of restPages(api, 'project', project.fullPath, '1', signal))
        found.push(...repositories)
      continue
    }
    for (const each of inside.nodes) {
      const id = each === null ? undefined : numberIn(each.id)
      if (each && id !== undefined && isRepositoryName(each.path) && !isLeaving(each.status))
        found.push({ id, name: each.path })
    }
  }
  return found
}

async function* restPages(
  api: GitlabApi,
  kind: 'group' | 'project',
  path: string,
  from: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<NumberedPage> {
  const guard = pageGuard(api.host)
  let page: string | undefined = from
  while (page !== undefined) {
    const { repositories, next } = await restPage(api, kind, path, page, signal)
    guard(page, repositories)
    yield { repositories, nextCursor: next === undefined ? null : writeCursor({ kind, at: next }) }
    page = next
  }
}

function namespaceUnknown(host: string, path: string): AppError {
  return new AppError({
    code: 'platform-not-found',
    kind: 'not-found',
    publicMessage: `${host} knows no group, project or user ${path}, or hides it from this token.`,
    remedy: 'Check the field Namespace: the path as in the address on GitLab, without the host.',
  })
}

async function* projectPages(
  api: GitlabApi,
  path: string | undefined,
  from: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<NumberedPage> {
  const guard = pageGuard(api.host)
  const kind = path === undefined ? 'all' : 'user'
  for (let after = from; ; ) {
    const page = await projectsPage(api, path, after, signal)
    if (page === undefined) throw namespaceUnknown(api.host, path ?? '')
    guard(after, page.nodes)
    const next = page.pageInfo.hasNextPage && page.nodes.length > 0 ? (page.pageInfo.endCursor ?? '') : ''
    yield {
      repositories: await repositoriesIn(api, page, signal),
      nextCursor: next === '' ? null : writeCursor({ kind, at: next }),
    }
    if (next === '') return
    after = next
  }
}

/** REST names the scope that is missing; GraphQL says that the token is wrong (app/controllers/graphql_controller.rb). */
async function assertMayList(api: GitlabApi, signal: AbortSignal | undefined): Promise<void> {
  const scopes = await tokenScopes(api, signal)
  if (scopes === undefined || scopes.some((scope) => listingScopes.includes(scope))) return
  throw scopeMissing(api.host, 'read_api', 'list repositories')
}

/** Repositories of one project, whose path is known to be one. @throws AppError `platform-not-found` (not-found) */
export function repositoriesOfProject(
  api: GitlabApi,
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<NumberedPage> {
  return restPages(api, 'project', path, '1', signal)
}

/**
 * Container repositories of a group, a project, a user or everything that the account is a member of. What a namespace is
 * shows in the answers: it is asked for as a group, which most are, then as a project, then as a user.
 *
 * @param namespace without slashes at its ends; undefined: everything
 * @throws AppError `platform-not-found` (not-found), `permission-missing` (denied)
 */
export async function* repositoriesBelow(
  api: GitlabApi,
  namespace: string | undefined,
  { cursor, signal }: Pick<ListingOptions, 'cursor' | 'signal'>,
): AsyncGenerator<NumberedPage> {
  const position = readCursor(cursor)
  if (namespace !== undefined) {
    if (position?.kind === 'group' || position?.kind === 'project') {
      yield* restPages(api, position.kind, namespace, position.at, signal)
      return
    }
    const isUser = position?.kind === 'user'
    if (!isUser && (yield* pagesIfThere(restPages(api, 'group', namespace, '1', signal)))) return
    if (!isUser && (yield* pagesIfThere(restPages(api, 'project', namespace, '1', signal)))) return
  }
  await assertMayList(api, signal)
  yield* projectPages(api, namespace, position?.at ?? '', signal)
}

/** Gives pages, and whether what they belong to is there at all. */
async function* pagesIfThere(pages: AsyncGenerator<NumberedPage>): AsyncGenerator<NumberedPage, boolean> {
  let isFound = false
  try {
    for await (const page of pages) {
      isFound = true
      yield page
    }
    return true
  } catch (error) {
    if (isFound || !isAppError(error) || error.code !== 'platform-not-found') throw error
    return false
  }
}
