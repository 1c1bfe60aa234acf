import { z } from 'zod'
import { isRepositoryName, type Secret } from '../../../core/index.ts'
import {
  optionalSecret,
  optionalText,
  parseSettings,
  requiredText,
  textLines,
  type Transport,
  transportOf,
  transportShape,
} from '../../index.ts'
import { type AzureCloud, cloudById, clouds, readRegistryName } from './cloud.ts'

/**
 * A service principal, a user that the registry keeps itself (a repository-scoped token, or its admin user), or the identity
 * that this server has in Azure.
 */
export type AcrIdentity =
  | {
      readonly kind: 'service-principal'
      readonly tenantId: string
      readonly clientId: string
      readonly clientSecret: Secret<string>
    }
  | { readonly kind: 'token'; readonly name: string; readonly password: Secret<string> }
  | { readonly kind: 'ambient'; readonly clientId: string | undefined; readonly tenantId: string | undefined }

export interface AcrSettings {
  /** The login server: `myregistry.azurecr.io`. */
  readonly host: string
  readonly cloud: AzureCloud
  readonly identity: AcrIdentity
  /** Empty: ask the registry. */
  readonly repositories: readonly string[]
  readonly transport: Transport
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Names of tokens (Microsoft.ContainerRegistry/registries/tokens) and of registries, which their admin users have. */
const tokenName = /^[a-z0-9][a-z0-9_-]{4,49}$/i
const domain = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i

const form = z.object({
  registryName: requiredText(300, 'The name of the registry is missing.'),
  cloud: optionalText(20),
  clientId: optionalText(100),
  clientSecret: optionalSecret,
  tenantId: optionalText(253),
  repositories: textLines(10_000),
  ...transportShape,
})

type Form = z.output<typeof form>
type Problems = Record<string, string>

function registryProblems({ registryName, cloud }: Form): Problems {
  const named = readRegistryName(registryName)
  if (named === undefined) {
    return {
      registryName:
        'Write the name of the registry, such as myregistry, or its login server, such as myregistry.azurecr.io.',
    }
  }
  if (cloud === undefined) return {}
  if (!clouds.some(({ id }) => id === cloud)) return { cloud: 'Choose one of the clouds.' }
  if (named.cloud === undefined || named.cloud.id === cloud) return {}
  return {
    cloud: `The login server ends in .${named.cloud.suffix}, which is in ${named.cloud.label}: choose that, or write the name alone.`,
  }
}

const missing = {
  clientId: 'The Client ID is missing.',
  clientSecret: 'The Client Secret is missing.',
  tenantId: 'The Tenant ID is missing.',
}
const notAllowed =
  " Without it this server's own Azure identity would be used, which its operator has not allowed for your organisation."

/** No application has such an ID: it is the name of a user of the registry's own, who belongs to no tenant. */
function isToken({ clientId, clientSecret, tenantId }: Form): boolean {
  return (
    clientId !== undefined && !guid.test(clientId) && clientSecret !== undefined && tenantId === undefined
  )
}

function identityProblems(values: Form, allowAmbient: boolean): Problems {
  const { clientId, clientSecret, tenantId } = values
  const found: Problems = {}
  if (isToken(values)) {
    return tokenName.test(clientId ?? '')
      ? found
      : {
          clientId:
            'A Client ID looks like 00000000-0000-0000-0000-000000000000; the name of a token has 5 to 50 letters, digits and hyphens.',
        }
  }
  if (clientId !== undefined && !guid.test(clientId)) {
    found['clientId'] =
      'A Client ID looks like 00000000-0000-0000-0000-000000000000. The name of a repository-scoped token goes with its password as Client Secret, and without a Tenant ID.'
  }
  if (tenantId !== undefined && !guid.test(tenantId) && !domain.test(tenantId))
    found['tenantId'] =
      'A Tenant ID looks like 00000000-0000-0000-0000-000000000000, or is a domain of the tenant.'
  if (clientSecret === undefined && allowAmbient) return found
  if (clientSecret === undefined) found['clientSecret'] = missing.clientSecret + notAllowed
  if (clientId === undefined) found['clientId'] = missing.clientId
  if (tenantId === undefined) found['tenantId'] = missing.tenantId
  return found
}

function repositoryProblems({ repositories }: Form): Problems {
  const bad = repositories.find((name) => !isRepositoryName(name))
  return bad === undefined
    ? {}
    : {
        repositories: `"${bad.slice(0, 100)}" is not a repository: write names like acme/api, one a line, without host and tag.`,
      }
}

function identityOf(values: Form): AcrIdentity {
  const { clientId, clientSecret, tenantId } = values
  if (isToken(values) && clientId !== undefined && clientSecret !== undefined) {
    return { kind: 'token', name: clientId, password: clientSecret }
  }
  if (clientId === undefined || clientSecret === undefined || tenantId === undefined) {
    return { kind: 'ambient', clientId, tenantId }
  }
  return { kind: 'service-principal', clientId, clientSecret, tenantId }
}

/**
 * @param allowAmbient whether this server's own identity may be used where no secret is given
 * @throws AppError `settings-invalid` (invalid)
 */
export function readSettings(settings: unknown, allowAmbient: boolean): AcrSettings {
  const schema = form.superRefine((values, context) => {
    const found = {
      ...registryProblems(values),
      ...identityProblems(values, allowAmbient),
      ...repositoryProblems(values),
    }
    for (const [path, message] of Object.entries(found)) {
      context.addIssue({ code: 'custom', path: [path], message })
    }
  })
  const values = parseSettings(schema, settings)
  const named = readRegistryName(values.registryName)
  const cloud = named?.cloud ?? cloudById(values.cloud)
  return {
    host: `${named?.name}.${cloud.suffix}`,
    cloud,
    identity: identityOf(values),
    repositories: values.repositories,
    transport: transportOf(values),
  }
}
