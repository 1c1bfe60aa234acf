import { AppError, safeText } from '../../../core/index.ts'
import { type ApiRefusal, repositoryNotFound } from '../../index.ts'
import { refusalBody, refusalDetail } from './answers/schema.ts'

/** Which role gives what a scope asks for; the registry's mode, which nobody but its owner sees, decides. */
function roleFor(type: string): string {
  const abac =
    type === 'registry'
      ? 'Container Registry Repository Catalog Lister'
      : 'Container Registry Repository Reader'
  return `Assign AcrPull on the registry to the application; where the registry uses RBAC + ABAC repository permissions, "${abac}". New assignments take up to 10 minutes.`
}

/** @param scope as in `repository:acme/api:pull` */
export function scopeMissing(host: string, scope: string): AppError {
  return new AppError({
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `${host} signs the application in, but does not grant it ${safeText(scope, 400)}.`,
    remedy: roleFor(scope.split(':')[0] ?? ''),
  })
}

/** The registry does not give the application any token. */
export function notKnownHere(host: string): AppError {
  return new AppError({
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `Microsoft Entra ID signs the application in, but ${host} does not let it in: it has no role there, or the registry belongs to another tenant.`,
    remedy: `${roleFor('repository')} Check that Tenant ID is that of the registry.`,
  })
}

/** The registry gives no token for what is asked for. */
export function tokenRefused(host: string): AppError {
  return new AppError({
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `${host} signs the application in, but gives it no token for what it asks for.`,
    remedy: roleFor('repository'),
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
export function explain(host: string, { status, body, request }: ApiRefusal): AppError | undefined {
  const read = refusalBody.safeParse(body)
  const first = read.success ? read.data.errors[0] : undefined
  const address = fenced.exec(first?.message ?? '')?.[1]
  if (status === 403 && address !== undefined) return fencedOff(host, address)
  if (status === 401) {
    const detail = refusalDetail.safeParse(first?.detail)
    const needed = detail.success ? detail.data[0] : undefined
    if (needed) return scopeMissing(host, `${needed.Type}:${needed.Name}:${needed.Action}`)
  }
  const repository = /^\/acr\/v1\/(.+)\/_tags\?/.exec(request.path)?.[1]
  if (status === 404 && repository !== undefined && first !== undefined) {
    return repositoryNotFound(host, repository)
  }
  return undefined
}
