import { isDigest, isTag } from '../../../core/index.ts'
import {
  answerInvalid,
  type DistributionClient,
  instantOf,
  isHtml,
  type ListedTag,
  type ListingOptions,
  nextQuery,
  notARegistry,
  pageGuard,
  type TagPage,
} from '../../index.ts'
import { type NativeTag, nativeTagsAnswer } from './answers/schema.ts'

/**
 * The registry's own API: tags with everything, the newest first (gitlab-org/container-registry, docs/spec/gitlab/api.md). It
 * takes the tokens that pull, and is there where the registry keeps its metadata in a database.
 */

/** The most that it gives at once. */
const wholePage = 1000
/** Enough where only what is new is wanted. */
const shortPage = 100
const largestPage = 8 << 20

/** Whether the registry has the API: 200 to any token that it gave, 404 where it has not. */
export async function hasNativeApi(client: DistributionClient, signal?: AbortSignal): Promise<boolean> {
  const response = await client.extension({ path: '/gitlab/v1/', expected: [200, 404, 405], signal })
  await response.discard()
  return response.status === 200 && !isHtml(response, '')
}

interface Page {
  readonly tags: readonly ListedTag[]
  readonly next: string | undefined
  /** Whether it could be asked for the newest first. */
  readonly isSorted: boolean
}

/** When it was last pushed or moved: "must match the latest value of either created_at or updated_at". */
function pushedAt({ published_at, created_at, updated_at }: NativeTag): number | null {
  return instantOf(published_at) ?? (Math.max(instantOf(created_at) ?? 0, instantOf(updated_at) ?? 0) || null)
}

function listedTag(tag: NativeTag): ListedTag {
  const { name, digest, media_type, size_bytes } = tag
  return {
    name,
    digest: digest && isDigest(digest) ? digest : null,
    pushedAt: pushedAt(tag),
    mediaType: media_type || null,
    size: size_bytes && Number.isSafeInteger(size_bytes) && size_bytes > 0 ? size_bytes : null,
  }
}

/** A repository to ask, and those that are asked soon by the same token. */
export interface NativeRepository {
  readonly client: DistributionClient
  readonly repository: string
  readonly together: readonly string[] | undefined
}

async function readPage(
  from: NativeRepository,
  query: string,
  signal: AbortSignal | undefined,
): Promise<Page> {
  const { client, repository, together } = from
  const { host } = client
  const path = `/gitlab/v1/repositories/${repository}/tags/list/`
  const response = await client.extension({
    path: `${path}?${query}`,
    repository,
    together,
    expected: [200, 400],
    signal,
  })
  if (response.status === 400 && query.includes('sort=')) {
    // Versions that cannot sort by date say that the value is invalid.
    await response.discard()
    return readPage(from, withoutSort(query), signal)
  }
  const text = Buffer.from(await response.bytes(largestPage)).toString('utf8')
  if (isHtml(response, text)) throw notARegistry(host)
  const read = nativeTagsAnswer.safeParse(parsed(text))
  if (!read.success) throw answerInvalid(host, 'something in an unknown form', read.error)
  const next = nextQuery(response, { host, path }, (linked) => linked.endsWith(path))
  return {
    tags: read.data.filter(({ name }) => isTag(name)).map(listedTag),
    next: read.data.length > 0 ? next : undefined,
    isSorted: query.includes('sort='),
  }
}

function withoutSort(query: string): string {
  const parameters = new URLSearchParams(query)
  parameters.delete('sort')
  return parameters.toString()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface Position {
  /** Query of the page to read; undefined: the first. */
  readonly query: string | undefined
  /** Push date of the newest tag when the listing began. */
  readonly newest: number
  /** All pages were read; now what was pushed meanwhile, which stands at the front. */
  readonly again: boolean
}

function readCursor(cursor: string): Position {
  const parameters = new URLSearchParams(cursor)
  const newest = Number(parameters.get('newest') ?? 0)
  return {
    query: parameters.get('page') ?? undefined,
    newest: Number.isSafeInteger(newest) ? newest : 0,
    again: parameters.has('again'),
  }
}

function writeCursor({ query, newest, again }: Position): string {
  return new URLSearchParams({
    newest: String(newest),
    ...(query === undefined ? {} : { page: query }),
    ...(again ? { again: '' } : {}),
  }).toString()
}

const latest = (tags: readonly ListedTag[]): number =>
  Math.max(0, ...tags.map(({ pushedAt }) => pushedAt ?? 0))

function descends(tags: readonly ListedTag[]): boolean {
  return tags.every((tag, index) => index === 0 || (tag.pushedAt ?? 0) <= (tags[index - 1]?.pushedAt ?? 0))
}

/** @throws AppError `repository-not-found` (not-found), `permission-missing` (denied), `registry-answer-invalid` (invalid) */
export async function* nativeTags(
  from: NativeRepository,
  { cursor = '', since, signal }: ListingOptions,
): AsyncGenerator<TagPage> {
  const guard = pageGuard(from.client.host)
  const first = `n=${since === undefined ? wholePage : shortPage}&sort=-published_at`
  let position = readCursor(cursor)
  for (;;) {
    const query = position.query ?? first
    const page = await readPage(from, query, signal)
    guard(`${position.again} ${query}`, position.again ? [] : page.tags)
    const step = stepOf(position, page, since)
    const nextCursor = step.next === undefined ? null : writeCursor(step.next)
    yield { tags: step.tags, nextCursor, ...(step.partial ? { partial: true } : {}) }
    if (step.next === undefined) return
    position = step.next
  }
}

interface Step {
  readonly tags: readonly ListedTag[]
  readonly partial: boolean
  readonly next: Position | undefined
}

/** What a page means at a position, and where to go on. */
function stepOf(position: Position, page: Page, since: number | undefined): Step {
  const { tags, next } = page
  if (position.again) return freshStep(position, page)
  const isFirst = position.query === undefined
  const newest = isFirst ? latest(tags) : position.newest
  if (next !== undefined) {
    const partial = isPast(page, since)
    return { tags, partial, next: partial ? undefined : { query: next, newest, again: false } }
  }
  // By name, nothing moves to a page that was read.
  const isDone = isFirst || !page.isSorted
  return { tags, partial: false, next: isDone ? undefined : { query: undefined, newest, again: true } }
}

/** Only what was pushed since the listing began: it stands at the front. */
function freshStep(position: Position, { tags, next }: Page): Step {
  const fresh = tags.filter(({ pushedAt }) => (pushedAt ?? 0) > position.newest)
  const goesOn = next !== undefined && fresh.length === tags.length
  return { tags: fresh, partial: false, next: goesOn ? { ...position, query: next } : undefined }
}

/** Whether a page shows that only older tags than are wanted come after it. */
function isPast({ tags, isSorted }: Page, since: number | undefined): boolean {
  const oldest = tags.at(-1)?.pushedAt ?? undefined
  return since !== undefined && oldest !== undefined && oldest < since && isSorted && descends(tags)
}
