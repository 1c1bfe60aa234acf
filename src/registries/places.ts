import type { RegistryConnector } from './ports.ts'

type Registry = Pick<RegistryConnector, 'host' | 'spansHosts'>

/** Where a repository is, as image references write it: `host/path`. */
export interface RepositoryPlace {
  readonly host: string
  readonly path: string
}

/** The place of a repository that the connector names so. */
export function placeOf(connector: Registry, name: string): RepositoryPlace {
  if (connector.spansHosts !== true) return { host: connector.host, path: name }
  const slash = name.indexOf('/')
  return { host: name.slice(0, Math.max(slash, 0)), path: name.slice(slash + 1) }
}

/** What the connector calls a repository: the other way round. */
export function nameAt(connector: Registry, { host, path }: RepositoryPlace): string {
  return connector.spansHosts === true ? `${host}/${path}` : path
}
