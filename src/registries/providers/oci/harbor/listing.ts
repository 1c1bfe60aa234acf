import { AppError, isAppError } from '../../../../core/index.ts'
import type { ListingOptions, PlatformListing, TagPage } from '../../../index.ts'
import type { HarborApi } from './api.ts'
import { harborRepositories } from './repositories.ts'
import { harborTags } from './tags.ts'

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
  return {
    repositories: (options) =>
      api.isClosed()
        ? protocol.repositories(options)
        : orElse(harborRepositories(api, prefix, now(), options), () => protocol.repositories(options)),
    tags: (repository, options) =>
      api.isClosed() || !repository.includes('/')
        ? protocol.tags(repository, options)
        : orElse(knownTags(api, protocol, repository, options), () => protocol.tags(repository, options)),
  }
}

/** Where Harbor lists nothing, the protocol says whether the repository is empty or has left. */
async function* knownTags(
  api: HarborApi,
  protocol: PlatformListing,
  repository: string,
  options: ListingOptions,
): AsyncGenerator<TagPage> {
  let isFirst = options.cursor === undefined
  for await (const page of harborTags(api, repository, options)) {
    if (isFirst && page.tags.length === 0 && page.nextCursor === null) {
      yield* protocol.tags(repository, options)
    } else yield page
    isFirst = false
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
      throw isAppError(second) ? inOneVoice(error, second) : second
    }
  }
}

/** Refused in both ways, the API's answer says what to grant. */
function inOneVoice(error: AppError, second: AppError): AppError {
  if (error.kind !== 'denied' || second.kind !== 'denied') return second
  const { code, kind } = second
  const remedy = error.remedy ?? second.remedy ?? ''
  return new AppError({ code, kind, publicMessage: error.publicMessage, remedy, cause: second })
}
