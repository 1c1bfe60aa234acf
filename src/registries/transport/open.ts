import { AppError, type HostList, Secret } from '../../core/index.ts'
import { type HttpClient, insecureNotAllowed } from '../../platform/http/index.ts'
import type { PlatformField, RegistryConnector, RegistryEnvironment } from '../ports.ts'
import type { Transport } from './schema.ts'

/**
 * The outgoing client that a filled form asks for.
 *
 * @throws AppError `proxy-not-allowed` (denied), `address-private`, `address-forbidden` (denied) for a proxy that may not be used,
 *   each at the field `proxyUrl`
 */
export function openTransport(
  transport: Transport,
  environment: Pick<RegistryEnvironment, 'http'>,
): HttpClient {
  const { caCertificate, skipTlsVerification } = transport
  const ownProxy = proxyOf(transport)
  try {
    return environment.http({
      verifyTls: !skipTlsVerification,
      ...(caCertificate === undefined ? {} : { ca: caCertificate }),
      ...(ownProxy === undefined ? {} : { ownProxy }),
    })
  } catch (error) {
    throw ownProxy !== undefined && error instanceof AppError && error.kind === 'denied'
      ? ofProxy(error)
      : error
  }
}

function proxyOf({ proxyUrl, proxyUsername, proxyPassword }: Transport): Secret<string> | undefined {
  if (proxyUrl === undefined) return undefined
  const url = new URL(proxyUrl)
  url.username = encodeURIComponent(proxyUsername ?? '')
  url.password = encodeURIComponent(proxyPassword?.reveal() ?? '')
  return new Secret(url.href)
}

function ofProxy(error: AppError): AppError {
  const { code, kind, publicMessage, remedy = '' } = error
  return new AppError({
    code,
    kind,
    publicMessage,
    remedy,
    cause: error,
    fields: { proxyUrl: `${publicMessage} ${remedy}` },
  })
}

/**
 * A connector that is reached without protection must be one that the operator has named.
 *
 * @throws AppError `insecure-not-allowed` (denied) at the switches of the form that ask for it
 */
export function assertProtected(
  { host, insecure }: Pick<RegistryConnector, 'host' | 'insecure'>,
  fields: readonly PlatformField[],
  settings: Readonly<Record<string, unknown>>,
  allowed: HostList,
): void {
  if (!insecure || allowed.has(host)) return
  const { code, kind, publicMessage, remedy = '' } = insecureNotAllowed(host, allowed)
  const asking = fields.filter(({ name, needs }) => needs === 'insecure' && settings[name] === true)
  const texts = asking.map(({ name }) => [name, `${publicMessage} ${remedy}`])
  throw new AppError({ code, kind, publicMessage, remedy, fields: Object.fromEntries(texts) })
}
