import {
  AppError,
  type Digest,
  isAppError,
  isDigest,
  isRepositoryName,
  isTag,
} from '../../../../core/index.ts'
import {
  datedRevision,
  instantOf,
  type ListedRepository,
  type ListedTag,
  type ListingOptions,
  type PlatformListing,
  type RepositoryPage,
  type TagPage,
} from '../../../index.ts'
import { numberOf, readCursor, writeCursor } from '../cursors.ts'
import { isBelow } from '../listing.ts'
import type { HarborApi, HarborPage, Keyset } from './api.ts'
import { artifacts, type HarborArtifact, type HarborRepository, projects, repositories } from './schema.ts'

interface HarborProject {
  readonly project_id: number
  readonly name: string
}

const allProjects: Keyset<HarborProject> = {
  path: '/projects',
  parameters: { with_detail: 'false' },
  column: 'project_id',
  schema: projects,
  idOf: (project) => project.project_id,
  doing: 'list its projects',
}

function repositoriesIn(project: string | undefined): Keyset<HarborRepository> {
  return {
    path: project === undefined ? '/repositories' : `/projects/${encodeURIComponent(project)}/repositories`,
    column: 'repository_id',
    schema: repositories,
    idOf: (repository) => repository.id,
    doing: 'list its repositories (list-repository)',
  }
}

/**
 * By id and not the newest first: a tag that is moved to an older image keeps that image's push date, so the order of push
 * dates does not show that nothing older has changed.
 */
function taggedArtifacts(repository: string): Keyset<HarborArtifact> {
  const slash = repository.indexOf('/')
  const project = encodeURIComponent(repository.slice(0, slash))
  // Encoded twice, or a proxy in between would take the slashes for its own (swagger.yaml, repositoryName).
  const name = encodeURIComponent(encodeURIComponent(repository.slice(slash + 1)))
  return {
    path: `/projects/${project}/repositories/${name}/artifacts`,
    parameters: { with_tag: 'true' },
    column: 'id',
    filter: 'tags=*',
    schema: artifacts,
    idOf: (artifact) => artifact.id,
    doing: `list the images of ${repository} (list-artifact)`,
  }
}

/**
 * Harbor's own lists: every repository with the moment of its last change, every tag with digest, date, type and size, 100 a
 * request. Where the API refuses, the protocol answers in its place.
 */
export function harborListing(
  api: HarborApi,
  protocol: PlatformListing,
  prefix: string,
  now: () => number,
): PlatformListing {
  const read = (page: HarborPage<HarborRepository>): ListedRepository[] =>
    page.items
      .filter(({ name }) => isRepositoryName(name) && isBelow(prefix, name))
      .map(({ name, update_time }) => ({
        name,
        revision: api.datesRepositories ? datedRevision(instantOf(update_time), page.response, now()) : null,
      }))

  async function* inProject(
    project: string | undefined,
    [projectId, after]: readonly [number, number],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<RepositoryPage> {
    for await (const page of api.pages(repositoriesIn(project), after, signal)) {
      const nextCursor = page.next === null ? null : writeCursor('harbor', projectId, page.next)
      yield { repositories: read(page), nextCursor }
    }
  }

  async function* byProject(
    [projectId, after]: readonly [number, number],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<RepositoryPage> {
    // Begun again with the project that the last page was of, and within it after the last repository.
    for await (const { items } of api.pages(allProjects, Math.max(projectId - 1, 0), signal)) {
      for (const { project_id: id, name } of items) {
        const start = id === projectId ? after : 0
        for await (const page of inProject(name, [id, start], signal)) {
          yield { ...page, nextCursor: page.nextCursor ?? writeCursor('harbor', id + 1, 0) }
        }
      }
    }
    yield { repositories: [], nextCursor: null }
  }

  function listed({ cursor, signal }: ListingOptions): AsyncGenerator<RepositoryPage> {
    const [first, second] = readCursor('harbor', cursor) ?? []
    const start = [numberOf(first), numberOf(second)] as const
    const [project] = prefix.split('/')
    if (project) return inProject(project, start, signal)
    return api.listsAll ? inProject(undefined, start, signal) : byProject(start, signal)
  }

  async function* tags(repository: string, options: ListingOptions): AsyncGenerator<TagPage> {
    const [after] = readCursor('harbor', options.cursor) ?? []
    for await (const page of api.pages(taggedArtifacts(repository), numberOf(after), options.signal)) {
      const nextCursor = page.next === null ? null : writeCursor('harbor', page.next)
      // Of a repository that is not there, Harbor lists nothing; the protocol says whether it has left.
      if (after === undefined && page.items.length === 0) yield* protocol.tags(repository, options)
      else yield { tags: page.items.flatMap(tagsOf), nextCursor }
    }
  }

  return {
    repositories: (options) =>
      api.isClosed()
        ? protocol.repositories(options)
        : orElse(listed(options), () => protocol.repositories({ ...options, cursor: undefined })),
    tags: (repository, options) =>
      api.isClosed() || !repository.includes('/')
        ? protocol.tags(repository, options)
        : orElse(tags(repository, options), () =>
            protocol.tags(repository, { ...options, cursor: undefined }),
          ),
  }
}

/** The pages of the API, or those of the protocol where the API refuses the first one. */
async function* orElse<T>(pages: AsyncIterable<T>, other: () => AsyncIterable<T>): AsyncGenerator<T> {
  let begun = false
  try {
    for await (const page of pages) {
      begun = true
      yield page
    }
    return
  } catch (error) {
    if (begun || !isAppError(error) || !['denied', 'not-found'].includes(error.kind)) throw error
    try {
      yield* other()
    } catch (second) {
      throw isAppError(second) && second.kind === 'denied' ? bothRefused(error, second) : second
    }
  }
}

/** Refused in both ways: the API's answer says what to grant. */
function bothRefused(error: AppError, second: AppError): AppError {
  if (error.kind !== 'denied') return second
  return new AppError({
    code: second.code,
    kind: 'denied',
    publicMessage: error.publicMessage,
    remedy: error.remedy ?? second.remedy ?? '',
    cause: second,
  })
}

function tagsOf(artifact: HarborArtifact): ListedTag[] {
  const digest: Digest | null = isDigest(artifact.digest) ? artifact.digest : null
  const mediaType = artifact.manifest_media_type ?? null
  // An index has the size of all its platforms together.
  const isIndex = mediaType === null || /(?:index|list)\.v\d/.test(mediaType)
  const size = isIndex ? null : (artifact.size ?? null)
  return (artifact.tags ?? [])
    .filter(({ name }) => isTag(name))
    .map(({ name, push_time }) => ({ name, digest, mediaType, size, pushedAt: instantOf(push_time) }))
}
