import { type Digest, isAppError } from '../../core/index.ts'
import { mapBounded } from '../bounded.ts'
import type { ListedTag, TagPage } from '../ports.ts'
import type { DistributionClient } from './client.ts'

/** HEADs at once for one connection. */
const headsAtOnce = 6
/** Tags of one page: what is lost when a discovery is killed between two pages. */
const tagsPerPage = 100

/** A tag with the digest that it points to; null when it left since it was listed. */
async function look(
  client: Pick<DistributionClient, 'headManifest' | 'tags'>,
  repository: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<ListedTag | null> {
  const listed = (digest: Digest | null, mediaType: string | null): ListedTag => ({
    name,
    digest,
    mediaType,
    pushedAt: null,
    size: null,
  })
  try {
    const head = await client.headManifest(repository, name, signal)
    return listed(head.digest, head.mediaType)
  } catch (error) {
    if (!isAppError(error)) throw error
    if (error.code === 'manifest-not-found') return null
    // One damaged manifest must not hide the other tags; who resolves it meets the error again, alone.
    if (error.kind === 'invalid' || error.code === 'registry-failing') return listed(null, null)
    throw error
  }
}

/** Our cursor: the registry's page, and the tag of it that was given last. */
function readCursor(cursor: string | undefined): { page: string | undefined; after: string | undefined } {
  const parameters = new URLSearchParams(cursor ?? '')
  return { page: parameters.get('page') ?? undefined, after: parameters.get('after') ?? undefined }
}

function writeCursor(page: string | undefined, after: string | undefined): string {
  return new URLSearchParams({
    ...(page === undefined ? {} : { page }),
    ...(after === undefined ? {} : { after }),
  }).toString()
}

/**
 * Tags with their digests by the protocol alone: one request a page, and one HEAD a tag. Nothing says when they were pushed.
 *
 * @throws AppError `repository-not-found` (not-found)
 */
export async function* tagsByHead(
  client: Pick<DistributionClient, 'headManifest' | 'tags'>,
  repository: string,
  options: { readonly cursor?: string | undefined; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<TagPage> {
  const { signal } = options
  const start = readCursor(options.cursor)
  let cursor = start.page
  let after = start.after
  for await (const page of client.tags(repository, { cursor, signal })) {
    const rest = page.names.slice(after === undefined ? 0 : page.names.indexOf(after) + 1)
    for (let from = 0; from === 0 || from < rest.length; from += tagsPerPage) {
      const names = rest.slice(from, from + tagsPerPage)
      const looked = await mapBounded(names, headsAtOnce, (name) => look(client, repository, name, signal))
      const isLast = from + tagsPerPage >= rest.length
      const next = isLast ? page.next : undefined
      yield {
        tags: looked.filter((tag) => tag !== null),
        nextCursor: next === null ? null : writeCursor(next ?? cursor, isLast ? undefined : names.at(-1)),
      }
    }
    cursor = page.next ?? undefined
    after = undefined
  }
}
