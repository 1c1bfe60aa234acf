import { isRepositoryName } from '../../../../core/index.ts'
import {
  datedRevision,
  instantOf,
  type ListedRepository,
  type ListingOptions,
  type RepositoryPage,
} from '../../../index.ts'
import { numberOf, readCursor, writeCursor } from '../cursors.ts'
import { isBelow } from '../listing.ts'
import type { HarborApi, HarborPage, Keyset } from './api.ts'
import { type HarborRepository, projects, repositories } from './schema.ts'

interface HarborProject {
  readonly project_id: number
  readonly name: string
}

/** Where a listing begins: after a repository of a project; projects before it are done. */
interface Start {
  readonly project: number
  readonly after: number
}

const allProjects: Keyset<HarborProject> = {
  path: '/projects',
  parameters: { with_detail: 'false' },
  column: 'project_id',
  schema: projects,
  idOf: (project) => project.project_id,
  doing: 'list its projects',
}

/** @param project undefined: of all projects that the account sees */
function repositoriesIn(project: string | undefined): Keyset<HarborRepository> {
  return {
    path: project === undefined ? '/repositories' : `/projects/${encodeURIComponent(project)}/repositories`,
    column: 'repository_id',
    schema: repositories,
    idOf: (repository) => repository.id,
    doing: 'list its repositories (list-repository)',
  }
}

/** Repositories at or below a prefix, each with the moment of its last change where Harbor keeps that. */
export function harborRepositories(
  api: HarborApi,
  prefix: string,
  now: number,
  { cursor, signal }: ListingOptions,
): AsyncGenerator<RepositoryPage> {
  const read = (page: HarborPage<HarborRepository>): ListedRepository[] =>
    page.items
      .filter(({ name }) => isRepositoryName(name) && isBelow(prefix, name))
      .map(({ name, update_time }) => ({
        name,
        revision: api.datesRepositories ? datedRevision(instantOf(update_time), page.response, now) : null,
      }))

  async function* inProject(name: string | undefined, { project, after }: Start) {
    for await (const page of api.pages(repositoriesIn(name), after, signal)) {
      const nextCursor = page.next === null ? null : writeCursor('harbor', project, page.next)
      yield { repositories: read(page), nextCursor }
    }
  }

  async function* projectByProject(start: Start): AsyncGenerator<RepositoryPage> {
    for await (const { items } of api.pages(allProjects, Math.max(start.project - 1, 0), signal)) {
      for (const { project_id: project, name } of items) {
        const after = project === start.project ? start.after : 0
        for await (const page of inProject(name, { project, after })) {
          yield { ...page, nextCursor: page.nextCursor ?? writeCursor('harbor', project + 1, 0) }
        }
      }
    }
    yield { repositories: [], nextCursor: null }
  }

  const [project, after] = (readCursor('harbor', cursor) ?? []).map(numberOf)
  const start = { project: project ?? 0, after: after ?? 0 }
  const [one] = prefix.split('/')
  if (one) return inProject(one, start)
  return api.listsAll ? inProject(undefined, start) : projectByProject(start)
}
