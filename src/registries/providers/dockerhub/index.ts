/**
 * Docker Hub: people, organizations and the official images. Knows its own API (hub.docker.com) for lists, and that pulls go
 * to another host (registry-1.docker.io), are counted, and are signed in to at a third (auth.docker.io).
 */
import type { RegistryConnector, RegistryEnvironment, RegistryProvider } from '../../index.ts'
import { createConnector, createDistributionClient, openTransport } from '../../index.ts'
import { checkSubject } from './check.ts'
import { description } from './description.ts'
import { createHub } from './hub.ts'
import { hubHttp } from './http.ts'
import { listRepositories } from './listing.ts'
import { notifications } from './notifications.ts'
import { type HubSettings, readSettings } from './schema.ts'
import { listTags } from './tags.ts'

/** As references name it; the protocol is spoken at registry-1.docker.io. */
const HOST = 'docker.io'

function connect(settings: HubSettings, environment: RegistryEnvironment): RegistryConnector {
  const { clock } = environment
  const http = hubHttp(openTransport(settings.transport, environment), settings, environment)
  const parts = (attempts?: number) => {
    const tries = attempts === undefined ? {} : { attempts }
    const { credentials } = settings
    return {
      hub: createHub(http, settings, { clock, ...tries }),
      client: createDistributionClient({ http, host: HOST, clock, credentials, ...tries }),
      settings,
      now: () => clock.now(),
    }
  }
  const listing = parts()
  return createConnector({
    environment,
    http,
    client: listing.client,
    insecure: settings.transport.skipTlsVerification,
    listing: {
      repositories: (options) => listRepositories(listing, options),
      tags: (repository, options) => listTags(listing, repository, options),
    },
    checkSubject: () => checkSubject({ ...parts(1), http }),
  })
}

export const dockerhubProvider: RegistryProvider = {
  description,
  notifications,
  open: (settings, environment) => connect(readSettings(settings), environment),
}
