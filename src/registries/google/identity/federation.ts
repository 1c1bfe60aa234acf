import { open } from 'node:fs/promises'
import { AppError, Secret } from '../../../core/index.ts'
import { createApiClient } from '../../index.ts'
import { type FederatedIdentity, SCOPE } from './credentials.ts'
import type { IssuedToken, TokenRequest } from './ports.ts'
import { impersonationAnswer, tokenAnswer } from './schema.ts'
import { tokenRefusal } from './token-error.ts'

const largestToken = 65_536
const json = { 'content-type': 'application/json' }

/** An access token for a token that this machine was given (AIP-4117; RFC 8693). */
export async function federatedToken(
  identity: FederatedIdentity,
  request: TokenRequest,
): Promise<IssuedToken> {
  const federated = await exchange(identity, request)
  return identity.impersonated === undefined
    ? federated
    : impersonate(identity.impersonated, federated, request)
}

async function exchange(
  identity: FederatedIdentity,
  { http, clock, attempts }: TokenRequest,
): Promise<IssuedToken> {
  const api = createApiClient({
    http,
    clock,
    attempts,
    origin: 'https://sts.googleapis.com',
    explain: (refusal) => tokenRefusal('the identity of this server', refusal, true),
  })
  const body = {
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    audience: identity.audience,
    scope: SCOPE,
    subjectTokenType: identity.subjectTokenType,
    subjectToken: await subjectToken(identity),
  }
  const { value } = await api.json(
    { path: '/v1/token', headers: json, body: new Secret(JSON.stringify(body)), doing: 'sign in' },
    tokenAnswer,
  )
  return { token: value.access_token, expiresAt: clock.now() + value.expires_in * 1000 }
}

async function impersonate(
  email: string,
  { token }: IssuedToken,
  { http, clock, attempts }: TokenRequest,
): Promise<IssuedToken> {
  const bearer = new Secret(`Bearer ${token}`)
  const api = createApiClient({
    http,
    clock,
    attempts,
    origin: 'https://iamcredentials.googleapis.com',
    authorization: () => Promise.resolve(bearer),
  })
  const { value } = await api.json(
    {
      path: `/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}:generateAccessToken`,
      headers: json,
      body: new Secret(JSON.stringify({ scope: [SCOPE], lifetime: '3600s' })),
      doing: `speak for ${email} (iam.serviceAccounts.getAccessToken)`,
    },
    impersonationAnswer,
  )
  return { token: value.accessToken, expiresAt: Date.parse(value.expireTime) }
}

async function subjectToken({ tokenFile, tokenField }: FederatedIdentity): Promise<string> {
  const text = await readStart(tokenFile)
  const token = tokenField === undefined ? text : fieldOf(text, tokenField)
  if (token.trim() === '') throw noToken()
  return token.trim()
}

/** At most `largestToken` bytes: what is mounted there is not ours to trust. */
async function readStart(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { buffer, bytesRead } = await file.read(Buffer.alloc(largestToken), 0, largestToken, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (cause) {
    throw noToken(cause)
  }
}

function fieldOf(text: string, name: string): string {
  try {
    const value: unknown = JSON.parse(text)
    const field = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : ''
    return typeof field === 'string' ? field : ''
  } catch (cause) {
    throw noToken(cause)
  }
}

function noToken(cause?: unknown): AppError {
  return new AppError({
    code: 'credentials-refused',
    kind: 'auth',
    publicMessage: 'The file that should hold the token of this server cannot be read.',
    remedy: 'Check that the token is mounted where the configuration of workload identity federation says.',
    cause,
  })
}
