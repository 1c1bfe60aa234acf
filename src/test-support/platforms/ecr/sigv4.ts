import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** A request as it arrived. */
export interface SignedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Uint8Array
}

export interface SigningKey {
  readonly secret: string
  /** Of temporary keys. */
  readonly sessionToken?: string
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number
}

export interface VerifyOptions {
  readonly service: string
  readonly region: string
  readonly now: number
  keyOf(id: string): SigningKey | undefined
}

/** An error as AWS names it. */
export interface AwsRefusal {
  readonly status: number
  readonly name: string
  readonly message: string
}

const hash = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex')
const mac = (key: Uint8Array | string, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest()
const refusal = (name: string, message: string, status = 400): AwsRefusal => ({ status, name, message })
const allowedSkew = 5 * 60_000

/** 20260102T030405Z */
function stamp(at: number): string {
  return `${new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')}`
}

function timeOf(text: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  return Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s))
}

interface Authorization {
  readonly id: string
  readonly scope: readonly string[]
  readonly signed: readonly string[]
  readonly signature: string
}

function parse(header: string): Authorization | undefined {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    )
  if (!match) return undefined
  const [, id = '', scope = '', signed = '', signature = ''] = match
  return { id, scope: scope.split('/'), signed: signed.split(';'), signature }
}

const headerOf = ({ headers }: SignedRequest, name: string): string => {
  const value = headers[name]
  return (typeof value === 'string' ? value : (value ?? []).join(',')).trim().replace(/\s+/g, ' ')
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** What the signature is over (IAM user guide, "Create a signed AWS API request"). */
function stringToSign(request: SignedRequest, { scope, signed }: Authorization, date: string): string {
  const query = [...request.url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`)
  const canonical = [
    request.method,
    request.url.pathname,
    query.toSorted().join('&'),
    ...signed.map((name) => `${name}:${headerOf(request, name)}`),
    '',
    signed.join(';'),
    hash(request.body),
  ].join('\n')
  return ['AWS4-HMAC-SHA256', date, scope.join('/'), hash(canonical)].join('\n')
}

function signatureOf(secret: string, scope: readonly string[], text: string): string {
  const key = scope.reduce<Buffer | string>((so_far, part) => mac(so_far, part), `AWS4${secret}`)
  return mac(key, text).toString('hex')
}

function timeProblem(date: string, now: number): AwsRefusal | undefined {
  const at = timeOf(date)
  if (Math.abs(at - now) <= allowedSkew) return undefined
  const [word, edge, sign] =
    at < now ? ['expired', now - allowedSkew, '-'] : ['not yet current', now + allowedSkew, '+']
  const relation = at < now ? 'earlier' : 'later'
  return refusal(
    'InvalidSignatureException',
    `Signature ${word}: ${date} is now ${relation} than ${stamp(edge)} (${stamp(now)} ${sign} 5 min.)`,
  )
}

/**
 * Verifies a request that is signed by AWS Signature Version 4, as AWS does; its own work, not the SDK's.
 *
 * @returns the id of the key, or what AWS says of a wrong signature
 */
export function verify(request: SignedRequest, options: VerifyOptions): { readonly id: string } | AwsRefusal {
  const authorization = parse(headerOf(request, 'authorization'))
  const date = headerOf(request, 'x-amz-date')
  if (!authorization)
    return refusal('MissingAuthenticationTokenException', 'Missing Authentication Token', 403)
  const key = options.keyOf(authorization.id)
  const token = headerOf(request, 'x-amz-security-token')
  if (!key || (key.sessionToken ?? '') !== token) {
    return refusal('UnrecognizedClientException', 'The security token included in the request is invalid.')
  }
  if (key.expiresAt !== undefined && key.expiresAt <= options.now) {
    return refusal('ExpiredTokenException', 'The security token included in the request is expired')
  }
  const problem = timeProblem(date, options.now) ?? scopeProblem(authorization, date, options)
  if (problem) return problem
  const wanted = signatureOf(key.secret, authorization.scope, stringToSign(request, authorization, date))
  if (timingSafeEqual(Buffer.from(wanted), Buffer.from(authorization.signature)))
    return { id: authorization.id }
  return refusal(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
}

function scopeProblem(
  { scope, signed }: Authorization,
  date: string,
  { region, service }: VerifyOptions,
): AwsRefusal | undefined {
  if (scope.join('/') !== [date.slice(0, 8), region, service, 'aws4_request'].join('/')) {
    return refusal('InvalidSignatureException', `Credential should be scoped to a valid region.`)
  }
  const isWhole = ['host', 'x-amz-date'].every((name) => signed.includes(name))
  return isWhole
    ? undefined
    : refusal('IncompleteSignature', "Authorization header requires 'host' to be signed.")
}
