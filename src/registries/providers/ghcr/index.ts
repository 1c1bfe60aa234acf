/** GitHub Container Registry: packages and versions by GitHub's REST API, images by the registry protocol at another host. */
import { AppError } from '../../../core/index.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../../../platform/http/index.ts'
import {
  conditionalHttp,
  createConnector,
  createDistributionClient,
  distributionCheck,
  openTransport,
  pacedHttp,
  type RegistryConnector,
  type RegistryEnvironment,
  type RegistryProvider,
  type SignInVerdict,
  stopAfterRefusal,
} from '../../index.ts'
import { mayRead, openApi, toldLimit } from './api.ts'
import { description } from './description.ts'
import { type GhcrOwner, listPackages, listVersions } from './listing.ts'
import { notifications } from './notifications.ts'
import { ownerBase, tokenHolder } from './owner.ts'
import { type GhcrSettings, readSettings } from './schema.ts'

function refused(host: string): AppError {
  return new AppError({
    code: 'credentials-refused',
    kind: 'auth',
    publicMessage: `Credentials refused: ${host} does not accept this token.`,
    remedy:
      'Check the token: it may be mistyped, expired or revoked. It must be a personal access token (classic).',
  })
}

function noToken(host: string, scope: string): AppError {
  return new AppError({
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `${host} gives these credentials no token for ${scope}.`,
    remedy: 'Give the account the read role on the package, and the token the scope read:packages.',
  })
}

/** The API says 401 to a bad token. The registry says 403, and it says so of a package that is not open to us, too. */
function judge(
  settings: GhcrSettings,
  request: HttpRequest,
  response: HttpResponse,
): SignInVerdict | undefined {
  const { status } = response
  const url = new URL(request.url)
  if (url.host !== settings.registryHost) {
    return status === 401 ? { error: refused(url.host), final: true } : undefined
  }
  if (url.pathname !== '/token' || (status !== 401 && status !== 403)) return undefined
  const scope = url.searchParams.get('scope')
  if (status === 401 || scope === null) return { error: refused(url.host), final: true }
  return { error: noToken(url.host, scope), final: false }
}

function openHttp(settings: GhcrSettings, environment: RegistryEnvironment): HttpClient {
  const { host } = new URL(settings.apiUrl)
  const paced = pacedHttp(openTransport(settings.transport, environment), environment, {
    bucketOf: (url) => (url.host === host ? 'api' : 'registry'),
    read: toldLimit,
  })
  // What says that nothing changed. Versions are asked for where something did: remembering them would only take room.
  const isOfTheOwner = (url: URL): boolean => url.host === host && !url.pathname.endsWith('/versions')
  const conditional = conditionalHttp(paced, environment.answers, isOfTheOwner)
  return stopAfterRefusal(conditional, (request, response) => judge(settings, request, response))
}

/** Asks for it once, and again only after a failure. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () =>
    (asked ??= ask().catch((error: unknown) => {
      asked = undefined
      throw error
    }))
}

/** Scopes that may do more than read. */
function excess(scopes: readonly string[] | undefined): string | undefined {
  const more = scopes?.filter((scope) => !/^(?:read:|user:email$)/.test(scope)) ?? []
  return more.length === 0 ? undefined : `they may do more than read packages (${more.join(', ')})`
}

function connect(settings: GhcrSettings, environment: RegistryEnvironment): RegistryConnector {
  const { owner, username, token, registryHost, transport } = settings
  const { clock } = environment
  const http = openHttp(settings, environment)
  const registry = {
    http,
    clock,
    host: registryHost,
    credentials: { username, password: token },
    realmHosts: [new URL(settings.apiUrl).hostname],
  }
  const packagesBy = (attempts?: number): GhcrOwner => {
    const api = openApi(settings, { http, clock, ...(attempts === undefined ? {} : { attempts }) })
    return { api, clock, owner, base: once(() => ownerBase(api, owner, environment.signal)) }
  }
  const packages = packagesBy()
  const client = createDistributionClient(registry)
  const verifyTls = !transport.skipTlsVerification
  return createConnector({
    environment,
    http,
    client,
    insecure: !verifyTls,
    listing: {
      repositories: (options) => listPackages(packages, options),
      tags: (repository, options) => listVersions(packages, repository, options),
    },
    checkSubject() {
      const asked = packagesBy(1)
      const probe = distributionCheck(createDistributionClient({ ...registry, attempts: 1 }))
      let scopes: readonly string[] | undefined
      return {
        ...probe,
        host: `${asked.api.host} and ${registryHost}`,
        plainHttp: false,
        verifyTls,
        hasCredentials: true,
        async signIn(inner) {
          ;({ scopes } = await tokenHolder(asked.api, inner))
          // Without the scope the registry may refuse too; the list says what is missing.
          if (scopes !== undefined && !mayRead(scopes)) return { signedIn: true }
          return probe.signIn(inner)
        },
        excessRights: async () => excess(scopes),
        firstRepository: (inner) => firstPackage(asked, inner),
      }
    },
  })
}

async function firstPackage(from: GhcrOwner, signal?: AbortSignal): Promise<string | undefined> {
  for await (const { repositories } of listPackages(from, { signal, pageSize: 1 })) {
    if (repositories[0] !== undefined) return repositories[0].name
  }
  return undefined
}

export const ghcrProvider: RegistryProvider = {
  description,
  notifications,
  open: (settings, environment) => connect(readSettings(settings), environment),
}
