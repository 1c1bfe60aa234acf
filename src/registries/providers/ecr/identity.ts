import type { ECRClientConfig } from '@aws-sdk/client-ecr'
import { AppError, isAppError } from '../../../core/index.ts'
import { awsError } from './errors.ts'
import type { AccessKey, EcrSettings } from './schema.ts'
import { correctingClock } from './clock.ts'

type AwsCredentials = Exclude<ECRClientConfig['credentials'], undefined>
type AwsIdentity = Exclude<AwsCredentials, (...parameters: never[]) => unknown>

/** What clients of AWS have in common; nothing of it is left to variables or files of this server. */
export type ClientSettings = Pick<
  ECRClientConfig,
  | 'region'
  | 'useFipsEndpoint'
  | 'useDualstackEndpoint'
  | 'requestHandler'
  | 'maxAttempts'
  | 'retryMode'
  | 'defaultsMode'
  | 'ignoreConfiguredEndpointUrls'
>

const sessionName = 'portolan'

/**
 * Who signs: the key of the form, or the server's own identity where there is none; then the role, if one is to be taken on.
 * The SDK keeps what it gives until 5 minutes before its end.
 */
export function identityOf(settings: EcrSettings, client: ClientSettings): () => Promise<AwsIdentity> {
  const { key, role, region, accountId } = settings
  const first = key === undefined ? ambientIdentity(client) : () => Promise.resolve(keyIdentity(key))
  if (role === undefined) return first
  let assume: Promise<() => Promise<AwsIdentity>> | undefined
  const prepare = async () => {
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers')
    const provide = fromTemporaryCredentials({
      // Given always: without it, the SDK would look for an identity of this server by itself.
      masterCredentials: first,
      params: {
        RoleArn: role.arn,
        RoleSessionName: sessionName,
        ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      },
      clientConfig: client,
    })
    return () => provide()
  }
  return async () => {
    const provide = await (assume ??= prepare())
    try {
      return await correctingClock(provide)
    } catch (error) {
      throw awsError(error, { action: 'sts:AssumeRole', region, accountId, roleArn: role.arn })
    }
  }
}

function keyIdentity({ id, secret, sessionToken }: AccessKey): AwsIdentity {
  return {
    accessKeyId: id,
    secretAccessKey: secret.reveal(),
    ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }),
  }
}

/**
 * An instance role, a task role, IRSA or what else the SDK finds on this server. Reached only where the settings were read with
 * leave to. The metadata service is asked by the SDK's own client: ours refuses link-local addresses, for everybody.
 */
function ambientIdentity(client: ClientSettings): () => Promise<AwsIdentity> {
  let chain: Promise<() => Promise<AwsIdentity>> | undefined
  const prepare = async () => {
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
    const provide = fromNodeProviderChain({ clientConfig: client })
    return () => provide()
  }
  return async () => {
    const provide = await (chain ??= prepare())
    try {
      return await provide()
    } catch (cause) {
      throw isAppError(cause) ? cause : noIdentity(cause)
    }
  }
}

function noIdentity(cause: unknown): AppError {
  return new AppError({
    code: 'credentials-refused',
    kind: 'auth',
    publicMessage:
      'Credentials refused: this server has no AWS identity of its own, or AWS does not accept it.',
    remedy: 'Run it with an instance role, a task role or IRSA, or enter an access key.',
    cause,
  })
}
