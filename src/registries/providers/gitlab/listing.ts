import {
  type DistributionClient,
  type ListingOptions,
  type PlatformListing,
  type RepositoryPage,
  type TagPage,
  tagsByHead,
} from '../../index.ts'
import type { GitlabApi } from './api.ts'
import { findNumber, graphqlTags } from './graphql-tags.ts'
import { hasNativeApi, nativeTags } from './native-tags.ts'
import { type NumberedRepository, repositoriesBelow } from './places.ts'
import type { createRevisions } from './revisions.ts'

export interface GitlabParts {
  readonly api: GitlabApi
  readonly client: DistributionClient
  readonly namespace: string | undefined
  /** Named in the form: then GitLab's API is never asked, because the token may have no right to. */
  readonly named: readonly string[]
  readonly revised: ReturnType<typeof createRevisions>
}

/** Repositories that are remembered, so that tags need no search and no token each: of more, tags cost that. */
const mostRemembered = 100_000
/** What stands in a token for many repositories must fit a header: 8 KB at most servers. */
const mostOfToken = 3000

/** Neighbours that one token does for (GitLab takes several scopes, app/controllers/jwt_controller.rb). */
function inTokens(names: readonly string[]): string[][] {
  const groups: string[][] = []
  let room = 0
  for (const name of names) {
    // Its name twice, with ids and words around.
    const needed = name.length * 2 + 100
    room -= needed
    if (room < 0) {
      groups.push([])
      room = mostOfToken - needed
    }
    groups.at(-1)?.push(name)
  }
  return groups
}

type Way = 'native' | 'graphql' | 'protocol'

function readCursor(cursor: string | undefined): { readonly way: Way | undefined; readonly rest: string } {
  const match = /^(native|graphql|protocol) (.*)$/s.exec(cursor ?? '')
  return { way: match?.[1] as Way | undefined, rest: match?.[2] ?? '' }
}

/** How GitLab lists: repositories by its REST API, tags by whatever of three ways takes the fewest requests there. */
export function createListing(parts: GitlabParts): PlatformListing {
  const { api, client, namespace, named, revised } = parts
  const numbers = new Map<string, number>()
  const neighbours = new Map<string, readonly string[]>()
  let probed: Promise<boolean> | undefined

  /** Asked once for each connector. */
  function isNative(signal: AbortSignal | undefined): Promise<boolean> {
    probed ??= hasNativeApi(client, signal).catch((error: unknown) => {
      probed = undefined
      throw error
    })
    return probed
  }

  function remember(page: readonly NumberedRepository[]): void {
    for (const { id, name } of page) numbers.set(name, id)
    for (const group of inTokens(page.map(({ name }) => name))) {
      for (const name of group) neighbours.set(name, group)
    }
  }

  async function* repositories(options: ListingOptions): AsyncGenerator<RepositoryPage> {
    if (named.length > 0) {
      yield { repositories: named.map((name) => ({ name, revision: null })), nextCursor: null }
      return
    }
    for await (const page of repositoriesBelow(api, namespace, options)) {
      if (numbers.size < mostRemembered) remember(page.repositories)
      const dated = page.repositories.length > 0 && (await isNative(options.signal))
      yield {
        repositories: dated
          ? await revised(page.repositories, options.signal)
          : page.repositories.map(({ name }) => ({ name, revision: null })),
        nextCursor: page.nextCursor,
      }
    }
  }

  async function wayFor(signal: AbortSignal | undefined): Promise<Way> {
    if (await isNative(signal)) return 'native'
    return named.length > 0 ? 'protocol' : 'graphql'
  }

  async function* pagesBy(way: Way, name: string, options: ListingOptions): AsyncGenerator<TagPage> {
    if (way === 'native')
      yield* nativeTags({ client, repository: name, together: neighbours.get(name) }, options)
    else if (way === 'protocol') yield* tagsByHead(client, name, options)
    else {
      const id = numbers.get(name) ?? (await findNumber(api, name, options.signal))
      yield* graphqlTags(api, { id, name }, options)
    }
  }

  async function* tags(repository: string, options: ListingOptions): AsyncGenerator<TagPage> {
    const { way: told, rest } = readCursor(options.cursor)
    const way = told ?? (await wayFor(options.signal))
    const cursor = told === undefined || rest === '' ? undefined : rest
    for await (const page of pagesBy(way, repository, { ...options, cursor })) {
      yield { ...page, nextCursor: page.nextCursor === null ? null : `${way} ${page.nextCursor}` }
    }
  }

  return { repositories, tags }
}
