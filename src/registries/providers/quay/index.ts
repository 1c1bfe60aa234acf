/**
 * Quay.io and Quay servers of one's own. Knows their API for lists, and that it answers everybody, so that a token which is not
 * accepted must be noticed from the answers.
 */
import {
  createApiClient,
  createConnector,
  createDistributionClient,
  openTransport,
  type RegistryConnector,
  type RegistryCredentials,
  type RegistryEnvironment,
  type RegistryProvider,
} from '../../index.ts'
import { Secret } from '../../../core/index.ts'
import { checkSubject } from './check.ts'
import { description } from './description.ts'
import { quayHttp } from './http.ts'
import { listRepositories, listTags } from './listing.ts'
import { notifications } from './notifications.ts'
import { type QuaySettings, readSettings } from './schema.ts'

function connect(settings: QuaySettings, environment: RegistryEnvironment): RegistryConnector {
  const { clock } = environment
  const { host, plainHttp, origin, transport } = settings
  const http = quayHttp(openTransport(transport, environment), settings, environment)
  // At the registry the token is a password of a user by this name (quay/quay, auth/credential_consts.py).
  const credentials: RegistryCredentials = { username: '$oauthtoken', password: settings.token }
  const bearer = new Secret(`Bearer ${settings.token.reveal()}`)
  const parts = (attempts?: number) => {
    const tries = attempts === undefined ? {} : { attempts }
    return {
      api: createApiClient({ http, clock, origin, authorization: async () => bearer, ...tries }),
      client: createDistributionClient({ http, host, plainHttp, clock, credentials, ...tries }),
      settings,
      now: () => clock.now(),
    }
  }
  const listing = parts()
  return createConnector({
    environment,
    http,
    client: listing.client,
    insecure: plainHttp || transport.skipTlsVerification,
    listing: {
      repositories: (options) => listRepositories(listing, options),
      tags: (repository, options) => listTags(listing, repository, options),
    },
    checkSubject: () => checkSubject({ ...parts(1), http, credentials }),
  })
}

export const quayProvider: RegistryProvider = {
  description,
  notifications,
  open: (settings, environment) => connect(readSettings(settings), environment),
}
