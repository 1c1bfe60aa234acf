import { AppError, type Clock, safeText, stripEnd } from '../../core/index.ts'
import { type HttpResponse, parseRetryAfter } from '../../platform/http/index.ts'
import { isHtml, notARegistry } from './answer.ts'
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

/** What Go, nginx and Apache httpd say, in this order. */
const wantsHttps =
  /HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|plain HTTP to an SSL-enabled server/i

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

/** What is not there, or hidden: GitHub, GitLab and Docker Hub do not tell the two apart. */
function absent(asked: Asked, code: string): AppError {
  const { host, name = host } = asked
  if (asked.target === 'ping') return notARegistry(host)
  if (asked.target === 'catalog') {
    return new AppError({
      code: 'catalog-unsupported',
      kind: 'unsupported',
      publicMessage: `${host} does not list its repositories.`,
      remedy: 'Name the repositories of the connection one by one.',
    })
  }
  if (asked.target === 'token') {
    return new AppError({
      code: 'token-server-missing',
      kind: 'not-found',
      publicMessage: `There is no token server where ${host} announces one.`,
      remedy: 'Check the token settings (realm) of the registry.',
    })
  }
  if (code === 'NAME_UNKNOWN' || asked.target === 'tags') {
    return new AppError({
      code: 'repository-not-found',
      kind: 'not-found',
      publicMessage: `Repository ${name} is not found at ${host}, or not open to this account.`,
      remedy: 'Check the name and the permissions of the account.',
    })
  }
  if (asked.target === 'blob') {
    return new AppError({
      code: 'blob-not-found',
      kind: 'not-found',
      publicMessage: `Blob ${name} is not there at ${host}.`,
      remedy: 'Push the image again: part of it is missing.',
    })
  }
  return new AppError({
    code: 'manifest-not-found',
    kind: 'not-found',
    publicMessage: `${name} is not found at ${host}.`,
    remedy: 'The tag or image may have been deleted.',
  })
}

function rateLimited(host: string, retryAt: number | undefined, said: string): AppError {
  const until = retryAt === undefined ? '' : ` until ${new Date(retryAt).toISOString()}`
  return new AppError({
    code: 'registry-rate-limited',
    kind: 'rate-limited',
    publicMessage: `${host} asks us to slow down${until}${said}.`,
    remedy: 'Nothing to do: it goes on by itself. Credentials often raise the limit.',
    ...(retryAt === undefined ? {} : { retryAt }),
  })
}

function failing(asked: Asked, status: number, retryAt: number | undefined, said: string): AppError {
  return new AppError({
    code: 'registry-failing',
    kind: 'temporary',
    publicMessage: `${asked.host} fails with status ${status}${said}.`,
    remedy: 'Try again later; if it stays, look at the logs of the registry.',
    ...(retryAt === undefined ? {} : { retryAt }),
  })
}

function refused(asked: Asked, status: number, said: string): AppError {
  return new AppError({
    code: 'registry-refused',
    kind: 'invalid',
    publicMessage: `${asked.host} refused the request with status ${status}${said}.`,
    remedy: 'Check that the address is that of a registry of the OCI distribution protocol.',
  })
}

/** 401 and 403 are refusals; 404 says absent or hidden; 405 on a listing says that there is none. */
function byStatus(asked: Asked, response: HttpResponse, { code, message }: Stated): AppError {
  const { status } = response
  const { host, credentials, scope } = asked
  const text = stripEnd(safeText(redact(message, credentials)), '. ')
  const said = text === '' ? '' : ` (it says: ${text})`
  const retryAt = parseRetryAfter(response.header('retry-after'), asked.clock.now())
  if (status === 429 || code === 'TOOMANYREQUESTS') return rateLimited(host, retryAt, said)
  if (status === 408 || status >= 500) return failing(asked, status, retryAt, said)
  if (status === 403 || code === 'DENIED') return permissionMissing(asked, said)
  if (status === 401) return credentials ? credentialsRefused(host) : signInRequired(host, scope)
  if (status === 404 || (status === 405 && asked.target === 'catalog')) return absent(asked, code)
  return refused(asked, status, said)
}

/** Some registries say 401, 403 and 404 by a web page; where a registry is looked for, a web page is none. */
function isElsewhere(asked: Asked, response: HttpResponse, text: string): boolean {
  const { status } = response
  if (status === 429 || status >= 500 || !isHtml(response, text)) return false
  return asked.target === 'ping' || asked.target === 'token' || ![401, 403, 404].includes(status)
}

/** The error that an answer other than success stands for. Consumes the answer. */
export async function answerError(response: HttpResponse, asked: Asked): Promise<AppError> {
  const bytes = await response.bytes(largestErrorBody).catch(() => new Uint8Array())
  const text = Buffer.from(bytes).toString('utf8')
  if (response.status === 400 && wantsHttps.test(text)) {
    return new AppError({
      code: 'https-required',
      kind: 'invalid',
      publicMessage: `${asked.host} speaks HTTPS, but was asked over plain HTTP.`,
      remedy: 'Use an https:// address.',
    })
  }
  return isElsewhere(asked, response, text)
    ? notARegistry(asked.host)
    : byStatus(asked, response, stated(text))
}
