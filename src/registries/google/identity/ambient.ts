import { AppError, type Clock } from '../../../core/index.ts'
import { SCOPE } from './credentials.ts'
import type { IssuedToken } from './ports.ts'

/** What a token lasts when nobody says. */
const shortLife = 300_000

/**
 * An access token of this server's own identity: a workload identity, the account of its machine, or what
 * GOOGLE_APPLICATION_CREDENTIALS names. Only to be asked where the operator has allowed it. Google's library reaches the metadata
 * server by itself: our HTTP client refuses link-local addresses, for everybody.
 */
export async function ambientToken(clock: Clock): Promise<IssuedToken> {
  const { GoogleAuth } = await import('google-auth-library')
  try {
    const client = await new GoogleAuth({ scopes: SCOPE }).getClient()
    const { token } = await client.getAccessToken()
    if (typeof token !== 'string' || token === '') throw new Error('no token')
    return { token, expiresAt: client.credentials.expiry_date ?? clock.now() + shortLife }
  } catch (cause) {
    throw new AppError({
      code: 'credentials-refused',
      kind: 'auth',
      publicMessage: 'This server has no identity of its own at Google, or may not use it.',
      remedy:
        'Run it with a service account (workload identity, an instance with a service account), or paste the key of one.',
      cause,
    })
  }
}
