import { AppError, type Secret } from '../../core/index.ts'
import type { HttpResponse } from '../../platform/http/index.ts'
import { type Challenge, parseChallenges } from './challenge.ts'
import { basicAuthorization } from './credentials.ts'
import { answerError, credentialsRefused } from './errors.ts'
import type { SessionOptions } from './session-options.ts'

/** Stands for a registry that asks nobody to sign in, and is sent the credentials all the same. */
export const unasked: Challenge = { scheme: 'basic', parameters: new Map() }

export function signInUnsupported(host: string): AppError {
  return new AppError({
    code: 'sign-in-unsupported',
    kind: 'unsupported',
    publicMessage: `${host} asks to sign in in a way that is not supported (neither Basic nor Bearer).`,
    remedy: 'Enable token or Basic authentication at the registry.',
  })
}

/** Bearer is preferred: its tokens are narrow and short-lived. */
export function chooseChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find((one) => one.scheme === 'bearer') ?? challenges.find((one) => one.scheme === 'basic')
}

function probe(
  { http, address, attempts }: SessionOptions,
  authorization?: Secret<string>,
): Promise<HttpResponse> {
  return http.request({
    method: 'GET',
    url: `${address.origin}/v2/`,
    ...(authorization ? { authorization } : {}),
    ...(attempts === undefined ? {} : { attempts }),
  })
}

/**
 * How a registry wants our credentials, learnt before the first real request. One that is open to everybody does not
 * ask, and would quietly show its public part only; so they are offered, and a wrong password is found here, once.
 *
 * @throws AppError `credentials-refused` (auth), `sign-in-unsupported`, `registry-failing`, `registry-rate-limited`, the network's
 */
export async function learnScheme(options: SessionOptions): Promise<Challenge | undefined> {
  const { address, credentials, clock } = options
  const open = await probe(options)
  if (open.status === 429 || open.status >= 500) {
    throw await answerError(open, { host: address.host, target: 'ping', scope: '', credentials, clock })
  }
  const challenges = parseChallenges(open.headerValues('www-authenticate'))
  await open.discard()
  const challenge = open.status === 401 ? chooseChallenge(challenges) : undefined
  if (open.status === 401 && !challenge) throw signInUnsupported(address.host)
  const basic = credentials && basicAuthorization(credentials)
  const offers = basic && (open.status === 200 || challenge?.scheme === 'basic')
  if (!offers) return challenge
  const offered = await probe(options, basic)
  await offered.discard()
  if (offered.status === 401) throw credentialsRefused(address.host)
  return challenge ?? (offered.status === 200 ? unasked : undefined)
}
