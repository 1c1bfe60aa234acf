/** Any registry of the OCI distribution protocol: distribution, Harbor, zot, and what has no provider of its own. */
import type { RegistryConnector, RegistryEnvironment, RegistryProvider } from '../../index.ts'
import { checkConnection, createDistributionClient, imageSource } from '../../index.ts'
import { description } from './description.ts'
import { listRepositories, listTags } from './listing.ts'
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
  const { plainHttp, verifyTls, ca } = settings
  const http = environment.http({ verifyTls, ...(ca === undefined ? {} : { ca }) })
  const options = { ...clientOptions(settings, environment), http }
  const client = createDistributionClient(options)
  const within = (signal?: AbortSignal): AbortSignal | undefined => {
    const signals = [environment.signal, signal].filter((one) => one !== undefined)
    return signals.length > 1 ? AbortSignal.any(signals) : signals[0]
  }
  return {
    host: client.host,
    insecure: plainHttp || !verifyTls,
    check(signal) {
      const probe = createDistributionClient({ ...options, attempts: 1 })
      const subject = {
        client: probe,
        plainHttp,
        verifyTls,
        hasCredentials: settings.credentials !== undefined,
        firstRepository: async (inner?: AbortSignal) => {
          for await (const { names } of listRepositories(probe, settings, { signal: inner })) {
            if (names[0] !== undefined) return names[0]
          }
          return undefined
        },
      }
      return checkConnection(subject, within(signal))
    },
    repositories: (cursor, signal) => listRepositories(client, settings, { cursor, signal: within(signal) }),
    tags: (repository, cursor, signal) => listTags(client, repository, { cursor, signal: within(signal) }),
    resolve: (repository, tag, signal) => client.headManifest(repository, tag, within(signal)),
    source(repository) {
      const source = imageSource(client, repository)
      return {
        name: source.name,
        manifest: (reference, signal) => source.manifest(reference, within(signal)),
        blob: (descriptor, signal) => source.blob(descriptor, within(signal)),
      }
    },
    close: () => http.close(),
  }
}

export const ociProvider: RegistryProvider = {
  description,
  open: (settings, environment) => connect(readSettings(settings), environment),
}
