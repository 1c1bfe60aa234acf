import { isAppError } from '../../../core/index.ts'
import type { Clock } from '../../../core/index.ts'
import { datedRevision, instantOf, type ListedRepository } from '../../index.ts'
import { publishedData } from './answers/schema.ts'
import type { GitlabApi, GraphqlAnswer } from './api.ts'
import type { NumberedRepository } from './places.ts'

/** Two points of complexity each; a query may have 250 (app/graphql/gitlab_schema.rb) and 10,000 characters. */
const atOnce = 100
/** What GitLab says of repositories without any push since 16.11 (container_repository_details_type.rb). */
const untouched = 'before 16.11'

/** When repositories were last pushed to: GraphQL alone says it, of each repository alone, but of many in one query. */
export function createRevisions(api: GitlabApi, clock: Clock) {
  let isKnown = true

  async function ask(
    repositories: readonly NumberedRepository[],
    signal: AbortSignal | undefined,
  ): Promise<GraphqlAnswer | undefined> {
    const variables = repositories.map(({ id }, index) => [
      `r${index}`,
      `gid://gitlab/ContainerRepository/${id}`,
    ])
    const names = variables.map(([name]) => name)
    const query = `query(${names.map((name) => `$${name}:ContainerRepositoryID!`).join()}){${names
      .map((name) => `${name}:containerRepository(id:$${name}){lastPublishedAt}`)
      .join(' ')}}`
    try {
      const doing = 'say when repositories changed'
      return await api.query({ query, variables: Object.fromEntries(variables), doing, signal })
    } catch (error) {
      // An older GitLab does not have the field: then every repository is asked for its tags.
      if (!isAppError(error) || !['invalid', 'denied', 'not-found', 'unsupported'].includes(error.kind))
        throw error
      isKnown = false
      return undefined
    }
  }

  function revisionOf(answer: GraphqlAnswer, name: string, now: number): string | null {
    const read = publishedData.safeParse(answer.data[name])
    if (!read.success || !read.data) return null
    const { lastPublishedAt } = read.data
    if (lastPublishedAt === null || lastPublishedAt === undefined) return answer.hasErrors ? null : untouched
    return datedRevision(instantOf(lastPublishedAt), answer.response, now)
  }

  return async function revised(
    repositories: readonly NumberedRepository[],
    signal: AbortSignal | undefined,
  ): Promise<ListedRepository[]> {
    const listed: ListedRepository[] = []
    for (let from = 0; from < repositories.length; from += atOnce) {
      const some = repositories.slice(from, from + atOnce)
      const answer = isKnown ? await ask(some, signal) : undefined
      const now = clock.now()
      listed.push(
        ...some.map(({ name }, index) => ({
          name,
          revision: answer === undefined ? null : revisionOf(answer, `r${index}`, now),
        })),
      )
    }
    return listed
  }
}
