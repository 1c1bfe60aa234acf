import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../../registry-server/listen.ts'
import { type Accounts, googleSigner } from './accounts.ts'
import { ok, problem, type Reply } from './answers.ts'

/** What federation takes as the token of this machine. */
export const MOUNTED_TOKEN = 'a-token-that-was-mounted'

interface Asked {
  readonly path: string
  readonly text: string
  /** The access token that it came with. */
  readonly bearer: string
}

type Endpoint = (accounts: Accounts, asked: Asked) => Reply | Promise<Reply>

const refused = (error: string, said?: string): Reply => ({
  status: 400,
  body: { error, ...(said === undefined ? {} : { error_description: said }) },
})

/** RFC 7523: what a key signed, for an access token. */
const forKeys: Endpoint = async (accounts, { path, text }) => {
  const form = new URLSearchParams(text)
  const isGrant = form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  if (path !== '/token' || !isGrant) return refused('unsupported_grant_type')
  const given = await accounts.exchange(form.get('assertion') ?? '')
  if ('said' in given) return refused('invalid_grant', given.said)
  return ok({ access_token: given.token, expires_in: 3599, token_type: 'Bearer' })
}

/** RFC 8693: a token of somebody else, for one that can only speak as another. */
const forFederation: Endpoint = (accounts, { text }) => {
  const asked = JSON.parse(text) as Record<string, string>
  if (asked['subjectToken'] !== MOUNTED_TOKEN)
    return refused('invalid_grant', 'The given credential is rejected by the attribute condition.')
  return ok({
    access_token: accounts.issue('stranger'),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 3599,
  })
}

const forAnother: Endpoint = (accounts, { path, bearer }) => {
  const named = /serviceAccounts\/([^/:]+):generateAccessToken$/.exec(path)?.[1] ?? ''
  const isReader = decodeURIComponent(named) === accounts.email('reader')
  if (accounts.holder(bearer) === undefined || !isReader)
    return problem(403, 'PERMISSION_DENIED', "Permission 'iam.serviceAccounts.getAccessToken' denied")
  const expireTime = new Date(Date.now() + 3_600_000).toISOString()
  return ok({ accessToken: accounts.issue('reader'), expireTime })
}

const publicKeys: Endpoint = (_, { path }) =>
  path === '/oauth2/v3/certs' ? ok(googleSigner().jwks) : problem(404, 'NOT_FOUND', 'not found')

/** Token endpoints of Google by their host, and its public keys. */
export const tokenEndpoints: Readonly<Record<string, Endpoint>> = {
  'oauth2.googleapis.com': forKeys,
  'sts.googleapis.com': forFederation,
  'iamcredentials.googleapis.com': forAnother,
  'www.googleapis.com': publicKeys,
}

export async function answerTokens(
  accounts: Accounts,
  endpoint: Endpoint,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = Buffer.from(await readBody(message)).toString('utf8')
  const bearer = (message.headers.authorization ?? '').replace(/^Bearer /, '')
  const { status, body } = await endpoint(accounts, { path: message.url ?? '', text, bearer })
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}
