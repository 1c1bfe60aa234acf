/** Harbor, faked: its API, its token service, and the registry behind them, at one host. */
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
import { type RegistryServer, startRegistryServer } from '../../registry-server/index.ts'
import { accountOf, answerApi, type HarborAccount, type HarborApiOptions } from './api.ts'
import { HarborContent } from './content.ts'

export interface HarborWorldOptions extends PlatformWorldOptions {
  /** Default `v2.15.2-ab12cd34`: its dates of repositories move with their tags. */
  readonly version?: string
  /** Default `db_auth`. */
  readonly authMode?: string
  /** The API is not passed on by a proxy before it. */
  readonly hidesApi?: boolean
}

export interface HarborWorld extends PlatformWorld {
  readonly content: HarborContent
  readonly registry: RegistryServer
  /** A form with another account, `person`, `pusher`, `blind` (pulls, but lists no artifacts) or none. */
  settingsOf(account: string | null): Readonly<Record<string, unknown>>
}

const HOST = 'harbor.example'
const ROBOT = 'robot$portolan'

const accounts: Readonly<Record<string, HarborAccount>> = {
  [ROBOT]: { password: 'robotSecret-1', listsArtifacts: true },
  blind: { password: 'blindSecret-1', listsArtifacts: false },
  pusher: { password: 'pusherSecret-1', listsArtifacts: true, pushes: true },
  person: { password: 'cliSecret-1', listsArtifacts: true, isCommandLineSecret: true },
}

export async function startHarborWorld(options: HarborWorldOptions = {}): Promise<HarborWorld> {
  const { pageSize = 100, version = 'v2.15.2-ab12cd34', authMode = 'db_auth' } = options
  const content = new HarborContent()
  const users = Object.fromEntries(Object.entries(accounts).map(([name, { password }]) => [name, password]))
  const realm = `https://${HOST}/service/token`
  const registry = await startRegistryServer({
    auth: { kind: 'bearer', users, realm, service: 'harbor-registry' },
  })
  const api: HarborApiOptions = { content, accounts, pageSize, version, authMode }
  const internet = await startInternet(
    {
      [HOST]: (message, response) => route({ api, registry, hidesApi: options.hidesApi }, message, response),
    },
    internetOptions(options),
  )
  const settingsOf = (account: string | null, password = accounts[account ?? '']?.password) => ({
    url: `https://${HOST}`,
    ...(account === null ? {} : { username: account, password: new Secret(password) }),
  })
  return {
    internet,
    content,
    registry,
    settingsOf,
    host: HOST,
    settings: settingsOf(ROBOT),
    wrongSettings: settingsOf(ROBOT, 'robotSecret-2'),
    repositories: ['library/api', 'library/web.front_end', 'team/group/sub/service-a'],
    knowsPushDates: true,
    knowsDigests: true,
    listsEmptyRepositories: true,
    ...contentOf(content, registry),
    removeRepository(repository) {
      content.remove(repository)
      registry.deleteRepository(repository)
    },
    addRepository: (repository) => void content.add(repository, Date.UTC(2026, 0, 1)),
    expireTokens: () => registry.revokeTokens(),
    listingRequests: () =>
      internet.requests.filter((request) =>
        /\/api\/v2\.0\/(?:repo|proj)|\/_catalog|\/tags\/list/.test(request),
      ).length,
    async close() {
      await Promise.all([internet.close(), registry.close()])
    },
  }
}

interface Backend {
  readonly api: HarborApiOptions
  readonly registry: RegistryServer
  readonly hidesApi: boolean | undefined
}

function route(
  { api, registry, hidesApi }: Backend,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(message.url ?? '/', `https://${HOST}`)
  const empty = /^\/v2\/(.+)\/tags\/list$/.exec(url.pathname)?.[1]
  if (url.pathname.startsWith('/api/v2.0/') && !hidesApi) answerApi(api, message, response)
  else if (url.pathname === '/service/token' && /push/.test(url.search))
    answerToken(api, url, message, response)
  else if (url.pathname === '/service/token') passOn(`${registry.url}/token${url.search}`, message, response)
  else if (url.pathname === '/v2/_catalog') answerCatalog(api, message, response)
  else if (empty && message.headers.authorization && api.content.find(empty)?.artifacts.length === 0) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ name: empty, tags: [] }))
  } else passOn(`${registry.url}${message.url ?? '/'}`, message, response)
}

/** A token that says what it allows, for whoever asks for more than to pull: a JWT with `access`. */
function answerToken(
  { accounts: known }: HarborApiOptions,
  url: URL,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const account = accountOf(known, message.headers.authorization)
  if (account === undefined) {
    response.writeHead(401).end()
    return
  }
  const [type = '', name = '', actions = ''] = (url.searchParams.get('scope') ?? '').split(':')
  const allowed = actions.split(',').filter((action) => action !== 'push' || account.pushes)
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { iss: 'harbor-token-issuer', access: [{ type, name, actions: allowed }] }
  const token = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${part('signature')}`
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({ token, access_token: '', expires_in: 1800, issued_at: '2026-06-01T00:00:00Z' }),
  )
}

/** Only by name and password, not by token, and whole unless `n` is given (goharbor/harbor, src/server/registry/catalog.go). */
function answerCatalog(
  { accounts: known, content }: HarborApiOptions,
  message: IncomingMessage,
  response: ServerResponse,
) {
  const isKnown = accountOf(known, message.headers.authorization)
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  if (!isKnown) {
    response.writeHead(401, { ...headers, 'www-authenticate': 'Basic realm="harbor"' })
    response.end(
      JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'unauthorized to list catalog' }] }),
    )
    return
  }
  const filled = content.repositories().filter(({ artifacts }) => artifacts.length > 0)
  response.writeHead(200, headers)
  response.end(JSON.stringify({ repositories: filled.map(({ name }) => name).sort() }))
}
