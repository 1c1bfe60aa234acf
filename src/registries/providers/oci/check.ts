import type { HttpClient } from '../../../platform/http/index.ts'
import {
  type CheckSubject,
  type DistributionClient,
  distributionCheck,
  grantedActions,
  type RegistryEnvironment,
} from '../../index.ts'
import { HARBOR_SERVICE } from './harbor/api.ts'
import { firstContact, originOf, productListing } from './product.ts'
import type { OciSettings } from './schema.ts'

interface OciCheck {
  /** Made for this check, with one attempt. */
  readonly client: DistributionClient
  readonly http: HttpClient
  readonly environment: RegistryEnvironment
  readonly settings: OciSettings
}

/** What a check tries, whatever product is behind the connection; each list and sign-in is asked for once. */
export function checkSubject(check: OciCheck): CheckSubject {
  const { client, settings } = check
  let contact: ReturnType<typeof firstContact> | undefined
  let first: Promise<string | undefined> | undefined
  const greet = (inner?: AbortSignal) => (contact ??= firstContact(client, settings, inner))
  const firstRepository = (inner?: AbortSignal) => (first ??= firstListed(check, greet, inner))
  return {
    ...distributionCheck(client),
    signIn: greet,
    plainHttp: settings.plainHttp,
    verifyTls: !settings.transport.skipTlsVerification,
    hasCredentials: settings.credentials !== undefined,
    excessRights: async (inner?: AbortSignal) =>
      client.traits().service === HARBOR_SERVICE
        ? harborExcess(check, await firstRepository(inner).catch(() => undefined), inner)
        : undefined,
    firstRepository,
    pullRemedy:
      'Allow the account repository:<name>:pull (Harbor: "Pull Repository"; zot: the action read), or use one that may pull.',
  }
}

async function firstListed(
  check: OciCheck,
  greet: (signal?: AbortSignal) => Promise<unknown>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  for await (const { repositories } of productListing({ ...check, attempts: 1, greet }).repositories({
    signal,
  })) {
    if (repositories[0] !== undefined) return repositories[0].name
  }
  return undefined
}

/** Harbor's tokens say what the account may do (goharbor/harbor, src/core/service/token/authutils.go). */
async function harborExcess(
  { http, settings }: OciCheck,
  repository: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { credentials } = settings
  if (credentials === undefined || repository === undefined) return undefined
  const realm = `${originOf(settings)}/service/token`
  const question = { realm, service: HARBOR_SERVICE, repository, credentials, signal }
  const actions = await grantedActions(http, question).catch(() => undefined)
  return actions?.includes('push') ? 'they may also push images' : undefined
}
