/**
 * Amazon ECR, faked: its API with signatures that are verified, STS, the registry protocol with passwords that end, layers from
 * cloud storage, and the metadata service of an instance.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Secret } from '../../../core/index.ts'
import { startInternet } from '../../internet.ts'
import { passOn } from '../../pass-on.ts'
import {
  contentOf,
  internetOptions,
  type PlatformWorld,
  type PlatformWorldOptions,
} from '../../platform-world.ts'
import { startRegistryServer } from '../../registry-server/index.ts'
import { readBody } from '../../registry-server/listen.ts'
import { act, type EcrState } from './api.ts'
import { Content } from './content.ts'
import {
  type ContainerKeys,
  type ContainerService,
  startContainerService,
  startMetadataService,
} from './metadata.ts'
import { PageMarks } from './pages.ts'
import { type FakeRole, Principals } from './principals.ts'
import { judge, storage } from './registry.ts'
import { type AwsRefusal, type SignedRequest, verify } from './sigv4.ts'
import { assumeByToken, assumeRole, stsError } from './sts.ts'
import { ecrQuota } from './quota.ts'

/** The names that a place of AWS has in the world. */
export interface EcrHosts {
  readonly partition: string
  readonly region: string
  readonly api: string
  readonly registry: string
  readonly sts: string
}

export interface EcrWorldOptions extends PlatformWorldOptions {
  readonly hosts?: EcrHosts
  /** How far AWS's clock is ahead of this machine's, milliseconds. */
  readonly ahead?: number
}

export interface EcrWorld extends PlatformWorld {
  readonly accountId: string
  /** Settings with another key, or with more fields. */
  settingsOf(fields?: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>
  /** A key of a user who may do that. @param account default: that of the registry */
  keyFor(
    allows: readonly string[],
    account?: string,
  ): { accessKeyId: string; secretAccessKey: Secret<string> }
  addRole(role: Omit<FakeRole, 'arn'> & { readonly name: string; readonly account?: string }): FakeRole
  /** A token for AssumeRoleWithWebIdentity. */
  webToken(role: FakeRole): string
  /** Base address of a metadata service that gives keys of a role. */
  metadataService(role: FakeRole): Promise<string>
  /** The agent that gives a container keys of a role. */
  containerService(role: FakeRole, keys: ContainerKeys): Promise<ContainerService>
  /** So many calls of the API from now on are throttled. */
  throttle(times: number): void
  /** Bodies of the API's answers so far, with their action. */
  readonly answers: readonly { readonly action: string; readonly status: number; readonly body: unknown }[]
  /** Ids of the keys that signed calls of the API, in order. */
  readonly signers: readonly string[]
  /** The same of STS. */
  readonly roleTakers: readonly string[]
  /** Temporary keys end. */
  endSessions(): void
}

export const virginia: EcrHosts = {
  partition: 'aws',
  region: 'us-east-1',
  api: 'api.ecr.us-east-1.amazonaws.com',
  registry: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
  sts: 'sts.us-east-1.amazonaws.com',
}

const accountId = '123456789012'
const storageHost = 'prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com'
const listingActions = new Set(['DescribeRepositories', 'DescribeImages'])

async function received(message: IncomingMessage): Promise<SignedRequest> {
  const url = new URL(message.url ?? '/', `https://${message.headers.host}`)
  return { method: message.method ?? '', url, headers: message.headers, body: await readBody(message) }
}

class World {
  readonly principals = new Principals()
  readonly tokens = new Map<string, FakeRole>()
  readonly answers: { action: string; status: number; body: unknown }[] = []
  readonly signers: string[] = []
  readonly roleTakers: string[] = []
  readonly state: EcrState
  readonly hosts: EcrHosts
  readonly registryUrl: string
  throttled = 0

  constructor(options: EcrWorldOptions, registryUrl: string) {
    this.registryUrl = registryUrl
    this.hosts = options.hosts ?? virginia
    const { ahead = 0, pageSize = 1000 } = options
    this.state = {
      accountId,
      region: this.hosts.region,
      partition: this.hosts.partition,
      registryHost: this.hosts.registry,
      pageSize: Math.min(pageSize, 1000),
      content: new Content(),
      principals: this.principals,
      marks: new PageMarks(),
      passwords: new Map(),
      now: () => Date.now() + ahead,
    }
  }

  private verified(request: SignedRequest, service: string): string | AwsRefusal {
    const { now } = this.state
    const keyOf = (id: string) => this.principals.byKey.get(id)
    const verdict = verify(request, { service, region: this.hosts.region, now: now(), keyOf })
    return 'id' in verdict ? verdict.id : verdict
  }

  private perform(request: SignedRequest, action: string): Readonly<Record<string, unknown>> | AwsRefusal {
    const signer = this.verified(request, 'ecr')
    if (typeof signer !== 'string') return signer
    this.signers.push(signer)
    if (this.throttled > 0) {
      this.throttled -= 1
      return { status: 400, name: 'ThrottlingException', message: 'Rate exceeded' }
    }
    const input: unknown = JSON.parse(Buffer.from(request.body).toString('utf8'))
    return act(this.state, action, input as Readonly<Record<string, unknown>>, signer)
  }

