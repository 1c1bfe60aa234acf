/** GitLab.com with its container registry, faked: REST, GraphQL and the token server at gitlab.com, images at registry.gitlab.com. */
import type { RequestListener } from 'node:http'
import { Secret } from '../../../core/index.ts'
import { below } from '../../below.ts'
import { startInternet } from '../../internet.ts'
import { passOn } from '../../pass-on.ts'
import { internetOptions, type PlatformWorld, type PlatformWorldOptions } from '../../platform-world.ts'
import { pushBuilt, startRegistryServer } from '../../registry-server/index.ts'
import { Holdings } from './holdings.ts'
import { gitlabRegistry } from './registry.ts'
import { gitlabApi, type GitlabToken } from './rest.ts'
import { gitlabQuota } from './quota.ts'

export interface GitlabWorldOptions extends PlatformWorldOptions {
  /** Whether the registry keeps its metadata in a database, as on GitLab.com. Default true. */
  readonly hasDatabase?: boolean
  /** Whether its own API sorts by date. Default true. */
  readonly sortsByDate?: boolean
  /** What the namespace `acme` is. Default: a group. */
  readonly namespaceIs?: 'group' | 'user'
  /** Not GitLab.com: below a path of another host, its registry at a port. */
  readonly isSelfHosted?: boolean
}

export interface GitlabWorld extends PlatformWorld {
  readonly holdings: Holdings
  /** By their text; may be added to. */
  readonly tokens: Record<string, GitlabToken>
  /** Projects whose registry the account may not read. */
  readonly hidden: Set<string>
  /** Failed sign-ins so far; at 30 the address is shut out. */
  failures(): number
}

const good = 'glpat-portolanReadsAll000000'
const denied = 'glpat-portolanPullsOnly00000'
const deploy = 'gldt-portolanDeploys00000000'
const listing = 'glpat-portolanListsOnly0000'
const wrong = 'glpat-portolanIsMistyped0000'
const mostFailures = 30
const gitlabCom = { host: 'gitlab.com', path: '', registry: 'registry.gitlab.com' }
const selfHosted = { host: 'git.acme.example', path: '/gitlab', registry: 'images.acme.example:5050' }

const forbidden = JSON.stringify({ errors: [{ code: 'DENIED', message: 'access forbidden' }] })
const unauthorized = JSON.stringify({
  errors: [{ code: 'UNAUTHORIZED', message: 'HTTP Basic: Access denied' }],
})

export async function startGitlabWorld(options: GitlabWorldOptions = {}): Promise<GitlabWorld> {
  const { hasDatabase = true, sortsByDate = true, namespaceIs = 'group', pageSize = 1000 } = options
  const hosts = options.isSelfHosted === true ? selfHosted : gitlabCom
  const registryHost = hosts.registry
  const holdings = new Holdings(['acme/api', 'acme/tools', 'acme/team/backend'])
  const tokens: Record<string, GitlabToken> = {
    [good]: { kind: 'personal', scopes: ['read_api', 'read_registry'] },
    [denied]: { kind: 'personal', scopes: ['read_registry'] },
    [deploy]: { kind: 'deploy', scopes: ['read_registry'] },
    [listing]: { kind: 'personal', scopes: ['read_api'] },
  }
  const hidden = new Set<string>()
  let failures = 0
  const mayPull = (user: string | null, repository: string): boolean => {
    const project = holdings.projectOf(repository)
    return user !== null && project !== undefined && !hidden.has(project.path)
  }
  const registry = await startRegistryServer({
    auth: {
      kind: 'bearer',
      users: { ann: good, bob: denied, deployer: deploy },
      realm: `https://${hosts.host}${hosts.path}/jwt/auth`,
      service: 'container_registry',
      allow: mayPull,
    },
  })
  const api = gitlabApi(
    {
      holdings,
      tokens,
      hidden,
      hasDatabase,
      registryHost,
      pageSize: Math.min(pageSize, 100),
      groups: namespaceIs === 'group' ? ['acme', 'acme/team'] : [],
      users: namespaceIs === 'user' ? ['acme'] : [],
    },
    () => {
      failures += 1
    },
  )
  const gitlab: RequestListener = (incoming, response) => {
    if (failures >= mostFailures)
      return void response.writeHead(403, { 'content-type': 'text/plain' }).end('Forbidden\n')
    if (!incoming.url?.startsWith('/jwt/auth')) return void api(incoming, response)
    const token = tokens[passwordIn(incoming.headers.authorization)]
    if (!token?.scopes.some((scope) => ['api', 'read_registry'].includes(scope))) {
      failures += 1
      const [status, body] = token ? [403, forbidden] : [401, unauthorized]
      return void response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    }
    return passOn(`${registry.url}/token${incoming.url.slice('/jwt/auth'.length)}`, incoming, response)
  }
  const front = gitlabRegistry({ holdings, url: registry.url, hasDatabase, pageSize, sortsByDate })
  const internet = await startInternet(
    { [hosts.host]: below(hosts.path, gitlab), [registryHost.replace(/:\d+$/, '')]: front },
    internetOptions(options, gitlabQuota),
  )
  const settings = (username: string, token: string) => ({
    username,
    token: new Secret(token),
    namespace: 'acme',
    ...(hosts === selfHosted
      ? { gitlabUrl: `https://${hosts.host}${hosts.path}/`, registryUrl: `https://${hosts.registry}` }
      : {}),
  })
  const isListing = (request: string): boolean =>
    /\/registry\/repositories|\/api\/graphql|\/tags\/list/.test(request)
  return {
    internet,
    holdings,
    tokens,
    hidden,
    failures: () => failures,
    host: registryHost,
    settings: settings('ann', good),
    wrongSettings: settings('ann', wrong),
    deniedSettings: settings('bob', denied),
    repositories: ['acme/api', 'acme/tools/build.tools', 'acme/team/backend/service_a/debug'],
    knowsPushDates: hasDatabase,
    knowsDigests: true,
    listsEmptyRepositories: true,
    push(repository, tag, built, pushedAt) {
      holdings.push(repository, tag, built, pushedAt)
      pushBuilt(registry, repository, [tag], built)
    },
    untag(repository, tag) {
      holdings.find(repository)?.tags.delete(tag)
      registry.deleteTag(repository, tag)
    },
    removeRepository(repository) {
      holdings.remove(repository)
      registry.deleteRepository(repository)
    },
    addRepository(repository) {
      holdings.add(repository, Date.UTC(2026, 0, 1)).lastPublishedAt = Date.UTC(2026, 0, 1)
    },
    expireTokens: () => registry.revokeTokens(),
    listingRequests: () => internet.requests.filter(isListing).length,
    async close() {
      await Promise.all([internet.close(), registry.close()])
    },
  }
}

function passwordIn(header: string | undefined): string {
  const pair = Buffer.from(/^basic (.+)$/i.exec(header ?? '')?.[1] ?? '', 'base64').toString()
  return pair.slice(pair.indexOf(':') + 1)
}
