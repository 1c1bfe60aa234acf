import type { ImageSource } from '../images/index.ts'
import type { HttpClient } from '../platform/http/index.ts'
import { checkConnection, type CheckSubject } from './check.ts'
import type { DistributionClient } from './distribution/client.ts'
import { imageSource } from './distribution/image-source.ts'
import { placeOf } from './places.ts'
import type {
  ContentPage,
  ListingOptions,
  RegistryConnector,
  RegistryEnvironment,
  RepositoryPage,
  ResolvedTag,
  TagPage,
} from './ports.ts'

/** How one platform lists; each method gets a signal that also ends with the connector's surroundings. */
export interface PlatformListing {
  repositories(options: ListingOptions): AsyncIterable<RepositoryPage>
  tags(repository: string, options: ListingOptions): AsyncIterable<TagPage>
  contents?(options: ListingOptions): AsyncIterable<ContentPage>
}

/** One client for each host that names begin with (`RegistryConnector.spansHosts`). */
export interface HostClients {
  /** Stands for all of them. */
  readonly host: string
  /** @throws AppError for a host that is none of this connection's */
  at(host: string): DistributionClient
}

export interface ConnectorParts {
  readonly environment: Pick<RegistryEnvironment, 'signal'>
  /** Closed with the connector. */
  readonly http: HttpClient
  /** What images are pulled with. */
  readonly client: DistributionClient | HostClients
  readonly insecure: boolean
  readonly listing: PlatformListing
  /** What a check tries, made for that check: one attempt of each request, since a person waits. */
  checkSubject(signal: AbortSignal | undefined): CheckSubject
}

/** A connector of a platform's own listing and the registry protocol, which all platforms pull by. */
export function createConnector(parts: ConnectorParts): RegistryConnector {
  const { client, http, listing, environment } = parts
  const within = (signal?: AbortSignal): AbortSignal | undefined => {
    const signals = [environment.signal, signal].filter((one) => one !== undefined)
    return signals.length > 1 ? AbortSignal.any(signals) : signals[0]
  }
  const bounded = (options: ListingOptions = {}): ListingOptions => ({
    ...options,
    signal: within(options.signal),
  })
  const contents = listing.contents?.bind(listing)
  const spansHosts = 'at' in client
  /** Who has a repository, and what it is called there. */
  const located = (name: string): { readonly at: DistributionClient; readonly path: string } => {
    if (!spansHosts) return { at: client, path: name }
    const { host, path } = placeOf({ host: client.host, spansHosts }, name)
    return { at: client.at(host), path }
  }
  return {
    host: client.host,
    ...(spansHosts ? { spansHosts } : {}),
    insecure: parts.insecure,
    async check({ signal, onStep } = {}) {
      const bounds = within(signal)
      return checkConnection(parts.checkSubject(bounds), { signal: bounds, onStep })
    },
    repositories: (options) => listing.repositories(bounded(options)),
    tags: (repository, options) => listing.tags(repository, bounded(options)),
    ...(contents === undefined ? {} : { contents: (options) => contents(bounded(options)) }),
    async resolve(repository, tag, signal): Promise<ResolvedTag> {
      const { at, path } = located(repository)
      return at.headManifest(path, tag, within(signal))
    },
    source(repository) {
      const { at, path } = located(repository)
      return boundedSource(imageSource(at, path), within)
    },
    close: () => http.close(),
  }
}

function boundedSource(
  source: ImageSource,
  within: (signal?: AbortSignal) => AbortSignal | undefined,
): ImageSource {
  const referrers = source.referrers?.bind(source)
  return {
    name: source.name,
    manifest: (reference, signal) => source.manifest(reference, within(signal)),
    blob: (descriptor, signal) => source.blob(descriptor, within(signal)),
    ...(referrers === undefined ? {} : { referrers: (digest, signal) => referrers(digest, within(signal)) }),
  }
}
