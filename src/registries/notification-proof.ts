import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError, type Secret } from '../core/index.ts'
import type { IncomingNotification } from './notifications.ts'

/** Whether two texts are the same, in a time that says nothing of where they differ. */
export function isSameSecret(given: string, wanted: Secret<string>): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(wanted.reveal()))
}

export function notificationRefused(): AppError {
  return new AppError({
    code: 'notification-refused',
    kind: 'auth',
    publicMessage: 'The notification does not carry the proof that its platform was told to send.',
    remedy: 'Enter the address and the secret of the connection at the platform again.',
  })
}

/** @param what as in "It has ..." */
export function notificationInvalid(what: string, cause?: unknown): AppError {
  return new AppError({
    code: 'notification-invalid',
    kind: 'invalid',
    publicMessage: `The notification cannot be read: it has ${what}.`,
    remedy: 'Check what the platform was told to send.',
    cause,
  })
}

/**
 * The proof of platforms that send a header of the user's choice.
 *
 * @param scheme what may stand before the secret, as in `Bearer`
 * @throws AppError `notification-refused` (auth) unless the header is the secret
 */
export function checkSecretHeader(event: IncomingNotification, name: string, scheme?: string): void {
  const value = event.headers[name] ?? ''
  const prefix = scheme === undefined ? '' : `${scheme} `
  const bare = value.toLowerCase().startsWith(prefix.toLowerCase()) ? value.slice(prefix.length) : value
  if (!isSameSecret(bare, event.secret)) throw notificationRefused()
}

/** The body as JSON. @throws AppError `notification-invalid` (invalid) */
export function notificationJson(event: Pick<IncomingNotification, 'body'>): unknown {
  try {
    return JSON.parse(Buffer.from(event.body).toString('utf8'))
  } catch (cause) {
    throw notificationInvalid('a body that is not JSON', cause)
  }
}
