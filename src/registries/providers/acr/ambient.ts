import type { TokenCredential } from '@azure/identity'
import { AppError, Secret } from '../../../core/index.ts'
import { type AzureCloud, registryScope } from './cloud.ts'
import type { EntraSignIn } from './entra.ts'
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

/**
 * The identity that this server itself has in Azure. Speaks to the machine's own token endpoints by the SDK's HTTP: opened
 * only where the operator allows it.
 */
export function ambientIdentity(identity: Ambient, cloud: AzureCloud, signal?: AbortSignal): EntraSignIn {
  let credential: Promise<TokenCredential> | undefined
  return async () => {
    try {
      credential ??= credentialOf(identity, cloud)
      const token = await (await credential).getToken(registryScope, signal ? { abortSignal: signal } : {})
      if (token === null) throw unavailable(undefined)
      return new Secret(token.token)
    } catch (error) {
      if (signal?.aborted) {
        throw new AppError({
          code: 'cancelled',
          kind: 'cancelled',
          publicMessage: 'Cancelled.',
          cause: error,
        })
      }
      throw error instanceof AppError ? error : unavailable(error)
    }
  }
}
