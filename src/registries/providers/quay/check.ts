import type { HttpClient } from '../../../platform/http/index.ts'
import { type Caution, type CheckSubject, grantedActions, type RegistryCredentials } from '../../index.ts'
import { firstRepository, type QuayListing, tagsAt } from './listing.ts'

export interface QuayCheck extends QuayListing {
  readonly http: HttpClient
  readonly credentials: RegistryCredentials
}

/**
 * Signs in at the registry, which refuses a wrong token (the API would answer as to nobody), lists by the API and asks for one
 * manifest.
 */
export function checkSubject(check: QuayCheck): CheckSubject {
  const { client, settings } = check
  let first: ReturnType<typeof firstRepository> | undefined
  const found = (inner?: AbortSignal) => (first ??= firstRepository(check, inner))
  return {
    host: client.host,
    plainHttp: settings.plainHttp,
    verifyTls: !settings.transport.skipTlsVerification,
    hasCredentials: true,
    signIn: (inner?: AbortSignal) => client.ping(inner),
    excessRights: async (inner?: AbortSignal) =>
      excess(check, (await found(inner).catch(() => undefined))?.name, inner),
    pullRemedy:
      'Give a token with the scope View all visible repositories (repo:read), of a user with the permission Read on the repository.',
    firstRepository: async (inner?: AbortSignal) => (await found(inner))?.name,
    listCaution: async () =>
      (await first)?.seesPrivate === false ? publicOnly(settings.namespace) : undefined,
    async pull(repository: string, inner?: AbortSignal) {
      const { tags } = await tagsAt(check, repository, { page: 1, limit: 1, signal: inner })
      const [tag] = tags
      if (tag === undefined) return undefined
      await client.headManifest(repository, tag.tag.name, inner)
      return `${repository}:${tag.tag.name}`
    },
  }
}

async function excess(
  { http, settings, credentials }: QuayCheck,
  repository: string | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (repository === undefined) return undefined
  const { host: service, origin } = settings
  const question = { realm: `${origin}/v2/auth`, service, repository, credentials, signal }
  const actions = await grantedActions(http, question).catch(() => undefined)
  return actions?.includes('push') ? 'the token may also push images' : undefined
}

/** Quay leaves out what the user may not see, and does not say so. */
function publicOnly(namespace: string): Caution {
  return {
    message: `Only public repositories of ${namespace} are visible.`,
    remedy: `If there are private ones, give the user who made the token the permission Read on them, by a team of ${namespace}.`,
  }
}
