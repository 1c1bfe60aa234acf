import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../../registry-server/listen.ts'
import { type Accounts, googleSigner } from './accounts.ts'

/** Token endpoints of Google: for keys, for federated tokens, and for speaking as another. */
export async function answerTokens(
  accounts: Accounts,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = Buffer.from(await readBody(message)).toString('utf8')
  const reply = (status: number, body: unknown): void => {
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
      .end(JSON.stringify(body))
  }
  switch (message.headers.host) {
    case 'oauth2.googleapis.com': {
      const form = new URLSearchParams(text)
      const isGrant = form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer'
      if (message.url !== '/token' || !isGrant) return reply(400, { error: 'unsupported_grant_type' })
      const given = await accounts.exchange(form.get('assertion') ?? '')
      return 'said' in given
        ? reply(400, { error: 'invalid_grant', error_description: given.said })
        : reply(200, { access_token: given.token, expires_in: 3599, token_type: 'Bearer' })
    }
    case 'sts.googleapis.com': {
      const asked = JSON.parse(text) as Record<string, string>
      if (asked['subjectToken'] !== 'a-token-that-was-mounted')
        return reply(400, { error: 'invalid_grant', error_description: 'The given credential is rejected.' })
      return reply(200, {
        access_token: accounts.issue('stranger'),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 3599,
      })
    }
    case 'iamcredentials.googleapis.com': {
      const token = (message.headers.authorization ?? '').replace(/^Bearer /, '')
      const email = decodeURIComponent(
        /serviceAccounts\/([^/:]+):generateAccessToken$/.exec(message.url ?? '')?.[1] ?? '',
      )
      if (accounts.holder(token) === undefined || email !== accounts.email('reader'))
        return reply(403, { error: { code: 403, message: 'denied', status: 'PERMISSION_DENIED' } })
      const expireTime = new Date(Date.now() + 3_600_000).toISOString()
      return reply(200, { accessToken: accounts.issue('reader'), expireTime })
    }
    default:
      return message.url === '/oauth2/v3/certs' ? reply(200, googleSigner().jwks) : reply(404, {})
  }
}
