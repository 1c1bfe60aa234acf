import { AppError, isAppError, type Digest } from '../../../core/index.ts'
import {
  type DistributionClient,
  type ListedRepository,
  type ListedTag,
  mapBounded,
  type RepositoryPage,
  type TagPage,
} from '../../index.ts'

/** HEADs at once for one connection. */
const headsAtOnce = 6
/** Tags of one page: what is lost when a discovery is killed between two pages. */
const tagsPerPage = 100

function notListed(host: string, cause: AppError): AppError {
  return new AppError({
    code: 'repositories-not-listed',
    kind: cause.kind === 'unsupported' || cause.kind === 'not-found' ? 'unsupported' : 'denied',
    publicMessage: `${host} does not give this account a list of its repositories.`,
    remedy:
      'Name the repositories of the connection in the field Repositories, or give credentials that may list them (registry:catalog:*).',
    cause,
  })
}

/** Whether the registry knows us all the same: then it is only the catalog that it refuses. */
async function isSignedIn(client: DistributionClient, signal?: AbortSignal): Promise<boolean> {
  try {
    await client.ping(signal)
    return true
  } catch {
    return false
  }
}

async function explain(client: DistributionClient, error: unknown, signal?: AbortSignal): Promise<unknown> {
  if (!isAppError(error)) return error
  if (error.code === 'catalog-unsupported' || error.kind === 'denied') {
    return error.code.startsWith('address-') || error.code.startsWith('realm-')
      ? error
      : notListed(client.host, error)
  }
  return error.kind === 'auth' && (await isSignedIn(client, signal)) ? notListed(client.host, error) : error
}

function isBelow(prefix: string, name: string): boolean {
  return prefix === '' || name === prefix || name.startsWith(`${prefix}/`)
}

/** The protocol says nothing of when a repository changed. */
const unrevised = (name: string): ListedRepository => ({ name, revision: null })

/**
 * The repositories that are named, or those of the catalog at or below the prefix.
 *
 * @throws AppError `repositories-not-listed` (denied, unsupported) where there is no catalog for us
 */
export async function* listRepositories(
  client: DistributionClient,
  wanted: { readonly prefix: string; readonly repositories: readonly string[] },
  options: {
    readonly cursor?: string | undefined
    readonly pageSize?: number
    readonly signal?: AbortSignal | undefined
  },
): AsyncGenerator<RepositoryPage> {
  if (wanted.repositories.length > 0) {
    yield { repositories: wanted.repositories.map(unrevised), nextCursor: null }
    return
  }
  try {
    for await (const page of client.catalog(options)) {
      const names = page.names.filter((name) => isBelow(wanted.prefix, name))
      yield { repositories: names.map(unrevised), nextCursor: page.next }
    }
  } catch (error) {
    throw await explain(client, error, options.signal)
  }
}

/** A tag with the digest that it points to; null when it left since it was listed. */
async function look(
  client: DistributionClient,
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

/** Tags with their digests: one request a page, and one HEAD a tag. The registry knows no push dates. */
export async function* listTags(
  client: DistributionClient,
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
