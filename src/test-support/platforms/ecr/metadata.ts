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

/** How a container asks for the keys of its role. */
export interface ContainerKeys {
  /** Path and query, as the variable of the container says. */
  readonly path: string
  /** What the Authorization header has to be; undefined: nothing (Amazon ECS, "Task IAM role"). */
  readonly token?: string
}

export interface ContainerService extends Listening {
  /** Requests so far, as `GET /v2/credentials/x`. */
  readonly requests: readonly string[]
}

/** The agent beside a container, which gives it keys of its task's or pod's role. */
export async function startContainerService(
  principals: Principals,
  role: FakeRole,
  now: () => number,
  { path, token }: ContainerKeys,
): Promise<ContainerService> {
  const requests: string[] = []
  const server = await listen((message, response) => {
    requests.push(`${message.method} ${message.url}`)
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (message.url !== path) answer(404, { code: 'NotFound', message: 'no such credentials' })
    else if (message.headers.authorization !== token) answer(401, { code: 'Unauthorized', message: 'who?' })
    else {
      const { Code: _code, Type: _type, LastUpdated: _at, ...keys } = keysOf(principals, role, now())
      answer(200, { RoleArn: role.arn, ...keys })
    }
  })
  return { ...server, requests }
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
