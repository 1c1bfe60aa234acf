import { AppError, type Clock, type ErrorKind, safeText } from '../../core/index.ts'
import { type HttpResponse, parseRetryAfter } from '../../platform/http/index.ts'
import { type RegistryCredentials, redact } from './credentials.ts'
import { describeScope } from './scope.ts'

/** What was asked, so that a refusal can name it. */
export interface Asked {
  readonly host: string
  readonly target: 'ping' | 'token' | 'catalog' | 'tags' | 'manifest' | 'blob'
  readonly scope: string
  /** For messages: `acme/api:1.4`. */
  readonly name?: string
  readonly credentials: RegistryCredentials | undefined
  readonly clock: Clock
}

const largestErrorBody = 65_536

export function notARegistry(host: string): AppError {
  return new AppError({
    code: 'not-a-registry',
    kind: 'invalid',
    publicMessage: `This is not a registry API: ${host} answers as a web page does.`,
    remedy:
      'Check the address: it must be that of the registry itself, not of its web interface or of a sign-in proxy.',
  })
}

export function credentialsRefused(host: string): AppError {
  return new AppError({
    code: 'credentials-refused',
    kind: 'auth',
    publicMessage: `Credentials refused: ${host} does not accept this user name and password or token.`,
    remedy: 'Check user name and password; a token may have expired or been revoked.',
  })
}

export function signInRequired(host: string, scope: string): AppError {
  return new AppError({
    code: 'sign-in-required',
    kind: 'auth',
    publicMessage: `${host} wants credentials to ${describeScope(scope)}.`,
    remedy: 'Give user name and password or a token.',
  })
}

export function permissionMissing(asked: Asked, detail = ''): AppError {
  const who = asked.credentials ? 'These credentials are' : 'Without credentials it is'
  return new AppError({
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `${who} not allowed to ${describeScope(asked.scope)} at ${asked.host}${detail}.`,
    remedy: asked.credentials
      ? 'Grant that permission to the account, or use an account that has it.'
      : 'Give credentials that are allowed to; what is private looks absent without them.',
  })
}

interface Stated {
  readonly code: string
  readonly message: string
}

function stated(text: string): Stated {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { code: '', message: '' }
  }
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const first: unknown = Array.isArray(fields['errors']) ? fields['errors'][0] : fields
  const error = typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : {}
  const message = [error['message'], error['error'], error['details'], error['detail']].find(
    (value) => typeof value === 'string',
  )
  const { code } = error
  return {
    code: typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : '',
    message: typeof message === 'string' ? message : '',
  }
}

function absent(asked: Asked, code: string): AppError {
  const name = asked.name ?? asked.host
  const notFound = (own: string, what: string, remedy: string) =>
    new AppError({ code: own, kind: 'not-found', publicMessage: `${what} at ${asked.host}.`, remedy })
  if (asked.target === 'ping') return notARegistry(asked.host)
  if (asked.target === 'catalog') {
    return new AppError({
      code: 'catalog-unsupported',
      kind: 'unsupported',
      publicMessage: `${asked.host} does not list its repositories.`,
      remedy: 'Name the repositories of the connection one by one.',
    })
  }
  if (asked.target === 'token')
    return notFound(
      'token-server-missing',
      'There is no token server where one is announced',
      'Check the token settings (realm) of the registry.',
    )
  if (code === 'NAME_UNKNOWN' || asked.target === 'tags') {
    return notFound(
      'repository-not-found',
      `Repository ${name} is not found, or not open to this account,`,
      'Check the name and the permissions of the account.',
    )
  }
  if (asked.target === 'blob')
    return notFound(
      'blob-not-found',
      `Blob ${name} is not there`,
      'Push the image again: part of it is missing.',
    )
  return notFound('manifest-not-found', `${name} is not found`, 'The tag or image may have been deleted.')
}

