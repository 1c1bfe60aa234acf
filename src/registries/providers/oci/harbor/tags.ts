import { isDigest, isTag } from '../../../../core/index.ts'
import { instantOf, type ListedTag, type ListingOptions, type TagPage } from '../../../index.ts'
import { numberOf, readCursor, writeCursor } from '../cursors.ts'
import type { HarborApi, Keyset } from './api.ts'
import { artifacts, type HarborArtifact } from './schema.ts'

/**
 * By id and not the newest first: a tag that is moved to an older image keeps that image's push date, so the order of push
 * dates does not show that nothing older has changed.
 *
 * @param repository in a project: with a slash
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

/** Tags with digest, date, type and size. Of a repository that is not there, as of an empty one, there are none. */
export async function* harborTags(
  api: HarborApi,
  repository: string,
  { cursor, signal }: ListingOptions,
): AsyncGenerator<TagPage> {
  const [after] = readCursor('harbor', cursor) ?? []
  for await (const page of api.pages(taggedArtifacts(repository), numberOf(after), signal)) {
    const nextCursor = page.next === null ? null : writeCursor('harbor', page.next)
    yield { tags: page.items.flatMap(tagsOf), nextCursor }
  }
}

function tagsOf(artifact: HarborArtifact): ListedTag[] {
  const digest = isDigest(artifact.digest) ? artifact.digest : null
  const mediaType = artifact.manifest_media_type ?? null
  // An index has the size of all its platforms together.
  const isIndex = mediaType === null || /(?:index|list)\.v\d/.test(mediaType)
  const size = isIndex ? null : (artifact.size ?? null)
  return (artifact.tags ?? [])
    .filter(({ name }) => isTag(name))
    .map(({ name, push_time }) => ({ name, digest, mediaType, size, pushedAt: instantOf(push_time) }))
}
