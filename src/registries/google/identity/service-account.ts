import { sign } from 'node:crypto'
import { Secret } from '../../../core/index.ts'
import { createApiClient } from '../../index.ts'
import { SCOPE, type ServiceAccountKey } from './credentials.ts'
import type { IssuedToken, TokenRequest } from './ports.ts'
import { tokenAnswer } from './schema.ts'
import { tokenRefusal } from './token-error.ts'

const origin = 'https://oauth2.googleapis.com'
/** Seconds; Google takes no more. */
const lifetime = 3600

/** An access token for a key (Google Identity, "Using OAuth 2.0 for server to server applications"; RFC 7523). */
export async function serviceAccountToken(
  key: ServiceAccountKey,
  { http, clock, attempts }: TokenRequest,
): Promise<IssuedToken> {
  const api = createApiClient({
    http,
    clock,
    origin,
    attempts,
    explain: (refusal) => tokenRefusal(key.email, refusal),
  })
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertion(key, Math.floor(clock.now() / 1000)),
  })
  const { value } = await api.json(
    {
      path: '/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new Secret(form.toString()),
      doing: 'sign in',
    },
    tokenAnswer,
  )
  return { token: value.access_token, expiresAt: clock.now() + value.expires_in * 1000 }
}

/** @param now seconds since the epoch */
function assertion({ email, keyId, privateKey }: ServiceAccountKey, now: number): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) }
  const claims = { iss: email, scope: SCOPE, aud: `${origin}/token`, iat: now, exp: now + lifetime }
  const signed = `${base64url(header)}.${base64url(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey.reveal()).toString('base64url')}`
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
