import { AppError, type Clock, Secret } from '../../../core/index.ts'
import type { HttpClient } from '../../../platform/http/index.ts'
import { type ApiRefusal, createApiClient, saidIn } from '../../index.ts'
import { entraAnswer, entraRefusal } from './answers/schema.ts'
import { type AzureCloud, registryScope } from './cloud.ts'
import type { AcrIdentity } from './schema.ts'

/** Gives a fresh access token of Microsoft Entra ID that the registry takes in exchange for its own. */
export type EntraSignIn = () => Promise<Secret<string>>

export interface EntraOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly cloud: AzureCloud
  readonly attempts?: number | undefined
  readonly signal?: AbortSignal | undefined
}

type Told = Pick<ConstructorParameters<typeof AppError>[0], 'code' | 'kind' | 'publicMessage' | 'remedy'>

const refused = (cause: string, remedy: string): Told => ({
  code: 'credentials-refused',
  kind: 'auth',
  publicMessage: `Credentials refused: ${cause}`,
  remedy,
})

/**
 * The codes that wrong fields lead to.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const meanings: Readonly<Record<number, Told>> = {
  7000215: refused(
    'Microsoft Entra ID does not accept the Client Secret',
    'Copy the value of a client secret, not its Secret ID, or make a new one.',
  ),
  7000222: refused(
    'the Client Secret has expired',
    'Make a new client secret for the application and enter its value.',
  ),
  700016: refused(
    'no application with this Client ID is in the tenant',
    'Check Client ID and Tenant ID; the application needs a service principal in that tenant.',
  ),
  7000112: refused('the application is disabled', 'Enable the application, or use another.'),
  90002: refused(
    'there is no tenant with this Tenant ID in this cloud',
    'Check Tenant ID, and that Cloud is the one that the registry is in.',
  ),
  900023: refused('the Tenant ID is not one', 'Check Tenant ID.'),
  ...Object.fromEntries(
    // Of a workload identity: no match at all, nor by issuer, audience or subject.
    [70021, 700211, 700212, 700213].map((code) => [
      code,
      refused(
        'no federated credential of the application fits the token that this server was given',
        'Add a federated credential to the application with issuer and subject of the service account that this server runs as.',
      ),
    ]),
  ),
  53003: refused(
    'a Conditional Access policy keeps the application out',
    'Ask the administrators of the tenant to let it sign in from the addresses of this server.',
  ),
}

/** This registry-only audience is not known there, or not for this application: tokens for Resource Manager may do. */
const unknownAudience = new Set([500011, 70011, 1002012, 650057])

export function audienceUnknown(): AppError {
  return new AppError({
    code: 'registry-refused',
    kind: 'invalid',
    publicMessage: 'Microsoft Entra ID knows no tokens for container registries in this cloud.',
    remedy: 'Check Cloud.',
  })
}

const isAudienceUnknown = new WeakSet<AppError>()

/** Whether a refusal is of the audience alone, so that another may do. */
export function isOfAudience(codes: readonly number[]): boolean {
  return codes.some((code) => unknownAudience.has(code))
}

/**
 * Why Entra does not let an identity sign in.
 *
 * @param codes as in AADSTS7000215
 * @param said its own words, shown where the codes are unknown
 */
export function signInRefused(codes: readonly number[], said: string): AppError {
  const meaning = codes.map((one) => meanings[one]).find((one) => one !== undefined)
  const named = codes[0] === undefined ? '' : ` (AADSTS${codes[0]})`
  if (meaning) return new AppError({ ...meaning, publicMessage: `${meaning.publicMessage}${named}.` })
  const shown = saidIn({ message: said.split(/ Trace ID:|\r|\n/)[0] ?? '' })
  return new AppError({
    ...refused(
      'Microsoft Entra ID does not let the application sign in',
      'Check Client ID, Client Secret and Tenant ID.',
    ),
    publicMessage: `Credentials refused: Microsoft Entra ID does not let the application sign in${named}${shown === '' ? '' : `; it says: ${shown}`}.`,
  })
}

/** What Entra means; undefined: what the status says everywhere. */
function explain({ status, body }: ApiRefusal): AppError | undefined {
  const read = entraRefusal.safeParse(body)
  if (!read.success || status === 429 || status >= 500) return undefined
  const { error_codes: codes, error } = read.data
  if (isOfAudience(codes)) {
    const unknown = audienceUnknown()
    isAudienceUnknown.add(unknown)
    return unknown
  }
  return codes.length === 0 && error === undefined ? undefined : signInRefused(codes, saidIn(body))
}

/** The client credentials flow (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow). */
export function servicePrincipal(
  identity: Extract<AcrIdentity, { kind: 'service-principal' }>,
  options: EntraOptions,
): EntraSignIn {
  const { cloud, attempts, signal } = options
  const client = createApiClient({
    ...options,
    origin: `https://${cloud.authority}`,
    explain,
    attempts,
  })
  let scope = registryScope

  async function request(): Promise<Secret<string>> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: identity.clientId,
      client_secret: identity.clientSecret.reveal(),
      scope,
    })
    const answer = await client.json(
      {
        path: `/${encodeURIComponent(identity.tenantId)}/oauth2/v2.0/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new Secret(form.toString()),
        doing: 'sign in',
        signal,
      },
      entraAnswer,
    )
    return new Secret(answer.value.access_token)
  }

  return async () => {
    try {
      return await request()
    } catch (error) {
      const other = error instanceof AppError && isAudienceUnknown.has(error) && scope !== cloud.armScope
      if (!other) throw error
      scope = cloud.armScope
      return request()
    }
  }
}
