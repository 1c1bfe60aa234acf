import type { HttpClient } from '../../../platform/http/index.ts'
import { type Caution, type CheckSubject, grantedActions } from '../../index.ts'
import type { createHub } from './hub.ts'
import { secretKind, TOKEN_SERVER } from './http.ts'
import { firstRepository, type HubListing } from './listing.ts'
import { tagsAt } from './tags.ts'

export interface HubCheck extends HubListing {
  readonly hub: ReturnType<typeof createHub>
  readonly http: HttpClient
}

/** Signs in at the API, lists, and asks for one manifest; pulls nothing, so that no quota is spent. */
export function checkSubject(check: HubCheck): CheckSubject {
  const { hub, client, settings } = check
  let first: ReturnType<typeof firstRepository> | undefined
  const found = (inner?: AbortSignal) => (first ??= firstRepository(check, inner))
  const [named] = settings.repositories
  return {
    host: client.host,
    plainHttp: false,
    verifyTls: !settings.transport.skipTlsVerification,
    hasCredentials: true,
    async signIn() {
      await hub.signIn()
      return { signedIn: true }
    },
    excessRights: async (inner?: AbortSignal) =>
      excess(check, named ?? (await found(inner).catch(() => undefined))?.name, inner),
    pullRemedy:
      secretKind(settings.credentials) === 'organization'
        ? 'Give the organization access token the scope Image Pull (scope-image-pull) on the repository.'
        : 'Give a token with the access Read-only (repo:read) of an account that may pull from the repository.',
    firstRepository: async (inner?: AbortSignal) => named ?? (await found(inner))?.name,
    async listCaution() {
      const listed = named === undefined ? await first : undefined
      return listed?.seesPrivate === false ? publicOnly(listed.namespace, settings) : undefined
    },
    async pull(repository: string, inner?: AbortSignal) {
      const { tags } = await tagsAt(check, repository, { page: 1, pageSize: 1, signal: inner })
      const [tag] = tags
      if (tag === undefined) return undefined
      await client.headManifest(repository, tag.tag.name, inner)
      return `${repository}:${tag.tag.name}`
    },
  }
}

async function excess(
  { http, settings }: HubCheck,
  repository: string | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { credentials } = settings
  if (secretKind(credentials) === 'password') {
    return 'the password of an account may do everything that its owner may: a personal access token with the access Read-only is enough'
  }
  if (repository === undefined) return undefined
  const question = { realm: TOKEN_SERVER, service: 'registry.docker.io', repository, credentials, signal }
  const actions = await grantedActions(http, question).catch(() => undefined)
  return actions?.includes('push') ? 'they may also push images' : undefined
}

/** Hub shows the public part to whoever has no right to the rest, and does not say so. */
function publicOnly(namespace: string, { credentials }: HubCheck['settings']): Caution {
  const remedy =
    secretKind(credentials) === 'organization'
      ? 'If there are private ones, give the organization access token the scope Repository List (scope-repository-list), or name them in the field Repositories.'
      : `If there are private ones, give a token with the access Read-only (repo:read; not "Public Repo Read-only") of a member of ${namespace} who may see them.`
  return { message: `Only public repositories of ${namespace} are visible.`, remedy }
}
