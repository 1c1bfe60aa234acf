import type { TokenCredential } from '@azure/identity'
import { AppError, Secret } from '../../../core/index.ts'
import { type AzureCloud, registryScope } from './cloud.ts'
import { audienceUnknown, type EntraSignIn, isOfAudience, signInRefused } from './entra.ts'
import type { AcrIdentity } from './schema.ts'

type Ambient = Extract<AcrIdentity, { kind: 'ambient' }>

function unavailable(cause: unknown): AppError {
  return new AppError({
    code: 'ambient-identity-missing',
    kind: 'auth',
    publicMessage:
      'This server has no Azure identity that could be used: neither a workload identity nor a managed identity answers.',
    remedy:
      'Give the server such an identity (for a user-assigned one, enter its Client ID), or enter Client ID, Client Secret and Tenant ID of a service principal.',
    cause,
  })
}

/** A workload identity where the cluster has prepared one (its variables are there), else the managed identity. */
async function credentialOf({ clientId, tenantId }: Ambient, cloud: AzureCloud): Promise<TokenCredential> {
  const { CredentialUnavailableError, ManagedIdentityCredential, WorkloadIdentityCredential } = await import(
    '@azure/identity'
  )
  const named = clientId === undefined ? {} : { clientId }
  try {
    return new WorkloadIdentityCredential({
      ...named,
      ...(tenantId === undefined ? {} : { tenantId }),
      authorityHost: `https://${cloud.authority}`,
    })
  } catch (error) {
    if (!(error instanceof CredentialUnavailableError)) throw error
    return new ManagedIdentityCredential({ ...named, retryOptions: { maxRetries: 2 } })
  }
}

/** The codes of Entra in an error of the SDK, which has them in its text only, as in "AADSTS700213: No matching ...". */
function codesIn(error: unknown): readonly number[] {
  const text = error instanceof Error ? error.message : ''
  return [...text.matchAll(/\bAADSTS(\d{3,8})\b/g)].map(([, code]) => Number(code))
}

function refusalOf(error: unknown): AppError {
  if (error instanceof AppError) return error
  const codes = codesIn(error)
  if (codes.length === 0) return unavailable(error)
  const said = error instanceof Error ? error.message.replace(/^.*?(?=AADSTS)/s, '') : ''
  return isOfAudience(codes) ? audienceUnknown() : signInRefused(codes, said)
}

/**
 * The identity that this server itself has in Azure. Speaks to the machine's own token endpoints and to Entra by the SDK's HTTP:
 * opened only where the operator allows it.
 */
export function ambientIdentity(identity: Ambient, cloud: AzureCloud, signal?: AbortSignal): EntraSignIn {
  let credential: Promise<TokenCredential> | undefined
  let scope = registryScope

  async function request(): Promise<Secret<string>> {
    credential ??= credentialOf(identity, cloud)
    const token = await (await credential).getToken(scope, signal ? { abortSignal: signal } : {})
    if (token === null) throw unavailable(undefined)
    return new Secret(token.token)
  }

  return async () => {
    try {
      return await request().catch((error: unknown) => {
        if (scope === cloud.armScope || !isOfAudience(codesIn(error))) throw error
        scope = cloud.armScope
        return request()
      })
    } catch (error) {
      if (signal?.aborted) {
        throw new AppError({
          code: 'cancelled',
          kind: 'cancelled',
          publicMessage: 'Cancelled.',
          cause: error,
        })
      }
      throw refusalOf(error)
    }
  }
}
