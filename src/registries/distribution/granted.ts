import type { HttpClient } from '../../platform/http/index.ts'
import { basicAuthorization, type RegistryCredentials } from './credentials.ts'

const largestAnswer = 1 << 20

export interface GrantQuestion {
  /** The token server, known to belong to the registry. */
  readonly realm: string
  readonly service: string
  readonly repository: string
  readonly credentials: RegistryCredentials
  readonly signal?: AbortSignal | undefined
}

/**
 * What an account may do with a repository, by the token that its registry grants for everything: token servers give the
 * intersection of what is asked for and what is allowed (distribution, docs/content/spec/auth/token.md, `access`).
 *
 * @returns undefined where the token does not say
 */
export async function grantedActions(
  http: HttpClient,
  { realm, service, repository, credentials, signal }: GrantQuestion,
): Promise<readonly string[] | undefined> {
  const authorization = basicAuthorization(credentials)
  if (authorization === undefined) return undefined
  const query = new URLSearchParams({ service, scope: `repository:${repository}:pull,push` })
  const response = await http.request({
    method: 'GET',
    url: `${realm}?${query}`,
    headers: { accept: 'application/json' },
    authorization,
    attempts: 1,
    ...(signal ? { signal } : {}),
  })
  if (response.status !== 200) {
    await response.discard()
    return undefined
  }
  const { token, access_token } = record(parsed(Buffer.from(await response.bytes(largestAnswer)).toString()))
  return actionsIn(tokenClaims(token ?? access_token), repository)
}

function actionsIn(claims: Record<string, unknown>, repository: string): readonly string[] | undefined {
  const { access } = claims
  if (!Array.isArray(access)) return undefined
  const granted = access.map(record).filter(({ name }) => name === repository || isWithHost(name, repository))
  const actions = granted.flatMap((one) => (Array.isArray(one['actions']) ? one['actions'] : []))
  return actions.filter((action): action is string => typeof action === 'string')
}

/** Quay names a repository with its own host before it, where it was asked for so. */
function isWithHost(name: unknown, repository: string): boolean {
  return typeof name === 'string' && name.endsWith(`/${repository}`) && /^[^/]*[.:]/.test(name)
}

/**
 * What a JSON Web Token says, unverified: for planning and for messages, never for trust. Empty for anything else.
 *
 * @param token as it came
 */
export function tokenClaims(token: unknown): Record<string, unknown> {
  const [, claims = ''] = typeof token === 'string' ? token.split('.') : []
  return record(parsed(Buffer.from(claims, 'base64url').toString('utf8')))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
