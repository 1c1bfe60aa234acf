import { AppError, safeText } from '../../../core/index.ts'
import { type ApiRefusal, repositoryNotFound } from '../../index.ts'
import { refusalBody, refusalDetail } from './answers/schema.ts'
import { partsOf } from './scope.ts'

/** The error for a scope that is not granted, as in `repository:acme/api:pull`. @param missing of its actions; default: all */
export type ScopeMissing = (scope: string, missing?: readonly string[]) => AppError

/** Which role gives what a scope asks for; the registry's mode, which nobody but its owner sees, decides. */
function roleFor(type: string): string {
  const isCatalog = type === 'registry'
  const abac = isCatalog
    ? 'Container Registry Repository Catalog Lister'
    : 'Container Registry Repository Reader'
  const byHand = isCatalog ? ' Or name the repositories in the field Repositories.' : ''
  return `Assign AcrPull on the registry to the application; where the registry uses RBAC + ABAC repository permissions, "${abac}". New assignments take up to 10 minutes.${byHand}`
}

/** For an identity of Microsoft Entra ID. */
export function roleMissing(host: string): ScopeMissing {
  return (scope, missing) => {
    const { type, name, actions } = partsOf(scope)
    const lacked = safeText(`${type}:${name}:${(missing ?? actions).join(',')}`, 400)
    return permissionMissing(
      `${host} signs the application in, but does not grant it ${lacked}.`,
      roleFor(type),
    )
  }
}

/** What scope maps call the actions of scopes (container-registry-token-based-repository-permissions.md, "Concepts"). */
const scopeMapActions: Readonly<Record<string, string>> = {
  metadata_read: 'metadata/read',
  pull: 'content/read',
}

/** For a repository-scoped token; such tokens are never given the list of all repositories (the same page). */
export function scopeMapLacks(host: string): ScopeMissing {
  return (scope, missing) => {
    const parts = partsOf(scope)
    if (parts.type === 'registry') return catalogRefused(host)
    const name = safeText(parts.name, 300)
    const actions = (missing ?? parts.actions).map(
      (action) => scopeMapActions[action] ?? safeText(action, 50),
    )
    const [registry] = host.split('.')
    return permissionMissing(
      `${host} signs the token in, but its scope map does not give it ${actions.join(' and ')} on ${name}.`,
      `Add it: az acr scope-map update --registry ${registry} --name <scope map> --add-repository ${name} ${actions.join(' ')}`,
    )
  }
}

function catalogRefused(host: string): AppError {
  return new AppError({
    code: 'repositories-not-listed',
    kind: 'denied',
    publicMessage: `${host} does not list its repositories to this token: repository-scoped tokens have no right to registry:catalog:*.`,
    remedy:
      'Name the repositories in the field Repositories, or use a service principal with AcrPull (or "Container Registry Repository Catalog Lister").',
  })
}

function permissionMissing(publicMessage: string, remedy: string): AppError {
  return new AppError({ code: 'permission-missing', kind: 'denied', publicMessage, remedy })
}

/** The registry does not give the application any token. */
export function notKnownHere(host: string): AppError {
  return permissionMissing(
    `Microsoft Entra ID signs the application in, but ${host} does not let it in: it has no role there, or the registry belongs to another tenant.`,
    `${roleFor('repository')} Check that Tenant ID is that of the registry.`,
  )
}

/** The registry gives no token for what is asked for. */
export function tokenRefused(host: string): AppError {
  return permissionMissing(
    `${host} signs the application in, but gives it no token for what it asks for.`,
    roleFor('repository'),
  )
}

/** Name and password are not, or no longer, those of a user of the registry. */
export function passwordRefused(host: string): AppError {
  return new AppError({
    code: 'credentials-refused',
    kind: 'auth',
    publicMessage: `Credentials refused: ${host} does not accept this token name and password.`,
    remedy:
      'Client ID is the name of the token, Client Secret one of its passwords. The password may have expired, or the token is disabled: az acr token show. A new password takes a minute.',
  })
}

const fenced = /client with IP '?([0-9a-f.:]{2,45})'? is not allowed access/i

function fencedOff(host: string, address: string): AppError {
  return new AppError({
    code: 'registry-firewall',
    kind: 'denied',
    publicMessage: `The network rules of ${host} do not let the address ${address} in, from which it sees this server.`,
    remedy:
      'Allow the addresses of this server (PORTOLAN_EGRESS_ADDRESSES names them) in the registry under Networking, or reach it by a private endpoint.',
  })
}

/** What the registry's own answers mean; undefined: what the status says everywhere. */
export function explain(
  host: string,
  { status, body, request }: ApiRefusal,
  scopeMissing: ScopeMissing,
): AppError | undefined {
  const read = refusalBody.safeParse(body)
  const first = read.success ? read.data.errors[0] : undefined
  const address = fenced.exec(first?.message ?? '')?.[1]
  if (status === 403 && address !== undefined) return fencedOff(host, address)
  if (status === 401) {
    const detail = refusalDetail.safeParse(first?.detail)
    const needed = detail.success ? detail.data[0] : undefined
    if (needed) return scopeMissing(`${needed.Type}:${needed.Name}:${needed.Action}`)
  }
  const repository = /^\/acr\/v1\/(.+)\/_tags\?/.exec(request.path)?.[1]
  if (status === 404 && repository !== undefined && first !== undefined) {
    return repositoryNotFound(host, repository)
  }
  return undefined
}
