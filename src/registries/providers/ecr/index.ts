/**
 * Private registries of Amazon ECR: its API by the SDK for what is there, the registry protocol for pulling. Knows AWS's
 * partitions, keys and roles, and what its errors mean.
 */
import {
  createConnector,
  createDistributionClient,
  openTransport,
  pacedHttp,
  type RegistryConnector,
  type RegistryEnvironment,
  type RegistryProvider,
} from '../../index.ts'
import { createEcrApi } from './api.ts'
import type { CallerOptions } from './caller.ts'
import { checkSubject } from './check.ts'
import { description } from './description.ts'
import { ecrListing } from './listing.ts'
import { notifications } from './notifications.ts'
import { registryHost } from './partitions.ts'
import { registryPassword } from './password.ts'
import { type EcrSettings, readSettings } from './schema.ts'

/** @param wait stands in for the clock between tries of what was throttled */
export function connect(
  settings: EcrSettings,
  environment: RegistryEnvironment,
  wait?: CallerOptions['wait'],
): RegistryConnector {
  const { clock, budget } = environment
  const host = registryHost(settings)
  const http = openTransport(settings.transport, environment)
  const paced = pacedHttp(http, environment, {
    bucketOf: ({ hostname }) =>
      hostname === host ? 'registry' : hostname.includes('ecr') ? 'api' : undefined,
  })
  const verifyTls = !settings.transport.skipTlsVerification

  /** A check asks once: a person waits. */
  function open(attempts?: 1) {
    const tries = attempts === undefined ? {} : { attempts }
    const api = createEcrApi({ settings, http: paced, clock, budget, ...tries, ...(wait ? { wait } : {}) })
    const credentials = registryPassword(api, clock, host)
    return { api, client: createDistributionClient({ http: paced, host, clock, credentials, ...tries }) }
  }

  const { api, client } = open()
  return createConnector({
    environment,
    http,
    client,
    insecure: !verifyTls,
    listing: ecrListing(api, host),
    checkSubject: () => checkSubject({ ...open(1), verifyTls }),
  })
}

export const ecrProvider: RegistryProvider = {
  description,
  notifications,
  open: (settings, environment) =>
    connect(readSettings(settings, environment.allowAmbientCredentials ?? false), environment),
}
