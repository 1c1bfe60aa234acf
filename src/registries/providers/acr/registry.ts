import type { Clock } from '../../../core/index.ts'
import type { HttpClient } from '../../../platform/http/index.ts'
import {
  type ApiClient,
  checkedRepository,
  createApiClient,
  createDistributionClient,
  type DistributionClient,
  grantedActions,
} from '../../index.ts'
import type { AccessTokens } from './access-token.ts'
import { ambientIdentity } from './ambient.ts'
import { servicePrincipal } from './entra.ts'
import { explain, roleMissing, type ScopeMissing, scopeMapLacks } from './explain.ts'
import { passwordSignIn } from './password.ts'
import { pullHttp } from './pull-http.ts'
import type { AcrIdentity, AcrSettings } from './schema.ts'
import { catalogScope, createScopedTokens, metadataScope } from './scoped-tokens.ts'
import { createRegistryTokens } from './tokens.ts'

export interface Way {
  /** Stays the caller's. */
  readonly http: HttpClient
  readonly clock: Clock
  readonly attempts?: number
  readonly signal?: AbortSignal | undefined
}

/** All that talks to one registry, signed in once. */
export interface Registry extends SignedIn {
  readonly catalog: ApiClient
  metadata(repository: string): ApiClient
  /** Repositories that will probably be asked for, in this order. */
  expect(repositories: readonly string[]): void
}

/** What one kind of identity signs in to. */
interface SignedIn {
  readonly client: DistributionClient
  /** @throws AppError `credentials-refused` (auth), `permission-missing` (denied), those of Entra and of the network */
  signIn(): Promise<unknown>
  /** Whether the identity may do more than read, as far as that shows. */
  mayWrite(signal?: AbortSignal): Promise<boolean>
}

interface Identified extends SignedIn {
  readonly http: HttpClient
  readonly tokens: AccessTokens
  readonly scopeMissing: ScopeMissing
}

type Token = Extract<AcrIdentity, { kind: 'token' }>
type OfEntra = Exclude<AcrIdentity, Token>

export function openRegistry(settings: AcrSettings, way: Way): Registry {
  const { host, identity } = settings
  const identified =
    identity.kind === 'token' ? byPassword(settings, identity, way) : byEntra(settings, identity, way)
  const { http, tokens, scopeMissing } = identified
  const scoped = createScopedTokens({ clock: way.clock, scopeMissing }, tokens)
  const api = (scope: string): ApiClient =>
    createApiClient({
      ...way,
      http,
      origin: `https://${host}`,
      explain: (refusal) => explain(host, refusal, scopeMissing),
      authorization: (refused) => scoped.authorization(scope, refused),
    })
  return {
    ...identified,
    catalog: api(catalogScope),
    metadata: (repository) => api(metadataScope(checkedRepository(repository))),
    expect: (repositories) => scoped.expect(repositories.map(metadataScope)),
  }
}

const writing = ['write', 'delete', '*']

function byEntra({ host, cloud }: AcrSettings, identity: OfEntra, way: Way): Identified {
  const signIn =
    identity.kind === 'ambient'
      ? ambientIdentity(identity, cloud, way.signal)
      : servicePrincipal(identity, { ...way, cloud })
  const tokens = createRegistryTokens({ ...way, host, signIn, tenantId: identity.tenantId })
  return {
    http: way.http,
    tokens,
    scopeMissing: roleMissing(host),
    client: createDistributionClient({
      ...way,
      http: pullHttp(way.http, host),
      host,
      async credentials(refused) {
        const used = refused && 'identityToken' in refused ? refused.identityToken : undefined
        const { value, renewAt } = await tokens.refresh(used)
        return { credentials: { identityToken: value }, renewAt }
      },
    }),
    signIn: () => tokens.refresh(),
    mayWrite: async () => (await tokens.refresh()).actions.some((action) => writing.includes(action)),
  }
}

function byPassword({ host, repositories }: AcrSettings, { name, password }: Token, way: Way): Identified {
  const user = { username: name, password }
  const scopeMissing = scopeMapLacks(host)
  const { http, credentials, tokens } = passwordSignIn({ ...way, host, user, scopeMissing })
  return {
    http,
    tokens,
    scopeMissing,
    client: createDistributionClient({ ...way, http, host, credentials }),
    signIn: () => credentials(),
    async mayWrite(signal) {
      const [repository] = repositories
      if (repository === undefined) return false
      const realm = `https://${host}/oauth2/token`
      const question = { realm, service: host, repository, credentials: user, signal }
      const actions = await grantedActions(http, question).catch(() => undefined)
      return actions?.includes('push') ?? false
    },
  }
}
