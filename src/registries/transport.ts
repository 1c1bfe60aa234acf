import { z } from 'zod'
import { AppError, type HostList, Secret } from '../core/index.ts'
import { type HttpClient, insecureNotAllowed, parseCertificates } from '../platform/http/index.ts'
import type { PlatformField, RegistryConnector, RegistryEnvironment } from './ports.ts'
import { optionalSecret, optionalText, switchedOn } from './schema.ts'

const common = { required: false, secret: false, group: 'transport' } as const

/** Fields that every platform's form ends with: how its registry is reached from here. */
export const transportFields: readonly PlatformField[] = [
  {
    ...common,
    name: 'caCertificate',
    label: 'CA certificate',
    kind: 'textarea',
    guardsSecrets: true,
    help: 'In PEM form, where the certificate of the registry, or of a proxy that opens TLS, is signed by an authority of your own.',
    placeholder: '-----BEGIN CERTIFICATE-----',
  },
  {
    ...common,
    name: 'proxyUrl',
    label: 'Proxy',
    kind: 'url',
    guardsSecrets: true,
    needs: 'proxy',
    help: 'Everything of this connection goes through it, also the names of hosts.',
    placeholder: 'http://proxy.example.com:3128',
  },
  {
    ...common,
    name: 'proxyUsername',
    label: 'Proxy user name',
    kind: 'text',
    needs: 'proxy',
    help: 'Where the proxy asks for one.',
  },
  {
    ...common,
    name: 'proxyPassword',
    label: 'Proxy password',
    kind: 'password',
    secret: true,
    needs: 'proxy',
    help: '',
  },
  {
    ...common,
    name: 'skipTlsVerification',
    label: 'Do not verify TLS',
    kind: 'boolean',
    needs: 'insecure',
    help: 'Accepts any certificate. Anyone in between can then read passwords and change images.',
  },
]

/** Part of a provider's form schema that reads `transportFields`. */
export const transportShape = {
  caCertificate: optionalText(500_000).refine(isCertificate, {
    message:
      'That is not a certificate in PEM form, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
  }),
  proxyUrl: optionalText(500).refine(isProxyAddress, {
    message: 'Write it as http://proxy.example.com:3128; user name and password have fields of their own.',
  }),
  proxyUsername: optionalText(255),
  proxyPassword: optionalSecret,
  skipTlsVerification: switchedOn,
}

const shape = z.object(transportShape)
export type Transport = z.output<typeof shape>

function isCertificate(text: string | undefined): boolean {
  if (text === undefined) return true
  try {
    parseCertificates(text)
    return true
  } catch {
    return false
  }
}

function isProxyAddress(text: string | undefined): boolean {
  if (text === undefined) return true
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
  return url.username === '' && url.password === '' && url.pathname === '/' && url.search + url.hash === ''
}

/** Of a read form, what concerns the way to the registry. */
export function transportOf(form: Transport): Transport {
  const { caCertificate, proxyUrl, proxyUsername, proxyPassword, skipTlsVerification } = form
  return { caCertificate, proxyUrl, proxyUsername, proxyPassword, skipTlsVerification }
}

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
