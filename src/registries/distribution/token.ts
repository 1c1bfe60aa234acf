import { AppError, type Clock, isAppError, Secret } from '../../core/index.ts'
import type { HttpClient, HttpResponse } from '../../platform/http/index.ts'
import type { Challenge } from './challenge.ts'
import { basicAuthorization, type RegistryCredentials } from './credentials.ts'
import { readJson } from './answer.ts'
import { answerError, credentialsRefused, signInRequired } from './errors.ts'
import type { HeldCredentials } from './credential-keeper.ts'
import type { RegistryAddress } from './hosts.ts'
import { tokenServer } from './realm.ts'
import type { SessionOptions } from './session-options.ts'
import type { Token } from './token-cache.ts'

const largestAnswer = 1 << 20
/** What a token lasts when the server does not say (distribution, docs/content/spec/auth/token.md). */
const defaultLifetime = 60

interface TokenRequest {
  readonly http: HttpClient
  readonly clock: Clock
  readonly address: RegistryAddress
  readonly challenge: Challenge
  /** Space-separated; '' asks for a token that only proves who we are. */
  readonly scope: string
  readonly credentials: RegistryCredentials | undefined
  readonly attempts: number | undefined
}

function query(request: TokenRequest): URLSearchParams {
  const parameters = new URLSearchParams()
  const service = request.challenge.parameters.get('service')
  if (service !== undefined) parameters.set('service', service)
  return parameters
}

/** GET with Basic credentials, or none (token specification). */
function get(request: TokenRequest, realm: URL): Promise<HttpResponse> {
  const authorization = request.credentials && basicAuthorization(request.credentials)
  for (const [name, value] of query(request)) realm.searchParams.set(name, value)
  for (const scope of request.scope.split(' ')) if (scope !== '') realm.searchParams.append('scope', scope)
  return request.http.request({
    method: 'GET',
    url: realm,
    headers: { accept: 'application/json' },
    ...(authorization ? { authorization } : {}),
    ...(request.attempts === undefined ? {} : { attempts: request.attempts }),
  })
}

/** POST of an identity token (distribution, docs/content/spec/auth/oauth.md). */
function post(request: TokenRequest, realm: URL, identityToken: Secret<string>): Promise<HttpResponse> {
  const form = query(request)
  form.set('grant_type', 'refresh_token')
  form.set('client_id', 'portolan')
  form.set('scope', request.scope)
  form.set('refresh_token', identityToken.reveal())
  return request.http.request({
    method: 'POST',
    url: realm,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new Secret(form.toString()),
    ...(request.attempts === undefined ? {} : { attempts: request.attempts }),
  })
}

function tokenIn(answer: unknown, host: string, now: number): Token {
  const fields = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {}
  const value = [fields['token'], fields['access_token']].find(
    (text) => typeof text === 'string' && text !== '',
  )
  // Visible ASCII only: anything else could not stand in a header.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new AppError({
      code: 'token-invalid',
      kind: 'invalid',
      publicMessage: `The token server of ${host} answered without a usable token.`,
      remedy: 'Check the token settings (realm) of the registry.',
    })
  }
  const stated = fields['expires_in']
  const lifetime = typeof stated === 'number' && stated > 0 ? Math.min(stated, 86_400) : defaultLifetime
  return { value: new Secret(`Bearer ${value}`), expiresAt: now + lifetime * 1000 }
}

/** A token for our credentials as they are now, or as they are renewed when these are refused. */
export async function obtainToken(
  options: SessionOptions,
  challenge: Challenge,
  scope: string,
): Promise<Token> {
  const { credentials } = options
  const attempt = async (held: HeldCredentials | undefined): Promise<Token> => {
    try {
      const token = await fetchToken({ ...options, challenge, scope, credentials: held?.credentials })
      credentials.accepted(held)
      return token
    } catch (error) {
      const isRefused = isAppError(error) && error.code === 'credentials-refused'
      const better = held && isRefused ? await credentials.better(held) : undefined
      if (better === undefined) throw error
      return attempt(better)
    }
  }
  return attempt(await credentials.current())
}

/**
 * Asks the token server of a Bearer challenge for a token.
 * The server gives what it allows of the scope, and still says 200: a token proves no permission.
 *
 * @throws AppError `credentials-refused`, `sign-in-required` (auth), `token-invalid` (invalid), those of the realm and of the network
 */
async function fetchToken(request: TokenRequest): Promise<Token> {
  const { address, credentials } = request
  const realm = tokenServer(request.challenge.parameters.get('realm'), address, credentials !== undefined)
  const response =
    credentials && 'identityToken' in credentials
      ? await post(request, realm, credentials.identityToken)
      : await get(request, realm)
  if (response.status === 200) {
    return tokenIn(await readJson(response, address.host, largestAnswer), address.host, request.clock.now())
  }
  const refusing =
    response.status === 401 || response.status === 403 || (response.status === 400 && credentials)
  if (!refusing) {
    throw await answerError(response, {
      host: address.host,
      target: 'token',
      scope: request.scope,
      credentials,
      clock: request.clock,
    })
  }
  await response.discard()
  throw credentials ? credentialsRefused(address.host) : signInRequired(address.host, request.scope)
}
