import { AppError } from '../../core/index.ts'

interface KnownHost {
  /** Where the protocol is spoken, when that is not the host that references name. */
  readonly api?: string
  /** Where it signs in besides its own host: its credentials may go there. */
  readonly realms: readonly string[]
}

// Facts of public registries that the protocol cannot tell; a provider adds its own by `realmHosts`.
const known: Readonly<Record<string, KnownHost>> = {
  'docker.io': { api: 'registry-1.docker.io', realms: ['auth.docker.io'] },
  'registry.gitlab.com': { realms: ['gitlab.com'] },
}

const pattern = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?$/i

export interface RegistryAddress {
  /** As references and people write it. */
  readonly host: string
  /** Scheme, host and port that requests go to; no trailing slash. */
  readonly origin: string
  /** Hosts that may receive credentials when they are named as realm, besides the registry's own. */
  readonly realmHosts: readonly string[]
}

/** @throws AppError `registry-host-invalid` (invalid) */
export function registryAddress(
  host: string,
  plainHttp: boolean,
  realmHosts: readonly string[],
): RegistryAddress {
  const facts = known[host]
  const url = pattern.test(host) ? URL.parse(`${plainHttp ? 'http' : 'https'}://${facts?.api ?? host}`) : null
  if (!url) {
    throw new AppError({
      code: 'registry-host-invalid',
      kind: 'invalid',
      publicMessage: 'The registry is not named by a host name.',
      remedy: 'Write HOST or HOST:PORT, without scheme and path.',
    })
  }
  return { host, origin: url.origin, realmHosts: [...(facts?.realms ?? []), ...realmHosts] }
}
