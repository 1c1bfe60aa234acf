import { isAppError, isDigest, isTag } from '../../../../core/index.ts'
import {
  type DistributionClient,
  instantOf,
  type ListedTag,
  type ListingOptions,
  pageGuard,
  type PlatformListing,
  type RepositoryPage,
  type TagPage,
} from '../../../index.ts'
import { numberOf, readCursor, writeCursor } from '../cursors.ts'
import type { ZotImage, ZotImages } from './schema.ts'
import { createLookAhead, imagesAtOnce } from './look-ahead.ts'
import { imagesOf } from './search.ts'

/**
 * zot's tags by its search extension: digest, date, type and size of 1,000 a request, of several repositories where they are
 * small. Repositories come from the catalog: the
 * date that the extension gives them stays as it is when a tag moves (project-zot/zot, pkg/meta/boltdb/boltdb.go,
 * SetRepoReference), so it does not show that nothing has changed. Where the extension is off, the protocol answers.
 */
export function zotListing(
  client: DistributionClient,
  protocol: PlatformListing,
  around: Parameters<typeof createLookAhead>[1],
): PlatformListing {
  const ahead = createLookAhead(client, around)
  let isOff = false

  async function* repositories(options: ListingOptions): AsyncGenerator<RepositoryPage> {
    for await (const page of protocol.repositories(options)) {
      ahead.expect(page.repositories.map(({ name }) => name))
      yield page
    }
  }

  async function* tags(repository: string, options: ListingOptions): AsyncGenerator<TagPage> {
    if (isOff) return yield* protocol.tags(repository, options)
    try {
      let found = options.cursor !== undefined
      const first = found ? undefined : await ahead.first(repository)
      for await (const page of searched(client, repository, options, first)) {
        found ||= page.tags.length > 0
        if (found) yield page
      }
      // The extension finds nothing in a repository that is not there; the protocol says whether it has left.
      if (!found) yield* protocol.tags(repository, options)
    } catch (error) {
      if (!isAppError(error) || error.code !== 'search-unavailable') throw error
      isOff = true
      yield* protocol.tags(repository, options)
    }
  }

  return { repositories, tags }
}

/** Where a listing stands. */
interface Position {
  /** Images before it. */
  readonly offset: number
  /** The tag that was given last; '' at the beginning. */
  readonly last: string
  /** Images of the page before that the next page is to begin with: they show that nothing has come or gone in between. */
  readonly overlap: 0 | 1
}

function startOf(cursor: string | undefined): Position {
  const [start, last = ''] = readCursor('zot', cursor) ?? []
  const offset = numberOf(start)
  return { offset, last: offset === 0 ? '' : last, overlap: 1 }
}

/** Pages by number, held together by the last tag of the page before. @param first the page at the beginning, where it is known */
async function* searched(
  client: DistributionClient,
  repository: string,
  { cursor, signal }: ListingOptions,
  first: ZotImages | undefined,
): AsyncGenerator<TagPage> {
  const guard = pageGuard(client.host)
  let known = first
  const pageFrom = async (offset: number): Promise<ZotImages | undefined> => {
    const wanted = { repositories: [repository], offset, limit: imagesAtOnce, signal }
    const page = known ?? (await imagesOf(client, wanted))[0]
    known = undefined
    return page
  }
  for (let position: Position | null = startOf(cursor); position !== null; ) {
    const from = Math.max(position.offset - position.overlap, 0)
    const page = await pageFrom(from)
    if (page === undefined) return
    // Pages overlap, so it is the position that must not come again.
    guard(`${from} ${position.last}`, [from, position])
    const { fresh, next } = advance(position, from, page)
    if (fresh !== undefined) {
      const nextCursor = next && writeCursor('zot', next.offset, next.last)
      yield { tags: fresh.flatMap(listedTag), nextCursor }
    }
    position = next
  }
}

/** What a page adds, and where to go on; without `fresh` it only moves the position. */
function advance(
  { last, overlap }: Position,
  from: number,
  { Results, Page }: ZotImages,
): { readonly fresh?: readonly ZotImage[]; readonly next: Position | null } {
  const first = Results[0]?.Tag
  // Tags went that were before this page: some may have slipped to the page before, so it is asked for again.
  const hasGap = overlap > 0 && from > 0 && (first === undefined || first > last)
  if (hasGap) return { next: { offset: Math.max(from - imagesAtOnce, 0), last, overlap: 1 } }
  const offset = from + Results.length
  const hasMore = Results.length > 0 && offset < Page.TotalCount
  const fresh = Results.filter(({ Tag }) => Tag > last)
  // A page of one holds only what is known.
  if (hasMore && fresh.length === 0) return { next: { offset, last, overlap: 0 } }
  return { fresh, next: hasMore ? { offset, last: fresh.at(-1)?.Tag ?? last, overlap: 1 } : null }
}

function listedTag({ Tag, Digest, MediaType, Size, PushTimestamp, TaggedTimestamp }: ZotImage): ListedTag[] {
  if (!isTag(Tag)) return []
  // An index has the size of all its platforms together.
  const isIndex = MediaType === '' || /(?:index|list)\.v\d/.test(MediaType)
  return [
    {
      name: Tag,
      digest: isDigest(Digest) ? Digest : null,
      mediaType: MediaType === '' ? null : MediaType,
      size: isIndex || !/^\d{1,15}$/.test(Size) ? null : Number(Size),
      pushedAt: later(PushTimestamp, TaggedTimestamp),
    },
  ]
}

/** A tag keeps the day it first appeared when it moves, an image the day it was first pushed: the later one is nearer. */
function later(...dates: readonly string[]): number | null {
  const known = dates.map(instantOf).filter((date) => date !== null && date > 0)
  return known.length === 0 ? null : Math.max(...known.map(Number))
}
