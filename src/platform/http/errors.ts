import { AppError, type AppErrorOptions, isAppError } from '../../core/index.ts'
import type { Timeouts } from './ports.ts'

/** Where a request was going, and how long it was given: what the message of its failure names. */
export interface Attempt {
  readonly url: URL
  readonly timeouts: Timeouts
  readonly signal?: AbortSignal | undefined
  /** `host:port` of the proxy in between. */
  readonly proxy?: string | undefined
}

type Facts = Pick<AppErrorOptions, 'code' | 'kind' | 'publicMessage' | 'remedy'>
type Rule = readonly [codes: readonly (string | RegExp)[], facts: (attempt: Attempt) => Facts]

interface Lateness {
  readonly code: string
  readonly limit: keyof Timeouts
  readonly what: string
}

function timedOut({ code, limit, what }: Lateness) {
  return ({ url, timeouts }: Attempt): Facts => ({
    code,
    kind: 'temporary',
    publicMessage: `${url.host} ${what} within ${Math.ceil(timeouts[limit] / 1000)} s.`,
    remedy: 'Check the address, and any firewall or proxy in between.',
  })
}

const NOT_HTTP = [/^HPE_/, 'HTTPParserError', 'UND_ERR_HEADERS_OVERFLOW']

// Codes are Node's, OpenSSL's and undici's; the first rule that knows any code of an error decides.
const rules: readonly Rule[] = [
  [
    ['ENOTFOUND', 'EAI_NONAME', 'EAI_NODATA'],
    ({ url }) => ({
      code: 'host-not-found',
      // Of the name, not of what was asked for: an outage of a name server must not pass for a deletion.
      kind: 'temporary',
      publicMessage: `Host ${url.hostname} cannot be found.`,
      remedy: 'Check the spelling of the host, and that this machine can resolve it.',
    }),
  ],
  [
    ['EAI_AGAIN'],
    ({ url }) => ({
      code: 'name-server-failed',
      kind: 'temporary',
      publicMessage: `No name server answered for ${url.hostname}.`,
      remedy: 'Check the DNS settings of this machine.',
    }),
  ],
  [
    ['ECONNREFUSED'],
    ({ url }) => ({
      code: 'connection-refused',
      kind: 'temporary',
      publicMessage: `Nothing answers at ${url.host}: the connection was refused.`,
      remedy: 'Check host and port, and that the server runs.',
    }),
  ],
  [
    ['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
    ({ url }) => ({
      code: 'network-unreachable',
      kind: 'temporary',
      publicMessage: `Network unreachable: there is no route to ${url.host}.`,
      remedy: 'Check the network of this machine.',
    }),
  ],
  [
    ['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'],
    timedOut({ code: 'connection-timeout', limit: 'connect', what: 'did not answer' }),
  ],
  [
    ['UND_ERR_HEADERS_TIMEOUT'],
    timedOut({ code: 'response-timeout', limit: 'headers', what: 'took the request but did not answer' }),
  ],
  [
    ['UND_ERR_BODY_TIMEOUT'],
    timedOut({ code: 'transfer-stalled', limit: 'body', what: 'stopped sending and sent nothing more' }),
  ],
  [
    ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    ({ url }) => ({
      code: 'certificate-expired',
      kind: 'invalid',
      publicMessage: `The certificate of ${url.host} has expired or is not valid yet.`,
      remedy: 'Renew the certificate of the server; if it looks right, check the clock of this machine.',
    }),
  ],
  [
    ['ERR_TLS_CERT_ALTNAME_INVALID'],
    ({ url }) => ({
      code: 'certificate-wrong-host',
      kind: 'invalid',
      publicMessage: `The certificate that ${url.host} shows is for another host.`,
      remedy: 'Use the host name that the certificate names, or have the certificate name this host.',
    }),
  ],
  [
    [
      /^(DEPTH_ZERO_)?SELF_SIGNED_CERT/,
      /^UNABLE_TO_(VERIFY|GET_ISSUER)/,
      /^CERT_/,
      'INVALID_CA',
      'INVALID_PURPOSE',
    ],
    ({ url }) => ({
      code: 'certificate-untrusted',
      kind: 'invalid',
      publicMessage: `The certificate of ${url.host} is not signed by an authority that is trusted here.`,
      remedy: 'Add the certificate of the authority (CA) that signed it.',
    }),
  ],
  [
    [/^ERR_SSL_.*(PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)/],
    ({ url }) => ({
      code: 'tls-too-old',
      kind: 'invalid',
      publicMessage: `${url.host} offers no TLS version of 1.2 or newer.`,
      remedy: 'Enable TLS 1.2 or 1.3 at the server.',
    }),
  ],
  [
    ['EPROTO', /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)/],
    ({ url }) => ({
      code: 'not-tls',
      kind: 'invalid',
      publicMessage: `${url.host} is not a TLS endpoint: it answers HTTPS with something else.`,
      remedy:
        'Check the port. A registry without TLS needs an http:// address, and plain HTTP must be allowed for it.',
    }),
  ],
  [
    [/^ERR_SSL_/, /^ERR_TLS_/],
    ({ url }) => ({
      code: 'tls-failed',
      kind: 'invalid',
      publicMessage: `No TLS connection with ${url.host} could be agreed on.`,
      remedy: 'Check the TLS settings of the server.',
    }),
  ],
  [
    NOT_HTTP,
    ({ url }) => ({
      code: 'not-http',
      kind: 'invalid',
      publicMessage: `${url.host} answers with something that is not HTTP.`,
      remedy: 'Check the port, and whether the address should begin with https://.',
    }),
  ],
]

