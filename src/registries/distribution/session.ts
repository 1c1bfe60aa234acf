import { AppError, type Secret } from '../../core/index.ts'
import type { HttpResponse } from '../../platform/http/index.ts'
import { type Authorizer, createAuthorizer } from './authorizer.ts'
import { endedAsUnauthorized } from './ended.ts'
import { answerError, type Asked, credentialsRefused, permissionMissing, signInRequired } from './errors.ts'
import type { RegistryAddress } from './hosts.ts'
import type { SessionOptions } from './session-options.ts'

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD'
  /** Path and query below the registry's origin. */
  readonly path: string
  readonly target: Asked['target']
  /** What a token must allow. */
  readonly scope: string
  /** What a token is asked for, where it is to do for other requests, too. */
  readonly tokenScope?: string | undefined
  /** For messages. */
  readonly name?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/** Requests of one registry, signed in as it wants (docs/registries/protocol.md). */
export interface Session {
  readonly address: RegistryAddress
  /**
   * @param expected statuses that the caller can read; default 200
   * @throws AppError for every other answer; `credentials-refused`, once found, without asking again
   */
  send(request: RegistryRequest, expected?: readonly number[]): Promise<HttpResponse>
  /** How the registry wants to be signed in to; 'none' when it has not asked. */
  scheme(): string
  /** The service that its challenge names. */
  service(): string | undefined
}

function unauthorized(asked: Asked, insufficient: boolean): AppError {
  if (insufficient) return permissionMissing(asked)
  return asked.credentials ? credentialsRefused(asked.host) : signInRequired(asked.host, asked.scope)
}

/** Tokens are fetched for all who wait for them, so one who gives up must not end the request of the others. */
async function orAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return shared
  const aborted = Promise.withResolvers<never>()
  const abort = () =>
    aborted.reject(new AppError({ code: 'cancelled', kind: 'cancelled', publicMessage: 'Cancelled.' }))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([shared, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function exchange(
  { http, address, attempts }: SessionOptions,
  request: RegistryRequest,
  authorization: Secret<string> | undefined,
): Promise<HttpResponse> {
  return http.request({
    method: request.method,
    url: address.origin + request.path,
    ...(request.headers ? { headers: request.headers } : {}),
    ...(authorization ? { authorization } : {}),
    ...(request.signal ? { signal: request.signal } : {}),
    ...(attempts === undefined ? {} : { attempts }),
  })
}

export function createSession(options: SessionOptions): Session {
  const { address } = options
  const authorizer: Authorizer = createAuthorizer(options)

  /** As `exchange`; an answer that says by 403 or 400 that a password or token has ended says 401 here. */
  async function judged(
    request: RegistryRequest,
    authorization: Secret<string> | undefined,
  ): Promise<HttpResponse> {
    const response = await exchange(options, request, authorization)
    if (authorization === undefined || !authorizer.mayHaveEnded(authorization, response.status))
      return response
    const askWhy = () => exchange(options, { ...request, method: 'GET' }, authorization)
    return endedAsUnauthorized(response, request.method === 'HEAD' ? askWhy : undefined)
  }

  function accepted(response: HttpResponse, authorization: Secret<string> | undefined): HttpResponse {
    if (authorization) authorizer.accepted(authorization)
    return response
  }

  /** The answer after at most one renewal of what authorises us; undefined rights are learnt from the first 401. */
  async function authorized(request: RegistryRequest, asked: Asked): Promise<HttpResponse> {
    const scope = request.tokenScope ?? request.scope
    const first = await orAborted(authorizer.authorization(scope), request.signal)
    const response = await judged(request, first)
    if (response.status !== 401) return accepted(response, first)
    const challenges = authorizer.read(response)
    await response.discard()
    const second = await orAborted(authorizer.renew(scope, challenges, first), request.signal)
    if (!second) throw unauthorized(asked, authorizer.isInsufficient(challenges))
    const again = await exchange(options, request, second)
    if (again.status !== 401) return accepted(again, second)
    const insufficient = authorizer.isInsufficient(authorizer.read(again))
    await again.discard()
    throw unauthorized(asked, insufficient)
  }

  return {
    address,
    scheme: () => authorizer.scheme(),
    service: () => authorizer.service(),
    async send(request, expected = [200]) {
      const asked: Asked = {
        host: address.host,
        target: request.target,
        scope: request.scope,
        ...(request.name === undefined ? {} : { name: request.name }),
        get credentials() {
          return options.credentials.latest()
        },
        clock: options.clock,
      }
      const response = await authorized(request, asked)
      if (expected.includes(response.status)) return response
      throw await answerError(response, asked)
    },
  }
}
