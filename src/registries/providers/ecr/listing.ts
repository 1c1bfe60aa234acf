import { isAppError, isDigest, isRepositoryName, isTag } from '../../../core/index.ts'
import {
  answerInvalid,
  type ListedTag,
  type ListingOptions,
  pageGuard,
  type PlatformListing,
  type RepositoryPage,
  type TagPage,
} from '../../index.ts'
import type { EcrApi, PageOf } from './api.ts'

/** The most that AWS gives (API reference, DescribeRepositories and DescribeImages, `maxResults`). */
const entriesPerPage = 1000
const longestCursor = 8192

interface Answer<T> {
  readonly entries: readonly T[] | undefined
  readonly nextToken: string | undefined
}

/** Pages of repositories, then of images of one: the fewest requests that AWS allows. There is no order by date. */
export function ecrListing(api: EcrApi, host: string): PlatformListing {
  return {
    async *repositories({ cursor, signal }): AsyncGenerator<RepositoryPage> {
      const ask = async (page: PageOf) => {
        const { repositories, nextToken } = await api.repositories(page, signal)
        return { entries: repositories, nextToken }
      }
      for await (const { entries, next } of pages(host, cursor, ask)) {
        const names = entries.map(({ repositoryName }) => repositoryName).filter((name) => isName(name))
        yield { repositories: names.map((name) => ({ name, revision: null })), nextCursor: next }
      }
    },
    async *tags(repository: string, { cursor, signal }: ListingOptions): AsyncGenerator<TagPage> {
      const ask = async (page: PageOf) => {
        const { imageDetails, nextToken } = await api.images(repository, page, signal)
        return { entries: imageDetails, nextToken }
      }
      for await (const { entries, next } of pages(host, cursor, ask)) {
        yield { tags: entries.flatMap(tagsOf), nextCursor: next }
      }
    },
  }
}

const isName = (name: unknown): name is string => typeof name === 'string' && isRepositoryName(name)

/** An image as DescribeImages gives it; anything may be in it. */
interface Image {
  readonly imageDigest?: unknown
  readonly imageTags?: unknown
  readonly imagePushedAt?: unknown
  readonly imageManifestMediaType?: unknown
  readonly imageSizeInBytes?: unknown
}

/** Every tag of an image is a row. @returns none for an image whose digest is none */
export function tagsOf(image: Image): ListedTag[] {
  const { imageDigest, imageTags, imagePushedAt, imageManifestMediaType, imageSizeInBytes } = image
  if (typeof imageDigest !== 'string' || !isDigest(imageDigest) || !Array.isArray(imageTags)) return []
  const pushedAt = imagePushedAt instanceof Date ? imagePushedAt.getTime() : Number.NaN
  const common = {
    digest: imageDigest,
    pushedAt: Number.isFinite(pushedAt) ? pushedAt : null,
    mediaType: typeof imageManifestMediaType === 'string' ? imageManifestMediaType : null,
    size: typeof imageSizeInBytes === 'number' && imageSizeInBytes >= 0 ? imageSizeInBytes : null,
  }
  return imageTags.filter((tag) => typeof tag === 'string' && isTag(tag)).map((name) => ({ name, ...common }))
}

/**
 * Page by page. A cursor of an earlier process that AWS no longer takes begins anew: what is then seen twice harms nobody.
 *
 * @throws AppError `registry-answer-invalid`, `paging-endless` (invalid)
 */
async function* pages<T>(
  host: string,
  cursor: string | undefined,
  ask: (page: PageOf) => Promise<Answer<T>>,
): AsyncGenerator<{ entries: readonly T[]; next: string | null }> {
  const check = pageGuard(host)
  let token = cursor
  for (let isFirst = true; ; isFirst = false) {
    const page = { maxResults: entriesPerPage, ...(token === undefined ? {} : { nextToken: token }) }
    const answer = await ask(page).catch((error: unknown) => {
      if (isFirst && token !== undefined && isStale(error)) return ask({ maxResults: entriesPerPage })
      throw error
    })
    if (!Array.isArray(answer.entries)) throw answerInvalid(host, 'something in an unknown form')
    const next = nextOf(host, answer.nextToken)
    check(token ?? '', answer.entries)
    yield { entries: answer.entries.filter((entry) => typeof entry === 'object' && entry !== null), next }
    if (next === null) return
    token = next
  }
}

/** AWS says so of a token that is too old, or that it never gave. */
function isStale(error: unknown): boolean {
  if (!isAppError(error) || error.code !== 'registry-refused') return false
  return error.cause instanceof Error && error.cause.name === 'InvalidParameterException'
}

function nextOf(host: string, token: unknown): string | null {
  if (token === undefined || token === null || token === '') return null
  if (typeof token === 'string' && token.length <= longestCursor) return token
  throw answerInvalid(host, 'a page mark in an unknown form')
}
