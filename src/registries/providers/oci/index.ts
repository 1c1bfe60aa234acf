/** Any registry of the OCI distribution protocol: distribution, Harbor, zot, and what has no provider of its own. */
import type { RegistryConnector, RegistryEnvironment, RegistryProvider } from '../../index.ts'
import { createConnector, createDistributionClient, openTransport, pacedHttp } from '../../index.ts'
import { checkSubject } from './check.ts'
import { description } from './description.ts'
import { notifications } from './notifications.ts'
import { productListing } from './product.ts'
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
  // Nothing is published of its limits: when it asks to slow down, all workers do.
  const http = pacedHttp(openTransport(transport, environment), environment, { bucketOf: () => 'registry' })
  const options = { ...clientOptions(settings, environment), http }
  const client = createDistributionClient(options)
  return createConnector({
    environment,
    http,
    client,
    insecure: plainHttp || !verifyTls,
    listing: productListing({ client, http, environment, settings }),
    checkSubject() {
      const probe = createDistributionClient({ ...options, attempts: 1 })
      return checkSubject({ client: probe, http, environment, settings })
    },
  })
}

export const ociProvider: RegistryProvider = {
  description,
  notifications,
  open: (settings, environment) => connect(readSettings(settings), environment),
}
