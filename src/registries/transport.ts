import { z } from 'zod'
import { type HttpClient, parseCertificates } from '../platform/http/index.ts'
import type { PlatformField, RegistryEnvironment } from './ports.ts'
import { optionalText, switchedOn } from './schema.ts'

/** Fields that every platform's form ends with: how its registry is reached from here. */
export const transportFields: readonly PlatformField[] = [
  {
    name: 'caCertificate',
    label: 'CA certificate',
    kind: 'textarea',
    required: false,
    secret: false,
    guardsSecrets: true,
    help: 'In PEM form, where the certificate of the registry, or of a proxy that opens TLS, is signed by an authority of your own.',
    placeholder: '-----BEGIN CERTIFICATE-----',
  },
  {
    name: 'skipTlsVerification',
    label: 'Do not verify TLS',
    kind: 'boolean',
    required: false,
    secret: false,
    help: 'Accepts any certificate. Anyone in between can then read passwords and change images.',
  },
]

/** Part of a provider's form schema that reads `transportFields`. */
export const transportShape = {
  caCertificate: optionalText(500_000).refine(isCertificate, {
    message:
      'That is not a certificate in PEM form, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
  }),
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

/** Of a read form, what concerns the way to the registry. */
export function transportOf({ caCertificate, skipTlsVerification }: Transport): Transport {
  return { caCertificate, skipTlsVerification }
}

/** The outgoing client that a filled form asks for. */
export function openTransport(
  { caCertificate, skipTlsVerification }: Transport,
  environment: Pick<RegistryEnvironment, 'http'>,
): HttpClient {
  return environment.http({
    verifyTls: !skipTlsVerification,
    ...(caCertificate === undefined ? {} : { ca: caCertificate }),
  })
}
