import { X509Certificate } from 'node:crypto'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { AppError } from '../../core/index.ts'

const pem = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/**
 * The certificates of a PEM bundle, each one readable.
 *
 * @throws AppError `certificate-invalid` (invalid)
 */
export function parseCertificates(text: string): readonly string[] {
  const found = text.match(pem) ?? []
  const readable = found.length > 0 && found.length <= 200 && found.every(isCertificate)
  if (readable) return found
  throw new AppError({
    code: 'certificate-invalid',
    kind: 'invalid',
    publicMessage: 'The CA certificate is not one or more certificates in PEM form.',
    remedy: 'Paste whole blocks, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
  })
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).subject !== undefined
  } catch {
    return false
  }
}

/**
 * A TLS context that trusts a bundle besides the usual roots: blobs are often redirected to public storage.
 * Made once for a client: reading some 150 roots anew for every connection takes longer than the handshake.
 */
export function trusting(ca: string): SecureContext {
  return createSecureContext({
    ca: [...getCACertificates('default'), ...parseCertificates(ca)],
    minVersion: 'TLSv1.2',
  })
}