  private head(type: string): Record<string, string> {
    return {
      'content-type': type,
      'x-amzn-requestid': randomUUID(),
      date: new Date(this.state.now()).toUTCString(),
    }
  }

  api = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await received(message)
    const target = String(message.headers['x-amz-target'])
    const action = target.replace(/^AmazonEC2ContainerRegistry_V20150921\./, '')
    const answer = this.perform(request, action)
    const isRefusal = 'status' in answer && 'name' in answer
    const status = isRefusal ? Number(answer.status) : 200
    const body = isRefusal ? { __type: answer.name, message: answer.message } : answer
    this.answers.push({ action, status, body })
    response.writeHead(status, this.head('application/x-amz-json-1.1')).end(JSON.stringify(body))
  }

  sts = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await received(message)
    const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'))
    const now = this.state.now()
    const answer = () => {
      if (form.get('Action') === 'AssumeRoleWithWebIdentity')
        return assumeByToken(this.principals, this.tokens, form, now)
      const signer = this.verified(request, 'sts')
      if (typeof signer !== 'string') return stsError(signer)
      this.roleTakers.push(signer)
      return assumeRole(this.principals, form, signer, now)
    }
    const { status, body } = answer()
    response.writeHead(status, this.head('text/xml')).end(body)
  }

  registry = (message: IncomingMessage, response: ServerResponse): void => {
    const verdict = judge(this.state, message)
    if (verdict.kind === 'refuse') {
      response.writeHead(verdict.status, verdict.headers)
      response.end(message.method === 'HEAD' ? undefined : verdict.body)
    } else if (verdict.kind === 'blob') {
      const location = `https://${storageHost}/${verdict.digest}?X-Amz-Signature=presigned`
      response.writeHead(307, { location }).end()
    } else passOn(this.registryUrl + (message.url ?? '/'), message, response)
  }
}

const all = ['*']

export async function startEcrWorld(options: EcrWorldOptions = {}): Promise<EcrWorld> {
  const registry = await startRegistryServer()
  const world = new World(options, registry.url)
  const { state, principals, hosts } = world
  const internet = await startInternet(
    {
      [hosts.api]: (message, response) => void world.api(message, response),
      [hosts.sts]: (message, response) => void world.sts(message, response),
      [hosts.registry]: world.registry,
      [storageHost]: (message, response) => storage(state, message, response),
    },
    internetOptions(options, ecrQuota(hosts)),
  )
  const metadata: { close(): Promise<void> }[] = []
  let users = 0
  const keyFor = (allows: readonly string[], account = accountId) => {
    users += 1
    const id = `AKIA${String(users).padStart(16, 'PORTOLAN')}`
    const secret = `secret/${users}+${'x'.repeat(30)}`
    principals.byKey.set(id, {
      secret,
      arn: `arn:${hosts.partition}:iam::${account}:user/user-${users}`,
      allows,
    })
    return { accessKeyId: id, secretAccessKey: new Secret(secret) }
  }
  const settingsOf = (fields: Readonly<Record<string, unknown>> = {}) => ({
    region: hosts.region,
    accountId,
    ...fields,
  })
  const owner = keyFor(all)
  return {
    internet,
    accountId,
    host: hosts.registry,
    settings: settingsOf(owner),
    wrongSettings: settingsOf({ ...owner, secretAccessKey: new Secret('not/the+secret') }),
    deniedSettings: settingsOf(keyFor(['ecr:GetAuthorizationToken'])),
    settingsOf,
    repositories: ['api', 'acme/web-app', 'acme/team_a/sub.project/deep-1/x'],
    knowsPushDates: true,
    knowsDigests: true,
    listsEmptyRepositories: true,
    answers: world.answers,
    signers: world.signers,
    roleTakers: world.roleTakers,
    keyFor,
    addRole({ name, account = accountId, ...role }) {
      const added = { ...role, arn: `arn:${hosts.partition}:iam::${account}:role/${name}` }
      principals.roles.set(added.arn, added)
      return added
    },
    webToken(role) {
      const token = `header.${randomUUID()}.signature`
      world.tokens.set(token, role)
      return token
    },
    async metadataService(role) {
      const service = await startMetadataService(principals, role, state.now)
      metadata.push(service)
      return service.url
    },
    async containerService(role, keys) {
      const service = await startContainerService(principals, role, state.now, keys)
      metadata.push(service)
      return service
    },
    throttle: (times) => {
      world.throttled = times
    },
    endSessions: () => principals.endSessions(),
    ...contentOf(state.content, registry),
    removeRepository: (repository) => state.content.remove(repository),
    addRepository: (repository) => void state.content.add(repository),
    expireTokens() {
      for (const [password, { keyId }] of state.passwords) state.passwords.set(password, { keyId, endsAt: 0 })
    },
    listingRequests: () => world.answers.filter(({ action }) => listingActions.has(action)).length,
    async close() {
      await Promise.all([internet.close(), registry.close(), ...metadata.map((each) => each.close())])
    },
  }
}
