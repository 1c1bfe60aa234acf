import { isAppError } from '../../../core/index.ts'
import {
  type ApiClient,
  type ContentPage,
  type DistributionClient,
  type ListingOptions,
  nextQuery,
  pageGuard,
  type RepositoryPage,
  repositoryNotFound,
  startQuery,
  tagsByHead,
} from '../../index.ts'
import { catalogAnswer, tagsAnswer } from './answers/schema.ts'

/** The registry protocol as Artifactory's own API speaks it, by which every repository is named alike. */
export interface Native {
  readonly api: ApiClient
  readonly client: DistributionClient
  /** Key of the repository. */
  readonly key: string
  readonly prefix: string
}

const pageSize = 1000

/**
 * Only the `last` of a Link is used: of virtual repositories its path has lost what stands before `/v2` (RTFACT-18971).
 *
 * @returns a query; undefined on the last page
 */
function following(
  response: Parameters<typeof nextQuery>[0],
  host: string,
  path: string,
): string | undefined {
  const query = nextQuery(response, { host, path }, (linked) =>
    linked.endsWith(path.slice(path.indexOf('/v2/') + 3)),
  )
  const last = new URLSearchParams(query ?? '').get('last')
  return last === null ? undefined : new URLSearchParams({ n: String(pageSize), last }).toString()
}

/** `GET /api/docker/<key>/v2/_catalog`; of remote repositories what is in their caches. */
export async function* listRepositories(
  { api, key, prefix }: Omit<Native, 'client'>,
  options: ListingOptions & { readonly pageSize?: number },
): AsyncGenerator<RepositoryPage> {
  const path = `/artifactory/api/docker/${key}/v2/_catalog`
  const guard = pageGuard(api.host)
  let query = startQuery(options.cursor, `n=${options.pageSize ?? pageSize}`)
  for (;;) {
    const request = { path: `${path}?${query}`, doing: 'list images', signal: options.signal }
    const { value, response } = await api.json(request, catalogAnswer)
    const next = value.repositories.length === 0 ? undefined : following(response, api.host, path)
    guard(query, value.repositories)
    const repositories = value.repositories.map((image) => ({ name: prefix + image, revision: null }))
    yield { repositories, nextCursor: next ?? null }
    if (next === undefined) return
    query = next
  }
}

async function* tagNames(native: Native, repository: string, options: ListingOptions) {
  const { api, key, prefix } = native
  const path = `/artifactory/api/docker/${key}/v2/${repository.slice(prefix.length)}/tags/list`
  const guard = pageGuard(api.host)
  let query = startQuery(options.cursor, `n=${pageSize}`)
  for (;;) {
    const request = { path: `${path}?${query}`, doing: 'list tags', signal: options.signal }
    const { value, response } = await api.json(request, tagsAnswer).catch((error: unknown) => {
      const isGone = isAppError(error) && error.code === 'platform-not-found'
      throw isGone ? repositoryNotFound(api.host, repository) : error
    })
    const next = value.tags.length === 0 ? undefined : following(response, api.host, path)
    guard(query, value.tags)
    yield { names: value.tags, next: next ?? null }
    if (next === undefined) return
    query = next
  }
}

/** Tags with their digests, one HEAD each. */
export function listTags(native: Native, repository: string, options: ListingOptions) {
  const { client } = native
  return tagsByHead(
    {
      tags: (name, listing) => tagNames(native, name, listing ?? {}),
      headManifest: (name, reference, signal) => client.headManifest(name, reference, signal),
    },
    repository,
    options,
  )
}

/** Our cursor: the page of the catalog, and the image of it that was listed last. */
interface Position {
  readonly page: string | undefined
  readonly done: string | undefined
}

function readCursor(cursor: string | undefined): Position {
  const parameters = new URLSearchParams(cursor ?? '')
  return { page: parameters.get('page') ?? undefined, done: parameters.get('done') ?? undefined }
}

function writeCursor({ page, done }: Position): string {
  const parts = [
    ['native', '1'],
    ['page', page],
    ['done', done],
  ].filter((part): part is [string, string] => part[1] !== undefined)
  return new URLSearchParams(parts).toString()
}

/** Whether a cursor is of a listing without a search. */
export function isNativeCursor(cursor: string | undefined): boolean {
  return new URLSearchParams(cursor ?? '').get('native') === '1'
}

/** Everything, without a search: one request an image, and one a tag. */
export async function* listContents(native: Native, options: ListingOptions): AsyncGenerator<ContentPage> {
  const { signal } = options
  let { page, done } = readCursor(options.cursor)
  for await (const { repositories, nextCursor } of listRepositories(native, { signal, cursor: page })) {
    const names = repositories.map(({ name }) => name)
    for (const name of done === undefined ? names : names.slice(names.indexOf(done) + 1)) {
      for await (const tags of presentTags(native, name, signal)) {
        const isLast = tags.nextCursor === null
        yield {
          repositories: [{ name, tags: tags.tags }],
          nextCursor: writeCursor({ page, done: isLast ? name : done }),
        }
      }
      done = name
    }
    page = nextCursor ?? undefined
    done = undefined
  }
  yield { repositories: [], nextCursor: null }
}

/** An image that left since the catalog was read is not missed. */
async function* presentTags(native: Native, name: string, signal: AbortSignal | undefined) {
  try {
    yield* listTags(native, name, { signal })
  } catch (error) {
    if (!isAppError(error) || error.code !== 'repository-not-found') throw error
  }
}
