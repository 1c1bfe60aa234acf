import type { Readable } from 'node:stream'
import type { Clock, Digest } from '../../core/index.ts'
import type { BlobDescriptor, RawManifest } from '../../images/index.ts'
import type { HttpClient, HttpResponse } from '../../platform/http/index.ts'
import { blob, type BlobOptions } from './blob.ts'
import { catalog } from './catalog.ts'
import { createCredentialKeeper, type CredentialSource } from './credential-keeper.ts'
import type { RegistryCredentials } from './credentials.ts'
import { registryAddress } from './hosts.ts'
import { headManifest, manifest, type ManifestHead } from './manifest.ts'
import { checkedRepository } from './names.ts'
import type { ListOptions, Page } from './pages.ts'
import { ping, type PingResult, type RegistryTraits } from './ping.ts'
import { referrers } from './referrers.ts'
import { pullScope } from './scope.ts'
import { createSession } from './session.ts'
import { tags } from './tags.ts'

export interface DistributionClientOptions {
  /** Stays the caller's: closing it ends what is under way. */
  readonly http: HttpClient
  /** `host` or `host:port`, as references name it; `docker.io` is known to answer at another host. */
  readonly host: string
  /** Speak HTTP without TLS; also lets the token server do so. Default false. */
  readonly plainHttp?: boolean
  /**
   * Without them everything is asked for anonymously; with them nothing ever is, once the registry asks.
   * Those that end are given as a source, which is asked again in time.
   */
  readonly credentials?: RegistryCredentials | CredentialSource
  /** Other hosts that may be named as token server and receive the credentials. */
  readonly realmHosts?: readonly string[]
  readonly clock: Clock
  /** Tries of each request; default: what the HTTP client does. */
  readonly attempts?: number
}

/** A GET beside the protocol's own requests, at the same host and signed in to alike. */
export interface ExtensionRequest {
  /** Path and query below the origin. */
  readonly path: string
  /** What a token must let us pull; undefined: it is about no repository. */
  readonly repository?: string
  /** Repositories, this one among them, that one token is to do for; the same for all of them, or each gets its own. */
  readonly together?: readonly string[] | undefined
  /** Statuses that the caller can read; default 200. */
  readonly expected?: readonly number[]
  readonly signal?: AbortSignal | undefined
}

/** One registry. Keeps nothing but how to sign in and its tokens; safe to use many times at once. */
export interface DistributionClient {
  readonly host: string
  ping(signal?: AbortSignal): Promise<PingResult>
  /** What shows of the product behind the protocol, so far as the registry has answered; nothing is asked for it. */
  traits(): RegistryTraits
  manifest(repository: string, reference: string, signal?: AbortSignal): Promise<RawManifest>
  headManifest(repository: string, reference: string, signal?: AbortSignal): Promise<ManifestHead>
  /** undefined: the registry keeps no such list. */
  referrers(repository: string, digest: Digest, signal?: AbortSignal): Promise<RawManifest | undefined>
  blob(repository: string, descriptor: BlobDescriptor, options?: BlobOptions): Promise<Readable>
  tags(repository: string, options?: ListOptions): AsyncIterable<Page>
  catalog(options?: ListOptions): AsyncIterable<Page>
  /** @throws AppError for every status that is not expected, as for a list of tags */
  extension(request: ExtensionRequest): Promise<HttpResponse>
}

/**
 * A client of the OCI distribution protocol.
 *
 * @example
 * const client = createDistributionClient({ http, clock: systemClock, host: 'registry.example.com' })
 * for await (const page of client.tags('acme/api')) console.log(page.names)
 * @throws AppError `registry-host-invalid` (invalid)
 */
export function createDistributionClient(options: DistributionClientOptions): DistributionClient {
  const { http, clock, attempts } = options
  const credentials = createCredentialKeeper(options.credentials, clock)
  const address = registryAddress(options.host, options.plainHttp ?? false, options.realmHosts ?? [])
  const session = createSession({ http, clock, address, credentials, attempts })
  let exposed = ''
  return {
    host: address.host,
    async ping(signal) {
      const { result, headerNames } = await ping(session, credentials.present, signal)
      exposed = headerNames
      return result
    },
    traits: () => ({ service: session.service(), headersForBrowsers: exposed }),
    manifest: (repository, reference, signal) => manifest(session, repository, reference, signal),
    headManifest: (repository, reference, signal) => headManifest(session, repository, reference, signal),
    referrers: (repository, digest, signal) => referrers(session, repository, digest, signal),
    blob: (repository, descriptor, blobOptions) =>
      blob({ session, clock }, repository, descriptor, blobOptions),
    tags: (repository, listOptions) => tags(session, repository, listOptions),
    catalog: (listOptions) => catalog(session, listOptions),
    extension({ path, repository, together, expected, signal }) {
      const name = repository === undefined ? undefined : checkedRepository(repository)
      const scope = name === undefined ? '' : pullScope(name)
      const tokenScope = together?.map((each) => pullScope(checkedRepository(each))).join(' ')
      return session.send({ method: 'GET', path, target: 'tags', scope, tokenScope, name, signal }, expected)
    },
  }
}
