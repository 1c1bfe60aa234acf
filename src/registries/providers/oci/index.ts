/** Any registry of the OCI distribution protocol: distribution, Harbor, zot, and what has no provider of its own. */
import type { RegistryConnector, RegistryEnvironment, RegistryProvider } from '../../index.ts'
import {
  checkConnection,
  createConnector,
  createDistributionClient,
  type DistributionClient,
  distributionCheck,
  openTransport,
  tagsByHead,
} from '../../index.ts'
import { description } from './description.ts'
import { listRepositories } from './listing.ts'
import { type OciSettings, readSettings } from './schema.ts'

function clientOptions(settings: OciSettings, environment: RegistryEnvironment) {
  const { host, plainHttp, credentials, signInHost } = settings
  return {
    host,
    plainHttp,
    clock: environment.clock,
    ...(credentials ? { credentials } : {}),
    ...(signInHost === undefined ? {} : { realmHosts: [signInHost] }),
  }
}

async function firstRepository(
  client: DistributionClient,
  settings: OciSettings,
  signal?: AbortSignal,
): Promise<string | undefined> {
  for await (const { repositories } of listRepositories(client, settings, { signal })) {
    if (repositories[0] !== undefined) return repositories[0].name
  }
  return undefined
}

function connect(settings: OciSettings, environment: RegistryEnvironment): RegistryConnector {
  const { plainHttp, transport } = settings
  const verifyTls = !transport.skipTlsVerification
  const http = openTransport(transport, environment)
  const options = { ...clientOptions(settings, environment), http }
  const client = createDistributionClient(options)
  return createConnector({
    environment,
    http,
    client,
    insecure: plainHttp || !verifyTls,
    listing: {
      repositories: (listing) => listRepositories(client, settings, listing),
      tags: (repository, listing) => tagsByHead(client, repository, listing),
    },
    check(signal) {
      const probe = createDistributionClient({ ...options, attempts: 1 })
      const subject = {
        ...distributionCheck(probe),
        plainHttp,
        verifyTls,
        hasCredentials: settings.credentials !== undefined,
        firstRepository: (inner?: AbortSignal) => firstRepository(probe, settings, inner),
      }
      return checkConnection(subject, signal)
    },
  })
}

export const ociProvider: RegistryProvider = {
  description,
  notifications: null,
  open: (settings, environment) => connect(readSettings(settings), environment),
}
