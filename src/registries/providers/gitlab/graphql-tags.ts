import { isAppError, isDigest, isTag } from '../../../core/index.ts'
import {
  answerInvalid,
  instantOf,
  type ListedTag,
  type ListingOptions,
  pageGuard,
  repositoryNotFound,
  type TagPage,
} from '../../index.ts'
import { tagsData } from './answers/schema.ts'
import type { GitlabApi } from './api.ts'
import { repositoriesOfProject } from './places.ts'

/** GitLab gives no more (container_repository_details_type.rb, `max_page_size`). */
const perPage = 20

const query = `query($id: ContainerRepositoryID!, $after: String) {
  containerRepository(id: $id) {
    tags(first: ${perPage}, after: $after) {
      nodes { name digest mediaType publishedAt totalSize }
      pageInfo { hasNextPage endCursor }
    }
  }
}`

/**
 * The number of a repository that this process has not listed. Which part of its path is the project cannot be told from the
 * path: an image may have two names of its own after it.
 */
export async function findNumber(
  api: GitlabApi,
  repository: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const parts = repository.split('/')
  for (let length = parts.length; length >= Math.max(2, parts.length - 2); length -= 1) {
    const project = parts.slice(0, length).join('/')
    try {
      for await (const page of repositoriesOfProject(api, project, signal)) {
        const found = page.repositories.find(({ name }) => name === repository)
        if (found) return found.id
      }
    } catch (error) {
      if (!isAppError(error) || error.kind !== 'not-found') throw error
    }
  }
  throw repositoryNotFound(api.host, repository)
}

/**
 * Tags by GraphQL, 20 a request, where the registry has no API of its own. What GitLab calls the creation of a tag is then the
 * build date in the image's config, so it is no push date.
 *
 * @throws AppError `repository-not-found` (not-found)
 */
export async function* graphqlTags(
  api: GitlabApi,
  { id, name }: { readonly id: number; readonly name: string },
  { cursor = '', signal }: ListingOptions,
): AsyncGenerator<TagPage> {
  const guard = pageGuard(api.host)
  const global = `gid://gitlab/ContainerRepository/${id}`
  for (let after = cursor; ; ) {
    const variables = { id: global, after: after === '' ? null : after }
    const { data } = await api.query({ query, variables, doing: `list tags of ${name}`, signal })
    const read = tagsData.safeParse(data['containerRepository'])
    if (!read.success) throw answerInvalid(api.host, 'something in an unknown form', read.error)
    const tags = read.data?.tags
    if (!tags) throw repositoryNotFound(api.host, name)
    guard(after, tags.nodes)
    const { hasNextPage, endCursor } = tags.pageInfo
    const next = hasNextPage && tags.nodes.length > 0 ? (endCursor ?? '') : ''
    yield {
      tags: tags.nodes.flatMap((tag) => (tag && isTag(tag.name) ? [listedTag(tag)] : [])),
      nextCursor: next === '' ? null : next,
    }
    if (next === '') return
    after = next
  }
}

interface GraphqlTag {
  readonly name: string
  readonly digest?: string | null | undefined
  readonly mediaType?: string | null | undefined
  readonly publishedAt?: string | null | undefined
  readonly totalSize?: string | number | null | undefined
}

function listedTag({ name, digest, mediaType, publishedAt, totalSize }: GraphqlTag): ListedTag {
  const size = Number(totalSize ?? 0)
  return {
    name,
    digest: digest && isDigest(digest) ? digest : null,
    pushedAt: instantOf(publishedAt),
    mediaType: mediaType || null,
    size: Number.isSafeInteger(size) && size > 0 ? size : null,
  }
}
