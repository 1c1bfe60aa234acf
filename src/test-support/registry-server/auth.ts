import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '../../core/index.ts'
import { type Answer, errorAnswer, type ServerRequest } from './answer.ts'

interface Users {
  /** Password by user name. */
  readonly users: Readonly<Record<string, string>>
  /** Who sends no credentials may pull. */
  readonly anonymousPull?: boolean
}

export type ServerAuth =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'basic' } & Users)
  | ({
      readonly kind: 'bearer'
      /** Seconds; 300 unless stated. */
      readonly expiresIn?: number
      readonly clock?: Clock
      /** What a user (null: nobody) may do with which repositories; everything unless stated. */
      readonly allow?: (user: string | null, repository: string, action: string) => boolean
      /** Which users may list the catalog; all unless stated. */
      readonly allowCatalog?: (user: string | null) => boolean
      /** Named in challenges in place of the token server's own address. */
      readonly realm?: string
      /** Named in challenges; `registry-server` unless stated. */
      readonly service?: string
      /** Rewrites the challenge: several, in another order, ... */
      readonly challenge?: (challenge: string) => string | readonly string[]
      /** User by identity token, for those who sign in by POST (distribution, docs/content/spec/auth/oauth.md). */
      readonly identityTokens?: Readonly<Record<string, string>>
      /** Names of the answer's token field; `token` unless stated. */
      readonly tokenField?: 'token' | 'access_token'
    } & Users)

export type BearerAuth = Extract<ServerAuth, { kind: 'bearer' }>

interface Grant {
  readonly user: string | null
  readonly access: ReadonlySet<string>
  readonly expiresAt: number
}

/** The user whose name and password a Basic header holds; undefined when they are wrong, null when there are none. */
export function basicUser(
  users: Readonly<Record<string, string>>,
  header: unknown,
): string | null | undefined {
  const match = /^basic (.+)$/i.exec(String(header ?? ''))
  if (!match?.[1]) return null
  const [user = '', ...password] = Buffer.from(match[1], 'base64').toString('utf8').split(':')
  return Object.hasOwn(users, user) && users[user] === password.join(':') ? user : undefined
}

/** Access that a request needs, in the words of the token specification. */
export function neededAccess(
  request: ServerRequest,
): { type: string; name: string; actions: string[] } | undefined {
  if (request.target === 'catalog') return { type: 'registry', name: 'catalog', actions: ['*'] }
  if (request.repository === '') return undefined
  const writes = !['GET', 'HEAD'].includes(request.method) || request.target === 'upload'
  return { type: 'repository', name: request.repository, actions: writes ? ['pull', 'push'] : ['pull'] }
}

/** Tokens that were handed out, and what they allow. */
export class TokenBook {
  private readonly grants = new Map<string, Grant>()
  private readonly auth: BearerAuth
  private readonly clock: Clock

  constructor(auth: BearerAuth) {
    this.auth = auth
    this.clock = auth.clock ?? systemClock
  }

  get lifetime(): number {
    return this.auth.expiresIn ?? 300
  }

  /** The intersection of what is wanted and what is allowed. */
  issue(user: string | null, scopes: readonly string[]): string {
    const access = new Set<string>()
    for (const scope of scopes) {
      const [type = '', ...rest] = scope.split(':')
      const actions = rest.pop()?.split(',') ?? []
      const name = rest.join(':')
      for (const action of actions)
        if (this.isAllowed(user, type, name, action)) access.add(`${type}:${name}:${action}`)
    }
    const expiresAt = this.clock.now() + this.lifetime * 1000
    const token = tokenText({
      sub: user ?? '',
      exp: Math.floor(expiresAt / 1000),
      access: accessClaim(access),
    })
    this.grants.set(token, { user, access, expiresAt })
    return token
  }

  private isAllowed(user: string | null, type: string, name: string, action: string): boolean {
    if (type === 'registry') return this.auth.allowCatalog?.(user) ?? user !== null
    if (user === null && (action !== 'pull' || !this.auth.anonymousPull)) return false
    return this.auth.allow?.(user, name, action) ?? true
  }

  /** 'invalid' for an unknown or expired token, 'insufficient' for one that allows too little. */
  judge(header: unknown, request: ServerRequest): 'ok' | 'absent' | 'invalid' | 'insufficient' {
    const match = /^bearer (.+)$/i.exec(String(header ?? ''))
    if (!match?.[1]) return 'absent'
    const grant = this.grants.get(match[1])
    if (!grant || grant.expiresAt <= this.clock.now()) return 'invalid'
    const needed = neededAccess(request)
    const missing = needed?.actions.some(
      (action) => !grant.access.has(`${needed.type}:${needed.name}:${action}`),
    )
    return missing ? 'insufficient' : 'ok'
  }

  revokeAll(): void {
    this.grants.clear()
  }
}

/** In the form of a JSON Web Token, as token servers give them; known by its last part, which nobody can guess. */
function tokenText(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return [part({ alg: 'none' }), part(claims), randomBytes(24).toString('base64url')].join('.')
}

function accessClaim(access: ReadonlySet<string>): object[] {
  const byName = Map.groupBy(access, (one) => one.slice(0, one.lastIndexOf(':')))
  return [...byName].map(([resource, all]) => ({
    type: resource.slice(0, resource.indexOf(':')),
    name: resource.slice(resource.indexOf(':') + 1),
    actions: all.map((one) => one.slice(one.lastIndexOf(':') + 1)),
  }))
}

function unauthorized(request: ServerRequest, challenge: string | readonly string[]): Answer {
  const needed = neededAccess(request)
  const detail = needed
    ? needed.actions.map((action) => ({ Type: needed.type, Class: '', Name: needed.name, Action: action }))
    : null
  return errorAnswer(401, 'UNAUTHORIZED', 'authentication required', detail, {
    'www-authenticate': challenge,
  })
}

function bearerRefusal(
  auth: BearerAuth,
  book: TokenBook,
  realm: string,
  request: ServerRequest,
): Answer | undefined {
  const verdict = book.judge(request.headers['authorization'], request)
  if (verdict === 'ok') return undefined
  const needed = neededAccess(request)
  const scope = needed ? `,scope="${needed.type}:${needed.name}:${needed.actions.join(',')}"` : ''
  const error =
    verdict === 'absent'
      ? ''
      : verdict === 'invalid'
        ? ',error="invalid_token"'
        : ',error="insufficient_scope"'
  const challenge = `Bearer realm="${auth.realm ?? realm}",service="${auth.service ?? 'registry-server'}"${scope}${error}`
  return unauthorized(request, auth.challenge?.(challenge) ?? challenge)
}

/** The refusal of a request, or undefined when it may pass. */
export function refusalOf(
  auth: ServerAuth,
  book: TokenBook | undefined,
  realm: string,
  request: ServerRequest,
): Answer | undefined {
  if (auth.kind === 'none' || request.target === 'other') return undefined
  if (auth.kind === 'bearer') return book && bearerRefusal(auth, book, realm, request)
  const user = basicUser(auth.users, request.headers['authorization'])
  const mayPull = auth.anonymousPull && ['GET', 'HEAD'].includes(request.method)
  if (user || (user === null && mayPull)) return undefined
  return unauthorized(request, 'Basic realm="registry-server"')
}
