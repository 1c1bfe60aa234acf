import { stripEnd } from '../../../core/index.ts'

/**
 * One of the clouds that Azure Container Registry is in. A token of one is worth nothing in another.
 * Hosts: @azure/identity (AzureAuthorityHosts) and @azure/container-registry (KnownContainerRegistryAudience).
 */
export interface AzureCloud {
  readonly id: string
  readonly label: string
  /** What follows the name in a login server. */
  readonly suffix: string
  /** Host of Microsoft Entra ID. */
  readonly authority: string
  /** Scope of a token for Azure Resource Manager, which registries of this cloud accept too. */
  readonly armScope: string
}

const publicCloud: AzureCloud = {
  id: 'public',
  label: 'Azure',
  suffix: 'azurecr.io',
  authority: 'login.microsoftonline.com',
  armScope: 'https://management.azure.com/.default',
}

export const clouds: readonly AzureCloud[] = [
  publicCloud,
  {
    id: 'usgov',
    label: 'Azure US Government',
    suffix: 'azurecr.us',
    authority: 'login.microsoftonline.us',
    armScope: 'https://management.usgovcloudapi.net/.default',
  },
  {
    id: 'china',
    label: 'Azure China (21Vianet)',
    suffix: 'azurecr.cn',
    authority: 'login.chinacloudapi.cn',
    armScope: 'https://management.chinacloudapi.cn/.default',
  },
]

/**
 * Scope of a token for registries only. A registry can be told to refuse tokens for Resource Manager
 * (container-registry-disable-authentication-as-arm.md), so this one is asked for first.
 */
export const registryScope = 'https://containerregistry.azure.net/.default'

export function cloudById(id: string | undefined): AzureCloud {
  return clouds.find((cloud) => cloud.id === id) ?? publicCloud
}

/** Letters and digits, and a hash after a hyphen where the name has a domain name label. */
const namePattern = /^[a-z0-9]{3,50}(?:-[a-z0-9]{1,40})?$/

/** What a Registry Name says: the name, and the cloud when it is a whole login server. */
export interface NamedRegistry {
  readonly name: string
  readonly cloud: AzureCloud | undefined
}

/**
 * @param text `myregistry`, `myregistry.azurecr.io`, or its address
 * @returns undefined when it is none of them
 */
export function readRegistryName(text: string): NamedRegistry | undefined {
  const address = text
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, '')
  const host = stripEnd(address, '/')
  const dot = host.indexOf('.')
  const name = dot < 0 ? host : host.slice(0, dot)
  const cloud = dot < 0 ? undefined : clouds.find(({ suffix }) => suffix === host.slice(dot + 1))
  if (!namePattern.test(name) || (dot >= 0 && cloud === undefined)) return undefined
  return { name, cloud }
}
