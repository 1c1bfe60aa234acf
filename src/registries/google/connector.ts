import { AppError } from '../../core/index.ts'
import type { HttpClient } from '../../platform/http/index.ts'
import {
  type CredentialSource,
  createConnector,
  createDistributionClient,
  type DistributionClient,
  openTransport,
  pacedHttp,
  placeOf,
  type RegistryConnector,
  type RegistryCredentials,
  type RegistryEnvironment,
} from '../index.ts'
import { type ArtifactApi, createArtifactApi } from './api.ts'
import { checkSubject } from './check.ts'
import { BUCKET } from './description.ts'
import { createIdentity, type AccessToken, type GoogleIdentity } from './identity/identity.ts'
import { createListing, type ListingScope } from './listing.ts'
import type { ArtifactRepository } from './repository.ts'
import type { GoogleSettings } from './schema.ts'
import type { Survey, SurveyMemo } from './survey.ts'

/** An image, and the repository of Artifact Registry that holds it. */
export interface ImagePlace {
  readonly repository: ArtifactRepository
  readonly image: string
}

/** What a connection covers of a project. */
export interface GoogleScope {
  /** The registry host, or what stands for several. */
  readonly host: string
  readonly spansHosts: boolean
  /** Whether it is a registry host of Google: credentials go there. */
  isHost(host: string): boolean
  /** @param memo of an earlier survey; without, nothing is left out */
  survey(api: ArtifactApi, memo: SurveyMemo | undefined, signal: AbortSignal | undefined): Promise<Survey>
  /** Whose image that is; undefined: none of this connection's. */
  find(host: string, path: string): ImagePlace | undefined
}

/** The user name of access tokens (Artifact Registry, "Configure authentication to Artifact Registry for Docker"). */
const TOKEN_USER = 'oauth2accesstoken'

export function connectGoogle(
  settings: GoogleSettings,
  scope: GoogleScope,
  environment: RegistryEnvironment,
): RegistryConnector {
  const { clock } = environment
  const { project, transport, credentials } = settings
  const http = paced(openTransport(transport, environment), environment)
  const identity = createIdentity(credentials, { http, clock })
  const opened = (attempts?: number) => {
    const api = createArtifactApi({ http, clock, identity, project, attempts })
    const clientAt = clientsByHost(scope, (host) =>
      createDistributionClient({
        http,
        host,
        clock,
        credentials: registryCredentials(identity, attempts),
        ...(attempts === undefined ? {} : { attempts }),
      }),
    )
    return { api, clientAt, listing: listingScope(scope, api) }
  }
  const { clientAt, listing } = opened()
  return createConnector({
    environment,
    http,
    client: scope.spansHosts ? { host: scope.host, at: clientAt } : clientAt(scope.host),
    insecure: transport.skipTlsVerification,
    listing: createListing(listing),
    checkSubject: () => checkSubject({ identity, verifyTls: !transport.skipTlsVerification, ...opened(1) }),
  })
}

function paced(http: HttpClient, environment: RegistryEnvironment): HttpClient {
  // The quota is Artifact Registry's: neither token endpoints nor storage count.
  return pacedHttp(http, environment, {
    bucketOf: ({ hostname }) =>
      /(?:^|\.)(?:pkg\.dev|gcr\.io)$|^artifactregistry\./.test(hostname) ? BUCKET : undefined,
  })
}

function listingScope(scope: GoogleScope, api: ArtifactApi): ListingScope {
  return {
    api,
    survey: (memo, signal) => scope.survey(api, memo, signal),
    nameOf: ({ host, prefix }, image) => `${scope.spansHosts ? `${host}/` : ''}${prefix}/${image}`,
    find(name) {
      const { host, path } = placeOf(scope, name)
      return scope.find(host, path)
    },
  }
}

function clientsByHost(
  { isHost }: GoogleScope,
  create: (host: string) => DistributionClient,
): (host: string) => DistributionClient {
  const clients = new Map<string, DistributionClient>()
  return (host) => {
    if (!isHost(host)) throw foreignHost(host)
    const client = clients.get(host) ?? create(host)
    clients.set(host, client)
    return client
  }
}

/** Access tokens as a password. */
function registryCredentials(identity: GoogleIdentity, attempts: number | undefined): CredentialSource {
  const given = new WeakMap<AccessToken, RegistryCredentials>()
  const behind = new WeakMap<RegistryCredentials, AccessToken>()
  return async (refused) => {
    const token = await identity.accessToken(refused && behind.get(refused), attempts)
    const credentials = given.get(token) ?? { username: TOKEN_USER, password: token.value }
    given.set(token, credentials)
    behind.set(credentials, token)
    return { credentials, renewAt: token.renewAt }
  }
}

function foreignHost(host: string): AppError {
  return new AppError({
    code: 'repository-not-found',
    kind: 'not-found',
    publicMessage: `${host} is no registry host of this connection.`,
    remedy: 'Discover again: the connection may have covered other regions before.',
  })
}
