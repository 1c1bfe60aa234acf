import { randomBytes } from 'node:crypto'
import { listen, type Listening } from '../../registry-server/listen.ts'
import type { FakeRole, Principals } from './principals.ts'

/** The metadata service of an instance (IMDSv2), which gives keys of the instance's role to who runs on it. */
export async function startMetadataService(
  principals: Principals,
  role: FakeRole,
  now: () => number,
): Promise<Listening> {
  const token = randomBytes(20).toString('base64')
  const base = '/latest/meta-data/iam/security-credentials/'
  return listen((message, response) => {
    if (message.method === 'PUT' && message.url === '/latest/api/token') {
      response.setHeader('x-aws-ec2-metadata-token-ttl-seconds', '21600')
      response.end(token)
    } else if (message.headers['x-aws-ec2-metadata-token'] !== token) response.writeHead(401).end()
    else if (message.url === base) response.end('portolan')
    else if (message.url === `${base}portolan`) response.end(JSON.stringify(keysOf(principals, role, now())))
    else response.writeHead(404).end()
  })
}

function keysOf(principals: Principals, role: FakeRole, now: number) {
  const { id, secret, sessionToken, expiresAt } = principals.assume(role, 'i-0123456789abcdef0', now)
  return {
    Code: 'Success',
    LastUpdated: new Date(now).toISOString(),
    Type: 'AWS-HMAC',
    AccessKeyId: id,
    SecretAccessKey: secret,
    Token: sessionToken,
    Expiration: new Date(expiresAt).toISOString(),
  }
}
