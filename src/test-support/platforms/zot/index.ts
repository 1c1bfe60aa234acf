/** zot, faked: the registry with names and passwords, and its search extension. */
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
import { answerSearch, ZotContent } from './search.ts'

export interface ZotWorldOptions extends PlatformWorldOptions {
  /** Default true. */
  readonly hasSearch?: boolean
}

export interface ZotWorld extends PlatformWorld {
  readonly content: ZotContent
  readonly registry: RegistryServer
}

const HOST = 'zot.example'
const USER = 'ann'
const PASSWORD = 'zak_portolan-1'

/** What zot lets browsers send, on each answer to whom it let in (project-zot/zot, pkg/api/routes.go, getUIHeadersHandler). */
const forBrowsers = { 'access-control-allow-headers': 'Authorization,content-type,X-ZOT-API-CLIENT' }

export async function startZotWorld(options: ZotWorldOptions = {}): Promise<ZotWorld> {
  const { pageSize = 1000, hasSearch = true } = options
  const content = new ZotContent()
  const registry = await startRegistryServer({
    auth: { kind: 'basic', users: { [USER]: PASSWORD } },
    pageSize,
    faults: [
      (_, reply) =>
        reply.status === 401 ? reply : { ...reply, headers: { ...reply.headers, ...forBrowsers } },
    ],
  })
  const search = hasSearch ? { content, pageSize } : undefined
  const internet = await startInternet(
    { [HOST]: (message, response) => route(registry, search, message, response) },
    internetOptions(options),
  )
  const settingsOf = (password: string) => ({
    url: `https://${HOST}`,
    username: USER,
    password: new Secret(password),
  })
  return {
    internet,
    content,
    registry,
    host: HOST,
    settings: settingsOf(PASSWORD),
    wrongSettings: settingsOf('zak_portolan-2'),
    repositories: ['api', 'acme/web.front_end', 'acme/team/group/service-a'],
    knowsPushDates: hasSearch,
    knowsDigests: true,
    listsEmptyRepositories: false,
    ...contentOf(content, registry),
    removeRepository(repository) {
      content.remove(repository)
      registry.deleteRepository(repository)
    },
    addRepository: () => undefined,
    expireTokens: () => undefined,
    listingRequests: () =>
      internet.requests.filter((request) => /\/ext\/search|\/_catalog|\/tags\/list/.test(request)).length,
    async close() {
      await Promise.all([internet.close(), registry.close()])
    },
  }
}

function route(
  registry: RegistryServer,
  search: { readonly content: ZotContent; readonly pageSize: number } | undefined,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(message.url ?? '/', `https://${HOST}`)
  if (search === undefined || url.pathname !== '/v2/_zot/ext/search') {
    passOn(`${registry.url}${message.url ?? '/'}`, message, response)
    return
  }
  const isKnown =
    message.headers.authorization === `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`
  if (!isKnown) {
    response.writeHead(401, { 'www-authenticate': 'basic realm=zot' }).end()
    return
  }
  const { status, body } = answerSearch(search.content, url.searchParams, search.pageSize)
  response.writeHead(status, { 'content-type': 'application/json', ...forBrowsers }).end(JSON.stringify(body))
}
