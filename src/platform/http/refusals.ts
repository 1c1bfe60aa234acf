import { AppError, type HostList } from '../../core/index.ts'

/** What only an operator can allow; each names the setting. */

export function insecureNotAllowed(host: string, { setting }: HostList): AppError {
  return new AppError({
    code: 'insecure-not-allowed',
    kind: 'denied',
    publicMessage: `${host} may not be reached over plain HTTP or with an unverified certificate.`,
    remedy: `Use https:// with a certificate that is trusted, or add the CA certificate. If it cannot be helped, the operator adds the host to ${setting}.`,
  })
}

export function proxyNotAllowed(host: string, { setting }: HostList): AppError {
  return new AppError({
    code: 'proxy-not-allowed',
    kind: 'denied',
    publicMessage: `The proxy ${host} may not be used for a connection.`,
    remedy: `If it is meant to be, the operator adds the host to ${setting}.`,
  })
}
