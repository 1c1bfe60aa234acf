/** Any registry of the OCI distribution protocol: distribution, Harbor, zot, and what has no provider of its own. */
import type { RegistryConnector, RegistryEnvironment, RegistryProvider } from '../../index.ts'
import {
  checkConnection,
  createConnector,
  createDistributionClient,
  distributionCheck,
  openTransport,
  type PlatformListing,
} from '../../index.ts'
import { description } from './description.ts'
import { notifications } from './notifications.ts'
import { firstContact, productListing } from './product.ts'
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
    listing: productListing({ client, http, environment, settings }),
    check(signal) {
      const probe = createDistributionClient({ ...options, attempts: 1 })
      let contact: ReturnType<typeof firstContact> | undefined
      const greet = (inner?: AbortSignal) => (contact ??= firstContact(probe, settings, inner))
      const listing = productListing({ client: probe, http, environment, settings, attempts: 1, greet })
      const subject = {
        ...distributionCheck(probe),
        signIn: greet,
        plainHttp,
        verifyTls,
        hasCredentials: settings.credentials !== undefined,
        firstRepository: (inner?: AbortSignal) => firstRepository(listing, inner),
      }
      return checkConnection(subject, signal)
    },
  })
}

async function firstRepository(listing: PlatformListing, signal?: AbortSignal): Promise<string | undefined> {
  for await (const { repositories } of listing.repositories({ signal })) {
    if (repositories[0] !== undefined) return repositories[0].name
  }
  return undefined
}

export const ociProvider: RegistryProvider = {
  description,
  notifications,
  open: (settings, environment) => connect(readSettings(settings), environment),
}
