/**
 * JFrog Artifactory: one Docker or OCI repository of one deployment. Everything in it is found by a search with dates and digests;
 * without the right to search by the registry protocol, by which images are pulled in any case.
 */
import type { HttpClient } from '../../../platform/http/index.ts'
import {
  type ApiClient,
  checkedRepository,
  type ContentPage,
  createApiClient,
  createConnector,
  createDistributionClient,
  type DistributionClient,
  type ListingOptions,
  openTransport,
  pacedHttp,
  type RegistryConnector,
  type RegistryEnvironment,
  type RegistryProvider,
  repositoryNotFound,
  type TagPage,
} from '../../index.ts'
import { type Checked, checkSubject } from './check.ts'
import { description } from './description.ts'
import { explain } from './explain.ts'
import { isSearchRefused, type Listed, listContents, listTags } from './listing.ts'
import {
  isNativeCursor,
  listContents as listNativeContents,
  listRepositories,
  listTags as listNativeTags,
} from './native.ts'
import { notifications } from './notifications.ts'
import type { DockerPlace } from './place.ts'
import { repositoryKind } from './repository.ts'
import { type JfrogSettings, readSettings } from './schema.ts'
import { apiAuthorization, dockerCredentials, signedIn } from './sign-in.ts'

interface Way {
  readonly http: HttpClient
  readonly clock: RegistryEnvironment['clock']
  readonly attempts?: number
  readonly signal?: AbortSignal | undefined
}

function apiOf(settings: JfrogSettings, way: Way): ApiClient {
  const { domain, repository } = settings
  const authorization = apiAuthorization(settings)
  return createApiClient({
    ...way,
    origin: `https://${domain}`,
    authorization: () => Promise.resolve(authorization),
    explain: (refusal) => explain(domain, repository, refusal),
  })
}

function clientOf(settings: JfrogSettings, way: Way, { host }: DockerPlace): DistributionClient {
  return createDistributionClient({
    ...way,
    host,
    credentials: dockerCredentials(settings),
    // By a subdomain or a port, the token server is that of the domain.
    realmHosts: [new URL(`https://${settings.domain}`).hostname],
  })
}

/** All that talks to one repository. */
interface Deployment extends Checked {
  readonly client: DistributionClient
}

function openDeployment(settings: JfrogSettings, way: Way): Deployment {
  const api = apiOf(settings, way)
  const client = clientOf(settings, way, settings.docker)
  const { repository: key, docker } = settings
  const { prefix } = docker
  let listed: Promise<Listed> | undefined
  const find = async (): Promise<Listed> => {
    try {
      return { api, prefix, kind: await repositoryKind(api, key, way.signal) }
    } catch (error) {
      listed = undefined
      throw error
    }
  }
  return {
    settings,
    client,
    listed: () => (listed ??= find()),
    native: { api, client, key, prefix },
    clientAt: (place) => (place === docker ? client : clientOf(settings, way, place)),
  }
}

async function* contents(
  { listed, native }: Deployment,
  options: ListingOptions,
): AsyncGenerator<ContentPage> {
  const known = await listed()
  if (!isNativeCursor(options.cursor)) {
    try {
      yield* listContents(known, options)
      return
    } catch (error) {
      if (!isSearchRefused(error)) throw error
    }
  }
  const cursor = isNativeCursor(options.cursor) ? options.cursor : undefined
  yield* listNativeContents(native, { cursor, signal: options.signal })
}

async function* tags(
  { listed, native }: Deployment,
  repository: string,
  options: ListingOptions,
): AsyncGenerator<TagPage> {
  const known = await listed()
  const { cursor } = options
  if (cursor === undefined || new URLSearchParams(cursor).has('after')) {
    try {
      yield* listTags(known, repository, options)
      return
    } catch (error) {
      if (!isSearchRefused(error)) throw error
    }
  }
  yield* listNativeTags(native, repository, options)
}

function connect(settings: JfrogSettings, environment: RegistryEnvironment): RegistryConnector {
  const { transport, docker } = settings
  const paced = pacedHttp(openTransport(transport, environment), environment, {
    bucketOf: (url) => (url.pathname === '/artifactory/api/search/aql' ? 'search' : 'registry'),
  })
  const { clock, signal } = environment
  const http = signedIn(paced)
  const deployment = openDeployment(settings, { http, clock, signal })
  const named = (repository: string): string => {
    const name = checkedRepository(repository)
    if (name.startsWith(docker.prefix)) return name
    throw repositoryNotFound(docker.host, name)
  }
  return createConnector({
    environment,
    http,
    client: deployment.client,
    insecure: transport.skipTlsVerification,
    listing: {
      repositories: (options) => listRepositories(deployment.native, options),
      tags: (repository, options) => tags(deployment, named(repository), options),
      contents: (options) => contents(deployment, options),
    },
    checkSubject: (inner) =>
      checkSubject(openDeployment(settings, { http: signedIn(paced), clock, attempts: 1, signal: inner })),
  })
}

export const jfrogProvider: RegistryProvider = {
  description,
  notifications,
  open: (settings, environment) => connect(readSettings(settings), environment),
}
