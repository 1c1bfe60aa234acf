import { z } from 'zod'
import { parseCertificates } from '../../platform/http/index.ts'
import { optionalSecret, optionalText, switchedOn } from '../schema.ts'

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
