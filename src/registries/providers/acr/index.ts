/**
 * Azure Container Registry: its three clouds, how Microsoft Entra ID and the registry sign an application in, and its listings
 * with dates. Images are pulled by the registry protocol with the registry's own tokens.
 */
import type { HttpClient } from '../../../platform/http/index.ts'
import {
  type ApiClient,
  type CheckSubject,
  checkConnection,
  checkedRepository,
  createApiClient,
  createConnector,
  createDistributionClient,
  type DistributionClient,
  openTransport,
  type RegistryConnector,
  type RegistryEnvironment,
  type RegistryProvider,
  pacedHttp,
} from '../../index.ts'
import { ambientIdentity } from './ambient.ts'
import { description } from './description.ts'
import { servicePrincipal } from './entra.ts'
import { explain } from './explain.ts'
import { listRepositories, listTags } from './listing.ts'
import { namedHost } from './named-host.ts'
import { notifications } from './notifications.ts'
import { pullHttp } from './pull-http.ts'
import { catalogScope, createScopedTokens, metadataScope } from './scoped-tokens.ts'
import { type AcrSettings, readSettings } from './schema.ts'
import { createRegistryTokens, type RegistryTokens } from './tokens.ts'

interface Way {
  readonly http: HttpClient
  readonly clock: RegistryEnvironment['clock']
  readonly attempts?: number
  readonly signal?: AbortSignal | undefined
}

/** All that talks to one registry, signed in once. */
interface Registry {
  readonly tokens: RegistryTokens
  readonly client: DistributionClient
  readonly catalog: ApiClient
  metadata(repository: string): ApiClient
  expect(repositories: readonly string[]): void
}

function openRegistry(settings: AcrSettings, way: Way): Registry {
  const { host, identity, cloud } = settings
  const signIn =
    identity.kind === 'ambient'
      ? ambientIdentity(identity, cloud, way.signal)
      : servicePrincipal(identity, { ...way, cloud })
  const tokens = createRegistryTokens({ ...way, host, signIn, tenantId: identity.tenantId })
  const scoped = createScopedTokens({ host, clock: way.clock }, tokens)
  const api = (scope: string): ApiClient =>
    createApiClient({
      ...way,
      origin: `https://${host}`,
      explain: (refusal) => explain(host, refusal),
      authorization: (refused) => scoped.authorization(scope, refused),
    })
  return {
    tokens,
    client: createDistributionClient({
      ...way,
      http: pullHttp(way.http, host),
      host,
      async credentials(refused) {
        const used = refused && 'identityToken' in refused ? refused.identityToken : undefined
        const { value, renewAt } = await tokens.refresh(used)
        return { credentials: { identityToken: value }, renewAt }
      },
    }),
    catalog: api(catalogScope),
    metadata: (repository) => api(metadataScope(checkedRepository(repository))),
    expect: (repositories) => scoped.expect(repositories.map(metadataScope)),
  }
}

const excesses = ['write', 'delete', '*']

function subjectOf(settings: AcrSettings, registry: Registry): CheckSubject {
  return {
    host: settings.host,
    plainHttp: false,
    verifyTls: !settings.transport.skipTlsVerification,
    hasCredentials: true,
    async signIn() {
      await registry.tokens.refresh()
      return { signedIn: true }
    },
    async excessRights() {
      const { actions } = await registry.tokens.refresh()
      return actions.some((action) => excesses.includes(action))
        ? 'may also push or delete images'
        : undefined
    },
    async firstRepository(signal) {
      for await (const { repositories } of listRepositories(registry.catalog, { pageSize: 1, signal }))
        return repositories[0]?.name
      return undefined
    },
    async pull(repository, signal) {
      for await (const { tags } of listTags(registry.metadata(repository), repository, {
        pageSize: 1,
        signal,
      })) {
        const [tag] = tags
        if (tag === undefined) return undefined
        await registry.client.headManifest(repository, tag.name, signal)
        return `${repository}:${tag.name}`
      }
      return undefined
    },
  }
}

function connect(settings: AcrSettings, environment: RegistryEnvironment): RegistryConnector {
  const { transport, cloud } = settings
  const paced = pacedHttp(openTransport(transport, environment), environment.budget, {
    bucketOf: (url) =>
      url.hostname === cloud.authority ? undefined : url.pathname.startsWith('/oauth2/') ? 'sign-in' : 'read',
  })
  const http = namedHost(paced, settings)
  const { clock, signal } = environment
  const registry = openRegistry(settings, { http, clock, signal })
  return createConnector({
    environment,
    http,
    client: registry.client,
    insecure: transport.skipTlsVerification,
    listing: {
      async *repositories(options) {
        for await (const page of listRepositories(registry.catalog, options)) {
          registry.expect(page.repositories.map(({ name }) => name))
          yield page
        }
      },
      tags: (repository, options) => listTags(registry.metadata(repository), repository, options),
    },
    check: (inner) =>
      checkConnection(
        subjectOf(settings, openRegistry(settings, { http, clock, attempts: 1, signal: inner })),
        inner,
      ),
  })
}

export const acrProvider: RegistryProvider = {
  description,
  notifications,
  open: (settings, environment) =>
    connect(readSettings(settings, environment.allowAmbientCredentials ?? false), environment),
}