function registryError(
  code: string,
  kind: ErrorKind,
  message: string,
  remedy: string,
  retryAt?: number,
): AppError {
  return new AppError({
    code,
    kind,
    publicMessage: message,
    remedy,
    ...(retryAt === undefined ? {} : { retryAt }),
  })
}

function passing(asked: Asked, response: HttpResponse, said: string): AppError {
  const retryAt = parseRetryAfter(response.header('retry-after'), asked.clock.now())
  if (response.status === 429) {
    const until = retryAt === undefined ? '' : ` until ${new Date(retryAt).toISOString()}`
    return registryError(
      'registry-rate-limited',
      'rate-limited',
      `${asked.host} asks us to slow down${until}${said}.`,
      'Nothing to do: it goes on by itself. Credentials often raise the limit.',
      retryAt,
    )
  }
  return registryError(
    'registry-failing',
    'temporary',
    `${asked.host} fails with status ${response.status}${said}.`,
    'Try again later; if it stays, look at the logs of the registry.',
    retryAt,
  )
}

/** 401 and 403 are refusals; 404 says absent or hidden; 405 on a listing says that there is none. */
function byStatus(asked: Asked, response: HttpResponse, { code, message }: Stated): AppError {
  const { status } = response
  const text = safeText(redact(message, asked.credentials)).replace(/[.\s]+$/, '')
  const said = text === '' ? '' : ` (it says: ${text})`
  if (status === 429 || status === 408 || status >= 500 || code === 'TOOMANYREQUESTS') {
    return passing(asked, response, said)
  }
  if (status === 403 || code === 'DENIED') return permissionMissing(asked, said)
  if (status === 401)
    return asked.credentials ? credentialsRefused(asked.host) : signInRequired(asked.host, asked.scope)
  if (status === 404 || (status === 405 && asked.target === 'catalog')) return absent(asked, code)
  return registryError(
    'registry-refused',
    'invalid',
    `${asked.host} refused the request with status ${status}${said}.`,
    'Check that the address is that of a registry of the OCI distribution protocol.',
  )
}

function isHtml(response: HttpResponse, start: string): boolean {
  return (
    /\btext\/html\b/i.test(response.header('content-type') ?? '') ||
    /^\s*<(?:!doctype|html|\?xml)/i.test(start)
  )
}

/** The error that an answer other than success stands for (registries.md 12). Consumes the answer. */
export async function answerError(response: HttpResponse, asked: Asked): Promise<AppError> {
  const bytes = await response.bytes(largestErrorBody).catch(() => new Uint8Array())
  const text = Buffer.from(bytes).toString('utf8')
  if (response.status === 400 && /HTTP request to an HTTPS server/i.test(text)) {
    return registryError(
      'https-required',
      'invalid',
      `${asked.host} speaks HTTPS, but was asked over plain HTTP.`,
      'Use an https:// address.',
    )
  }
  const busy = response.status === 429 || response.status >= 500
  if (!busy && isHtml(response, text) && asked.target !== 'blob') return notARegistry(asked.host)
  return byStatus(asked, response, stated(text))
}

/** A JSON answer, whatever its declared type. @throws AppError `not-a-registry`, `registry-answer-invalid` (invalid) */
export async function readJson(response: HttpResponse, host: string, limit: number): Promise<unknown> {
  const text = Buffer.from(await response.bytes(limit)).toString('utf8')
  if (isHtml(response, text.slice(0, 100))) throw notARegistry(host)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw answerInvalid(host, 'something that is not JSON', cause)
  }
}

/** Throws for a web page in place of what was asked for, before its body is read. */
export async function refuseHtml(response: HttpResponse, host: string): Promise<void> {
  if (!isHtml(response, '')) return
  await response.discard()
  throw notARegistry(host)
}

export function answerInvalid(host: string, what: string, cause?: unknown): AppError {
  return new AppError({
    code: 'registry-answer-invalid',
    kind: 'invalid',
    publicMessage: `${host} answered with ${what}.`,
    remedy: 'Check that the address is that of a registry, and what proxies in between do.',
    cause,
  })
}
