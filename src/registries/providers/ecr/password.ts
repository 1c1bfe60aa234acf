import { type AppError, type Clock, Secret } from '../../../core/index.ts'
import { answerInvalid, type CredentialSource } from '../../index.ts'
import type { EcrApi } from './api.ts'

/** Passwords last 12 hours (Amazon ECR user guide, "Private registry authentication"). */
const renewBefore = 30 * 60_000
const longest = 65_536

/**
 * The registry's user name and password, which AWS gives to who may ask (GetAuthorizationToken), and gives anew in time.
 *
 * @param host for messages
 */
export function registryPassword(api: EcrApi, clock: Clock, host: string): CredentialSource {
  return async () => {
    const { authorizationData } = await api.authorizationToken()
    const [first] = Array.isArray(authorizationData) ? authorizationData : []
    const { authorizationToken, expiresAt } = first ?? {}
    const text = Buffer.from(String(authorizationToken ?? '').slice(0, longest), 'base64').toString('utf8')
    const [username = '', ...password] = text.split(':')
    const endsAt = expiresAt instanceof Date ? expiresAt.getTime() : Number.NaN
    if (username === '' || password.length === 0 || !Number.isFinite(endsAt)) throw tokenInvalid(host)
    return {
      credentials: { username, password: new Secret(password.join(':')) },
      renewAt: endsAt - Math.min(renewBefore, (endsAt - clock.now()) / 4),
    }
  }
}

function tokenInvalid(host: string): AppError {
  return answerInvalid(host, 'a sign-in token in an unknown form')
}
