import { type AppError, isAppError, isRepositoryName, isTag } from '../../../core/index.ts'
import {
  type ApiClient,
  type ContentPage,
  type ListedTag,
  type ListingOptions,
  repositoryNotFound,
  type TagPage,
} from '../../index.ts'
import type { FoundItem } from './answers/schema.ts'
import type { ManifestSearch } from './aql.ts'
import type { RepositoryKind } from './repository.ts'
import { type TagFolder, tagFolders } from './search.ts'

/** Tags of one page: what is lost when a discovery is killed between two pages. */
const tagsPerPage = 1000

/** What is listed of one repository key. */
export interface Listed {
  readonly api: ApiClient
  readonly kind: RepositoryKind
  /** What stands before the name of an image where it is pulled. */
  readonly prefix: string
}

interface Placed {
  readonly image: string
  readonly path: string
  readonly tag: ListedTag
}

/** Local repositories answer before caches of remote ones, then those that were named first (JFrog, virtual repositories). */
function rank(repo: string, members: readonly string[]): number {
  const isCache = !members.includes(repo) && repo.endsWith('-cache')
  const place = members.indexOf(isCache ? repo.slice(0, -'-cache'.length) : repo)
  return (isCache ? members.length + 1 : 0) + (place < 0 ? members.length : place)
}

/** An index beside the manifest of one platform is what the tag means. */
function manifestIn(items: readonly FoundItem[]): FoundItem | undefined {
  return items.find(({ name }) => name === 'list.manifest.json') ?? items[0]
}

/** What a tag points to; of several repositories with the same tag, in the first that a virtual one asks. */
function chosen(folder: TagFolder, members: readonly string[] | undefined): FoundItem | undefined {
  const repos = [...new Set(folder.map(({ repo }) => repo))]
  const candidates = repos.map((repo) => manifestIn(folder.filter((item) => item.repo === repo)))
  const [first] = candidates
  if (repos.length < 2 || first === undefined) return first
  if (members) {
    const [best] = repos.toSorted((one, other) => rank(one, members) - rank(other, members))
    return candidates.find((item) => item?.repo === best)
  }
  const agree = candidates.every((item) => item?.digest === first.digest)
  return agree ? first : { ...first, digest: null, modifiedAt: null }
}

/** undefined for a folder that is no tag: images of an index and pushes by digest have their own. */
function placed(folder: TagFolder, { kind, prefix }: Listed): Placed | undefined {
  const { path } = folder[0]
  const slash = path.lastIndexOf('/')
  const image = prefix + path.slice(0, Math.max(slash, 0))
  const name = path.slice(slash + 1)
  const item = chosen(folder, kind.members)
  if (slash <= 0 || !item || !isRepositoryName(image) || !isTag(name) || /^sha256__[0-9a-f]{64}$/.test(name))
    return undefined
  const { digest, modifiedAt } = item
  return { image, path, tag: { name, digest, pushedAt: modifiedAt, mediaType: null, size: null } }
}

interface Chunk {
  readonly placed: readonly Placed[]
  readonly nextCursor: string | null
}

function readCursor(cursor: string | undefined): string | undefined {
  return new URLSearchParams(cursor ?? '').get('after') ?? undefined
}

/** Tags in chunks; the last one, which may be empty, has no cursor. */
async function* chunks(
  listed: Listed,
  search: Omit<ManifestSearch, 'repository'>,
  { cursor, since, signal }: ListingOptions,
  wants: (one: Placed) => boolean,
): AsyncGenerator<Chunk> {
  const { searched: repository, isVirtual } = listed.kind
  const wanted = { ...search, repository, isVirtual, since, after: readCursor(cursor) }
  let chunk: Placed[] = []
  for await (const folder of tagFolders(listed.api, wanted, signal)) {
    const one = placed(folder, listed)
    if (one === undefined || !wants(one)) continue
    const last = chunk.at(-1)
    if (last !== undefined && chunk.length >= tagsPerPage) {
      yield { placed: chunk, nextCursor: new URLSearchParams({ after: last.path }).toString() }
      chunk = []
    }
    chunk.push(one)
  }
  yield { placed: chunk, nextCursor: null }
}

function byImage(placed: readonly Placed[]): ContentPage['repositories'] {
  const images = new Map<string, ListedTag[]>()
  for (const { image, tag } of placed) {
    const tags = images.get(image)
    if (tags) tags.push(tag)
    else images.set(image, [tag])
  }
  return [...images].map(([name, tags]) => ({ name, tags }))
}

const partialIf = (since: number | undefined, isLast: boolean) =>
  since !== undefined && isLast ? { partial: true } : {}

/** Every tag of a repository key, by one search unless the server cuts it. */
export async function* listContents(listed: Listed, options: ListingOptions): AsyncGenerator<ContentPage> {
  for await (const { placed, nextCursor } of chunks(listed, {}, options, () => true)) {
    yield { repositories: byImage(placed), nextCursor, ...partialIf(options.since, nextCursor === null) }
  }
}

/** Tags of one image. @throws AppError `repository-not-found` (not-found): without tags there is no image */
export async function* listTags(
  listed: Listed,
  repository: string,
  options: ListingOptions,
): AsyncGenerator<TagPage> {
  const image = repository.slice(listed.prefix.length)
  const isWhole = options.since === undefined && readCursor(options.cursor) === undefined
  let isFirst = true
  for await (const { placed, nextCursor } of chunks(
    listed,
    { image },
    options,
    (one) => one.image === repository,
  )) {
    if (isFirst && placed.length === 0 && isWhole) throw repositoryNotFound(listed.api.host, repository)
    isFirst = false
    yield { tags: placed.map(({ tag }) => tag), nextCursor, ...partialIf(options.since, nextCursor === null) }
  }
}

/** Whether a search is not for this account, so that the registry protocol must do. */
export function isSearchRefused(error: unknown): error is AppError {
  return (
    isAppError(error) && ['permission-missing', 'platform-not-found', 'registry-refused'].includes(error.code)
  )
}
