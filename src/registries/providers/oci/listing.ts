import { AppError, isAppError } from '../../../core/index.ts'
import {
  type DistributionClient,
  type ListedRepository,
  type PlatformListing,
  type RepositoryPage,
  tagsByHead,
} from '../../index.ts'

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

/** Refused by this server, which sent nothing: the registry has not spoken. */
function isOwnRefusal({ code }: AppError): boolean {
  return /^(address|realm|insecure|proxy)-/.test(code)
}

async function explain(client: DistributionClient, error: unknown, signal?: AbortSignal): Promise<unknown> {
  if (!isAppError(error)) return error
  if (error.code === 'catalog-unsupported' || error.kind === 'denied') {
    return isOwnRefusal(error) ? error : notListed(client.host, error)
  }
  return error.kind === 'auth' && (await isSignedIn(client, signal)) ? notListed(client.host, error) : error
}

export function isBelow(prefix: string, name: string): boolean {
  return prefix === '' || name === prefix || name.startsWith(`${prefix}/`)
}

/** The protocol says nothing of when a repository changed. */
export const unrevised = (name: string): ListedRepository => ({ name, revision: null })

/**
 * The repositories of the catalog at or below the prefix.
 *
 * @throws AppError `repositories-not-listed` (denied, unsupported) where there is no catalog for us
 */
async function* listRepositories(
  client: DistributionClient,
  prefix: string,
  options: {
    readonly cursor?: string | undefined
    readonly pageSize?: number
    readonly signal?: AbortSignal | undefined
  },
): AsyncGenerator<RepositoryPage> {
  try {
    for await (const page of client.catalog(options)) {
      const names = page.names.filter((name) => isBelow(prefix, name))
      yield { repositories: names.map(unrevised), nextCursor: page.next }
    }
  } catch (error) {
    throw await explain(client, error, options.signal)
  }
}

/** What every registry answers: names from the catalog, and one HEAD for each tag. */
export function protocolListing(client: DistributionClient, prefix: string): PlatformListing {
  return {
    repositories: (options) => listRepositories(client, prefix, options),
    tags: (repository, options) => tagsByHead(client, repository, options),
  }
}
