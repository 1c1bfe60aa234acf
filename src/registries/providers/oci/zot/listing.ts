import { isAppError, isDigest, isTag } from '../../../../core/index.ts'
import {
  type DistributionClient,
  instantOf,
  type ListedTag,
  type ListingOptions,
  pageGuard,
  type PlatformListing,
  type TagPage,
} from '../../../index.ts'
import { numberOf, readCursor, writeCursor } from '../cursors.ts'
import type { ZotImage } from './schema.ts'
import { imagesOf } from './search.ts'

const imagesAtOnce = 1000

/**
 * zot's tags by its search extension: digest, date, type and size of 1,000 a request. Repositories come from the catalog: the
 * date that the extension gives them stays as it is when a tag moves (project-zot/zot, pkg/meta/boltdb/boltdb.go,
 * SetRepoReference), so it does not show that nothing has changed. Where the extension is off, the protocol answers.
 */
export function zotListing(client: DistributionClient, protocol: PlatformListing): PlatformListing {
  let isOff = false

  async function* tags(repository: string, options: ListingOptions): AsyncGenerator<TagPage> {
    if (isOff) return yield* protocol.tags(repository, options)
    try {
      let found = options.cursor !== undefined
      for await (const page of searched(client, repository, options)) {
        found ||= page.tags.length > 0
        if (found) yield page
      }
      // The extension finds nothing in a repository that is not there; the protocol says whether it has left.
      if (!found) yield* protocol.tags(repository, options)
    } catch (error) {
      if (!isAppError(error) || error.code !== 'search-unavailable') throw error
      isOff = true
      yield* protocol.tags(repository, { ...options, cursor: undefined })
    }
  }

  return { repositories: (options) => protocol.repositories(options), tags }
}

/**
 * Pages by number, held together by the last tag of the page before: each page begins with it, or tags have come or gone in
 * between; then what was already given is left out, and a gap is closed by going back.
 */
async function* searched(
  client: DistributionClient,
  repository: string,
  { cursor, signal }: ListingOptions,
): AsyncGenerator<TagPage> {
  const guard = pageGuard(client.host)
  const [start, tag] = readCursor('zot', cursor) ?? []
  let offset = numberOf(start)
  let last = offset === 0 ? undefined : tag
  let overlap = 1
  for (;;) {
    const from = Math.max(offset - overlap, 0)
    const page = await imagesOf(client, { repository, offset: from, limit: imagesAtOnce, signal })
    const first = page.Results[0]?.Tag
    if (last !== undefined && overlap > 0 && from > 0 && (first == null || first > last)) {
      offset = Math.max(from - imagesAtOnce, 0)
      continue
    }
    guard(`${from} ${last}`, page.Results)
    const known = last
    const fresh = page.Results.filter(({ Tag }) => known === undefined || (Tag ?? '') > known)
    last = page.Results.at(-1)?.Tag ?? last
    offset = from + page.Results.length
    const hasMore = page.Results.length > 0 && offset < page.Page.TotalCount
    // A page of one holds only what is known.
    overlap = hasMore && fresh.length === 0 ? 0 : 1
    if (overlap === 0) continue
    yield {
      tags: fresh.flatMap(listedTag),
      nextCursor: hasMore ? writeCursor('zot', offset, last ?? '') : null,
    }
    if (!hasMore) return
  }
}

function listedTag(image: ZotImage): ListedTag[] {
  const { Tag, Digest, MediaType, Size, PushTimestamp, TaggedTimestamp } = image
  if (Tag == null || !isTag(Tag)) return []
  const mediaType = MediaType || null
  const isIndex = mediaType === null || /(?:index|list)\.v\d/.test(mediaType)
  return [
    {
      name: Tag,
      digest: Digest != null && isDigest(Digest) ? Digest : null,
      mediaType,
      // An index has the size of all its platforms together.
      size: isIndex || !/^\d{1,15}$/.test(Size ?? '') ? null : Number(Size),
      pushedAt: later(PushTimestamp, TaggedTimestamp),
    },
  ]
}

/** A tag keeps the day it first appeared when it moves, an image the day it was first pushed: the later one is nearer. */
function later(...dates: readonly (string | null | undefined)[]): number | null {
  const known = dates.map(instantOf).filter((date) => date !== null && date > 0)
  return known.length === 0 ? null : Math.max(...known.map(Number))
}
