import { AppError, isAppError, isRepositoryName } from '../../core/index.ts'
import type {
  ContentPage,
  ListedTag,
  ListingOptions,
  PlatformListing,
  RepositoryPage,
  TagPage,
} from '../index.ts'
import type { ListedImage, ListedVersion } from './answers/schema.ts'
import type { ArtifactApi } from './api.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { newestFirst, type ListingPoint, type OrderedPage } from './newest-first.ts'
import { type ArtifactRepository, repositoryKey } from './repository.ts'
import type { Survey, SurveyMemo } from './survey.ts'

/** Tags of a version that come with it; of one that has as many there may be more. */
const MOST_RELATED_TAGS = 100
const indexType = /(?:image\.index|manifest\.list)\b/

/** What a connection covers, and how it names it. */
export interface ListingScope {
  readonly api: ArtifactApi
  /** Repositories of Artifact Registry. @param memo of an earlier survey; without, nothing is left out */
  survey(memo: SurveyMemo | undefined, signal: AbortSignal | undefined): Promise<Survey>
  /** What the connector calls an image. */
  nameOf(repository: ArtifactRepository, image: string): string
  /** The other way round; undefined: that is none of this connection's. */
  find(name: string): { readonly repository: ArtifactRepository; readonly image: string } | undefined
}

export function createListing(scope: ListingScope): PlatformListing {
  return {
    contents: (options) => listContents(scope, options),
    repositories: (options) => listRepositories(scope, options),
    tags: (name, options) => listTags(scope, name, options),
  }
}

/** One listing of each repository of Artifact Registry says all: images, their tags, digests and dates. */
async function* listContents(scope: ListingScope, options: ListingOptions): AsyncGenerator<ContentPage> {
  const { api } = scope
  const survey = await scope.survey(memoOf(options), options.signal)
  const walked = walk<ListedImage>(survey, options, (repository, from) => ({
    host: api.host,
    ask: (page) => api.images(repository, page),
    updatedAt: (image) => image.updateTime,
    since: survey.isNew(repository) ? undefined : options.since,
    from,
    signal: options.signal,
  }))
  for await (const { repository, items, nextCursor, partial } of walked) {
    yield {
      repositories: grouped(scope, repository, items),
      nextCursor,
      ...(nextCursor === null ? ending(survey, partial) : {}),
    }
  }
}

function memoOf({ memo, since }: ListingOptions): SurveyMemo | undefined {
  return memo === undefined ? undefined : { text: memo, mayLeaveOut: since !== undefined }
}

function ending({ memo }: Survey, partial: boolean): Pick<ContentPage, 'partial' | 'memo'> {
  return { ...(partial ? { partial } : {}), ...(memo === undefined ? {} : { memo }) }
}

async function* listRepositories(
  scope: ListingScope,
  options: ListingOptions,
): AsyncGenerator<RepositoryPage> {
  const { api } = scope
  const survey = await scope.survey(undefined, options.signal)
  const walked = walk<string>(survey, options, (repository, from) => ({
    host: api.host,
    ask: (page) => api.packages(repository, { ...page, newestFirst: false }),
    updatedAt: () => undefined,
    since: undefined,
    from,
    signal: options.signal,
  }))
  for await (const { repository, items, nextCursor } of walked) {
    const names = items
      .filter((image) => isImage(repository, image))
      .map((image) => scope.nameOf(repository, image))
    // When a package was updated is said too, but not that a tag that moves within it counts.
    yield { repositories: names.map((name) => ({ name, revision: null })), nextCursor }
  }
}

interface WalkedPage<T> {
  readonly repository: ArtifactRepository
  readonly items: readonly T[]
  readonly nextCursor: string | null
  readonly partial: boolean
}

const nowhere: ArtifactRepository = {
  project: '',
  location: '',
  id: '',
  host: '',
  prefix: '',
  virtual: false,
}

/** Page after page of one repository after the other, from where the cursor says. */
async function* walk<T>(
  survey: Survey,
  options: ListingOptions,
  listing: (
    repository: ArtifactRepository,
    from: ListingPoint | undefined,
  ) => Parameters<typeof newestFirst<T>>[0],
): AsyncGenerator<WalkedPage<T>> {
  const start = readCursor(options.cursor)
  const all = survey.repositories
  const rest = start === undefined ? all : all.filter((one) => repositoryKey(one) >= start.at)
  let partial = survey.partial || start?.partial === true
  for (const [index, repository] of rest.entries()) {
    const key = repositoryKey(repository)
    const from = start?.at === key && start.pageToken !== undefined ? pointOf(start) : undefined
    const following = rest[index + 1]
    for await (const page of present(repository, newestFirst(listing(repository, from)))) {
      partial ||= page.cut
      const next = page.next
        ? { at: key, ...page.next, partial }
        : following && { at: repositoryKey(following), pageToken: undefined, newestFirst: false, partial }
      yield { repository, items: page.items, nextCursor: next ? writeCursor(next) : null, partial }
    }
  }
  if (rest.length === 0) yield { repository: nowhere, items: [], nextCursor: null, partial }
}

