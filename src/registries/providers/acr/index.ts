/**
 * Azure Container Registry: its three clouds, how Microsoft Entra ID and the registry sign an application in, and its listings
 * with dates. Images are pulled by the registry protocol with the registry's own tokens.
 */
import {
  type CheckSubject,
  createConnector,
  openTransport,
  pacedHttp,
  type RegistryConnector,
  type RegistryEnvironment,
  type RegistryProvider,
  type RepositoryPage,
} from '../../index.ts'
import { description } from './description.ts'
import { listRepositories, listTags } from './listing.ts'
import { namedHost } from './named-host.ts'
import { notifications } from './notifications.ts'
import { openRegistry, type Registry } from './registry.ts'
import { type AcrSettings, readSettings } from './schema.ts'

function checkSubject(settings: AcrSettings, registry: Registry): CheckSubject {
  return {
    host: settings.host,
    plainHttp: false,
    verifyTls: !settings.transport.skipTlsVerification,
    hasCredentials: true,
    async signIn() {
      await registry.signIn()
      return { signedIn: true }
    },
    excessRights: async (signal) =>
      (await registry.mayWrite(signal)) ? 'may also push or delete images' : undefined,
    async firstRepository(signal) {
      const options = { pageSize: 1, signal }
      for await (const { repositories } of repositoriesOf(settings, registry, options))
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

/** Those that the form names; without any, all that the registry lists. */
async function* repositoriesOf(
  { repositories: names }: AcrSettings,
  registry: Registry,
  options: Parameters<typeof listRepositories>[1],
): AsyncGenerator<RepositoryPage> {
  const named = { repositories: names.map((name) => ({ name, revision: null })), nextCursor: null }
  for await (const page of names.length > 0 ? [named] : listRepositories(registry.catalog, options)) {
    registry.expect(page.repositories.map(({ name }) => name))
    yield page
  }
}

function connect(settings: AcrSettings, environment: RegistryEnvironment): RegistryConnector {
  const { transport, cloud } = settings
  const paced = pacedHttp(openTransport(transport, environment), environment, {
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
      repositories: (options) => repositoriesOf(settings, registry, options),
      tags: (repository, options) => listTags(registry.metadata(repository), repository, options),
    },
    checkSubject: (inner) =>
      checkSubject(settings, openRegistry(settings, { http, clock, attempts: 1, signal: inner })),
  })
}

export const acrProvider: RegistryProvider = {
  description,
  notifications,
  open: (settings, environment) =>
    connect(readSettings(settings, environment.allowAmbientCredentials ?? false), environment),
}
