import { AppError, type Secret } from '../../core/index.ts'
import type { HttpResponse } from '../../platform/http/index.ts'
import { type Challenge, parseChallenges } from './challenge.ts'
import type { HeldCredentials } from './credential-keeper.ts'
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
  const { address, clock } = options
  const credentials = options.credentials.latest()
  const open = await probe(options)
  if (open.status === 429 || open.status >= 500) {
    throw await answerError(open, { host: address.host, target: 'ping', scope: '', credentials, clock })
  }
  const challenges = parseChallenges(open.headerValues('www-authenticate'))
  await open.discard()
  const challenge = open.status === 401 ? chooseChallenge(challenges) : undefined
  if (open.status === 401 && !challenge) throw signInUnsupported(address.host)
  if (open.status !== 200 && challenge?.scheme !== 'basic') return challenge
  const status = await offer(options, await options.credentials.current())
  return challenge ?? (status === 200 ? unasked : undefined)
}

/** The status that the registry gives to our credentials, or to others where they are renewed; undefined: none to offer. */
async function offer(
  options: SessionOptions,
  held: HeldCredentials | undefined,
): Promise<number | undefined> {
  if (held?.basic === undefined) return undefined
  const offered = await probe(options, held.basic)
  await offered.discard()
  if (offered.status !== 401) {
    options.credentials.accepted(held)
    return offered.status
  }
  const better = await options.credentials.better(held)
  if (better === undefined) throw credentialsRefused(options.address.host)
  return offer(options, better)
}
