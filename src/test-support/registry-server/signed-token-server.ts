import { randomUUID, sign, X509Certificate } from 'node:crypto'
import { type Answer, errorAnswer, jsonAnswer, send, type ServerRequest } from './answer.ts'
import { basicUser } from './auth.ts'
import { listen, readBody, type TlsIdentity } from './listen.ts'
import { createRequestLog, type RequestLog } from './request-log.ts'
import { takeApart } from './route.ts'

export interface SignedTokenServer {
  /** What a registry names as realm. */
  readonly realm: string
  readonly requests: RequestLog
  close(): Promise<void>
}

export interface SignedTokenServerOptions {
  readonly users: Readonly<Record<string, string>>
  readonly issuer: string
  readonly service: string
  /** Signs the tokens; its certificate must be in the registry's root bundle. RSA. */
  readonly signer: TlsIdentity
  readonly tls?: TlsIdentity
  /** Seconds; 300 unless stated. */
  readonly expiresIn?: number
  /** Which repositories a user may use; all unless stated. */
  readonly allow?: (user: string, repository: string) => boolean
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function accessOf(options: SignedTokenServerOptions, user: string | null, scopes: readonly string[]) {
  return scopes.flatMap((scope) => {
    const [type = '', ...rest] = scope.split(':')
    const actions = rest.pop()?.split(',') ?? []
    const name = rest.join(':')
    const allowed = user !== null && (type === 'registry' || (options.allow?.(user, name) ?? true))
    return allowed ? [{ type, name, actions }] : []
  })
}

/** A token as distribution 2.8 verifies it (docs/content/spec/auth/jwt.md): RS256 with the certificate as x5c. */
function signedToken(
  options: SignedTokenServerOptions,
  user: string | null,
  scopes: readonly string[],
): string {
  const { signer } = options
  const now = Math.floor(Date.now() / 1000)
  const certificate = new X509Certificate(signer.cert).raw.toString('base64')
  const header = part({ typ: 'JWT', alg: 'RS256', x5c: [certificate] })
  const claims = part({
    iss: options.issuer,
    sub: user ?? '',
    aud: options.service,
    exp: now + (options.expiresIn ?? 300),
    nbf: now - 10,
    iat: now,
    jti: randomUUID(),
    access: accessOf(options, user, scopes),
  })
  const signature = sign('sha256', Buffer.from(`${header}.${claims}`), signer.key).toString('base64url')
  return `${header}.${claims}.${signature}`
}

function respond(options: SignedTokenServerOptions, request: ServerRequest): Answer {
  const user = basicUser(options.users, request.headers['authorization'])
  if (user === undefined) return errorAnswer(401, 'UNAUTHORIZED', 'incorrect username or password')
  const scopes = request.query
    .getAll('scope')
    .flatMap((scope) => scope.split(' '))
    .filter(Boolean)
  return jsonAnswer(200, { token: signedToken(options, user, scopes), expires_in: options.expiresIn ?? 300 })
}

/** A token server whose tokens a real registry accepts. */
export async function startSignedTokenServer(options: SignedTokenServerOptions): Promise<SignedTokenServer> {
  const requests = createRequestLog()
  const server = await listen(async (message, response) => {
    const request = takeApart(message, await readBody(message))
    const reply = respond(options, request)
    requests.add(request, reply.status)
    await send(request.method, reply, response)
  }, options)
  return { realm: `${server.url}/token`, requests, close: () => server.close() }
}