function pointOf({ pageToken, newestFirst: ordered }: ListingPoint): ListingPoint {
  return { pageToken, newestFirst: ordered }
}

/** A repository that left since it was listed, and a virtual one that cannot be listed, hold nothing. */
async function* present<T>(
  repository: ArtifactRepository,
  pages: AsyncIterable<OrderedPage<T>>,
): AsyncGenerator<OrderedPage<T>> {
  try {
    yield* pages
  } catch (error) {
    const isGone = isAppError(error) && error.code === 'platform-not-found'
    const isMirror = repository.virtual && isAppError(error) && error.code === 'registry-refused'
    if (!isGone && !isMirror) throw error
    yield { items: [], next: undefined, cut: false }
  }
}

/** One request for every 1000 digests of the image, and one more for a digest with very many tags. */
async function* listTags(
  { api, find }: ListingScope,
  name: string,
  options: ListingOptions,
): AsyncGenerator<TagPage> {
  const found = find(name)
  if (found === undefined) throw notFound(name)
  const { repository, image } = found
  const start = readCursor(options.cursor)
  const pages = newestFirst<ListedVersion>({
    host: api.host,
    ask: (page) => api.versions(repository, image, page),
    updatedAt: (version) => version.updateTime,
    since: options.since,
    from: start?.pageToken === undefined ? undefined : pointOf(start),
    signal: options.signal,
  })
  try {
    for await (const { items, next, cut } of pages) {
      const tags: ListedTag[] = []
      for (const version of items) {
        const names = await tagsOf(api, repository, image, version, options.signal)
        for (const tag of names) tags.push(tagOfVersion(tag, version))
      }
      const nextCursor = next ? writeCursor({ at: '', ...next, partial: false }) : null
      yield { tags, nextCursor, ...(cut ? { partial: true } : {}) }
    }
  } catch (error) {
    throw isAppError(error) && error.code === 'platform-not-found' ? notFound(name, error) : error
  }
}

async function tagsOf(
  api: ArtifactApi,
  repository: ArtifactRepository,
  image: string,
  version: ListedVersion,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const related = version.relatedTags.map(({ name }) => name)
  if (related.length < MOST_RELATED_TAGS) return related
  return api.tagsOfVersion(repository, image, version.name, signal)
}

function tagOfVersion(name: string, { name: digest, createTime, metadata }: ListedVersion): ListedTag {
  return listedTag(name, {
    digest,
    pushedAt: createTime,
    mediaType: metadata?.mediaType,
    size: metadata?.imageSizeBytes,
  })
}

function listedTag(
  name: string,
  facts: {
    readonly digest: NonNullable<ListedTag['digest']>
    readonly pushedAt: number | undefined
    readonly mediaType: string | undefined
    readonly size: number | undefined
  },
): ListedTag {
  const { digest, pushedAt = null, mediaType = null, size } = facts
  // The size of an index is not that of an image.
  const isIndex = mediaType !== null && indexType.test(mediaType)
  return { name, digest, pushedAt, mediaType, size: isIndex || !size ? null : size }
}

/** Images without a tag are left out: children of indexes, and what lost its last tag. */
function grouped(
  { nameOf }: ListingScope,
  repository: ArtifactRepository,
  images: readonly ListedImage[],
): ContentPage['repositories'] {
  const byImage = new Map<string, ListedTag[]>()
  for (const { name, tags, uploadTime, mediaType, imageSizeBytes } of images) {
    if (tags.length === 0 || !isImage(repository, name.image)) continue
    const facts = { digest: name.digest, pushedAt: uploadTime, mediaType, size: imageSizeBytes }
    const known = byImage.get(name.image) ?? []
    for (const tag of tags) known.push(listedTag(tag, facts))
    byImage.set(name.image, known)
  }
  return [...byImage].map(([image, tags]) => ({ name: nameOf(repository, image), tags }))
}

/** What the registry protocol could not ask for is none. */
function isImage({ prefix }: ArtifactRepository, image: string): boolean {
  return isRepositoryName(`${prefix}/${image}`)
}

function notFound(name: string, cause?: AppError): AppError {
  return new AppError({
    code: 'repository-not-found',
    kind: 'not-found',
    publicMessage: `Repository ${name} is not found at Google, or not open to this account.`,
    remedy: 'Check the name and the permissions of the account.',
    cause,
  })
}