// With a proxy in between these are said of the way to it, or by it; 407 and its like come as an aborted or invalid request.
const proxyCodes =
  /^(ENOTFOUND|EAI_|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_(CONNECT_TIMEOUT|ABORTED|INVALID_ARG|PRX))/

function proxyFailed(proxy: string, { url }: Attempt): Facts {
  return {
    code: 'proxy-failed',
    kind: 'temporary',
    publicMessage: `The proxy ${proxy} cannot be reached or did not connect to ${url.host}.`,
    remedy: 'Check the address and credentials of the proxy, and what it allows.',
  }
}

/** The codes of an error and of everything inside it: Node and undici nest what happened (AggregateError, cause). */
function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 4) return []
  const { name, code, cause, errors } = error as Readonly<Record<string, unknown>>
  const inner = Array.isArray(errors) ? errors.flatMap((one) => codesOf(one, depth + 1)) : []
  // undici's HTTPParserError has no code of its own.
  const own = [code, name].filter((text) => typeof text === 'string')
  return [...own, ...codesOf(cause, depth + 1), ...inner]
}

function matches(pattern: string | RegExp, code: string): boolean {
  return typeof pattern === 'string' ? pattern === code : pattern.test(code)
}

function hasCode(error: unknown, patterns: readonly (string | RegExp)[]): boolean {
  const codes = codesOf(error)
  return patterns.some((one) => codes.some((code) => matches(one, code)))
}

/** What came is no HTTP answer. */
export function isNotHttp(error: unknown): boolean {
  return hasCode(error, NOT_HTTP)
}

/** What went wrong on the way, for a person. The text of the cause is never shown: it may hold a URL with secrets. */
export function networkError(error: unknown, attempt: Attempt): AppError {
  if (isAppError(error)) return error
  if (attempt.signal?.aborted) {
    const reason: unknown = attempt.signal.reason
    if (isAppError(reason)) return reason
    return new AppError({ code: 'cancelled', kind: 'cancelled', publicMessage: 'Cancelled.', cause: reason })
  }
  const codes = codesOf(error)
  const { proxy } = attempt
  if (proxy !== undefined && codes.some((code) => proxyCodes.test(code)))
    return new AppError({ ...proxyFailed(proxy, attempt), cause: error })
  const rule = rules.find(([patterns]) => hasCode(error, patterns))
  if (rule) return new AppError({ ...rule[1](attempt), cause: error })
  return new AppError({
    code: 'connection-broken',
    kind: 'temporary',
    publicMessage: `The connection with ${attempt.url.host} broke.`,
    remedy:
      attempt.url.protocol === 'http:'
        ? 'Try again; if it stays, the server may want HTTPS: use an https:// address.'
        : 'Try again; if it stays, look at proxies and load balancers in between.',
    cause: error,
  })
}
