import type { ImageSource } from '../images/index.ts'
import type { HttpClient } from '../platform/http/index.ts'
import type { DistributionClient } from './distribution/client.ts'
import { imageSource } from './distribution/image-source.ts'
import type {
  CheckStep,
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

export interface ConnectorParts {
  readonly environment: Pick<RegistryEnvironment, 'signal'>
  /** Closed with the connector. */
  readonly http: HttpClient
  /** What images are pulled with. */
  readonly client: DistributionClient
  readonly insecure: boolean
  readonly listing: PlatformListing
  check(signal: AbortSignal | undefined): Promise<readonly CheckStep[]>
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
  return {
    host: client.host,
    insecure: parts.insecure,
    check: (signal) => parts.check(within(signal)),
    repositories: (options) => listing.repositories(bounded(options)),
    tags: (repository, options) => listing.tags(repository, bounded(options)),
    ...(contents === undefined ? {} : { contents: (options) => contents(bounded(options)) }),
    resolve: (repository, tag, signal): Promise<ResolvedTag> =>
      client.headManifest(repository, tag, within(signal)),
    source: (repository) => boundedSource(imageSource(client, repository), within),
    close: () => http.close(),
  }
}

function boundedSource(
  source: ImageSource,
  within: (signal?: AbortSignal) => AbortSignal | undefined,
): ImageSource {
  return {
    name: source.name,
    manifest: (reference, signal) => source.manifest(reference, within(signal)),
    blob: (descriptor, signal) => source.blob(descriptor, within(signal)),
  }
}
