/** GitLab's container registry: repositories by GitLab's API, tags and images by the registry at a host of its own. */
import { isAppError } from '../../../core/index.ts'
import {
  createConnector,
  createDistributionClient,
  distributionCheck,
  openTransport,
  pacedHttp,
  type RegistryConnector,
  type RegistryEnvironment,
  type RegistryProvider,
  stopAfterRefusal,
  withRemedy,
} from '../../index.ts'
import { openApi, pullingScopes, scopeMissing, tokenScopes, toldLimit } from './api.ts'
import { description } from './description.ts'
import { createJudge } from './judge.ts'
import { createListing } from './listing.ts'
import { notifications } from './notifications.ts'
import { repositoriesBelow } from './places.ts'
import { createRevisions } from './revisions.ts'
import { type GitlabSettings, readSettings } from './schema.ts'

/** Scopes that may do more than read. */
function excess(scopes: readonly string[] | undefined): string | undefined {
  const more = scopes?.filter((scope) => !/^(?:read_|openid$|profile$|email$)/.test(scope)) ?? []
  return more.length === 0 ? undefined : `they may do more than read (${more.join(', ')})`
}

/** The registry names its GitLab when it asks to sign in; the token goes to the one in the form only. */
function elsewhere(error: unknown, gitlabUrl: string): unknown {
  if (!isAppError(error) || !['realm-untrusted', 'realm-insecure'].includes(error.code)) return error
  return withRemedy(
    error,
    `The registry belongs to another GitLab than ${gitlabUrl}: correct GitLab URL or Registry URL.`,
  )
}

function openHttp(settings: GitlabSettings, environment: RegistryEnvironment) {
  const { host } = new URL(settings.gitlabUrl)
  const paced = pacedHttp(openTransport(settings.transport, environment), environment, {
    bucketOf: (url) => (url.host === host && url.pathname.includes('/api/') ? 'api' : 'registry'),
    read: toldLimit,
  })
  return stopAfterRefusal(
    paced,
    createJudge(settings, () => environment.clock.now()),
  )
}

function connect(settings: GitlabSettings, environment: RegistryEnvironment): RegistryConnector {
  const { namespace, repositories: named, gitlabUrl, registryHost, plainHttp, transport } = settings
  const { clock } = environment
  const http = openHttp(settings, environment)
  const registry = {
    http,
    clock,
    host: registryHost,
    plainHttp: settings.plainRegistry,
    credentials: { username: settings.username, password: settings.token },
    realmHosts: [new URL(gitlabUrl).hostname],
  }
  const api = openApi(settings, { http, clock })
  const client = createDistributionClient(registry)
  const verifyTls = !transport.skipTlsVerification
  return createConnector({
    environment,
    http,
    client,
    insecure: plainHttp || !verifyTls,
    listing: createListing({ api, client, namespace, named, revised: createRevisions(api, clock) }),
    checkSubject() {
      const asked = openApi(settings, { http, clock, attempts: 1 })
      const probe = distributionCheck(createDistributionClient({ ...registry, attempts: 1 }))
      let scopes: readonly string[] | undefined
      const mayPull = () => scopes === undefined || scopes.some((scope) => pullingScopes.includes(scope))
      return {
        host: named.length > 0 ? registryHost : `${asked.host} and ${registryHost}`,
        plainHttp,
        verifyTls,
        hasCredentials: true,
        async signIn(inner) {
          if (named.length === 0) scopes = await tokenScopes(asked, inner)
          if (!mayPull()) return { signedIn: true }
          return probe.signIn(inner).catch((error: unknown) => {
            throw elsewhere(error, gitlabUrl)
          })
        },
        excessRights: async () => excess(scopes),
        async firstRepository(inner) {
          if (named.length > 0) return named[0]
          for await (const page of repositoriesBelow(asked, namespace, { signal: inner })) {
            if (page.repositories[0] !== undefined) return page.repositories[0].name
          }
          return undefined
        },
        async pull(repository, inner) {
          if (!mayPull()) throw scopeMissing(asked.host, 'read_registry', 'pull')
          return probe.pull(repository, inner)
        },
      }
    },
  })
}

export const gitlabProvider: RegistryProvider = {
  description,
  notifications,
  open: (settings, environment) => connect(readSettings(settings), environment),
}
