/** GitHub with its container registry, faked: the REST API at api.github.com, the registry at ghcr.io. */
import { Secret } from '../../../core/index.ts'
import { below } from '../../below.ts'
import { startInternet } from '../../internet.ts'
import { internetOptions, type PlatformWorld, type PlatformWorldOptions } from '../../platform-world.ts'
import { pushBuilt, startRegistryServer } from '../../registry-server/index.ts'
import type { AccountType } from './answers.ts'
import { githubApi, type GithubToken } from './api.ts'
import { type ContainerPackage, Packages } from './packages.ts'
import { githubQuota } from './quota.ts'

export interface GhcrWorldOptions extends PlatformWorldOptions {
  /** Whose packages they are. Default: an organization's. */
  readonly type?: AccountType
  /** Of the owner; a user of the name `octocat` is who the tokens belong to. Default `Acme`. */
  readonly owner?: string
  /** A GitHub Enterprise Server: its API below a path, its registry at a host of its own. */
  readonly isServer?: boolean
}

export interface GhcrWorld extends PlatformWorld {
  readonly packages: Packages
  /** By their text; may be added to. */
  readonly tokens: Record<string, GithubToken>
  readonly quota: { remaining: number; readonly resetAt: number }
  addPackage(name: string, visibility: ContainerPackage['visibility']): void
}

const gitHub = { api: 'api.github.com', path: '', registry: 'ghcr.io' }
const enterpriseServer = {
  api: 'github.acme.example',
  path: '/api/v3',
  registry: 'containers.github.acme.example',
}

const good = 'ghp_portolanReadsPackages0000000000000000'
const denied = 'ghp_portolanReadsNothing00000000000000000'
const wrong = 'ghp_portolanIsMistyped0000000000000000000'

export async function startGhcrWorld(options: GhcrWorldOptions = {}): Promise<GhcrWorld> {
  const { type = 'Organization', owner = 'Acme', pageSize = 100, isServer = false } = options
  const hosts = isServer ? enterpriseServer : gitHub
  const packages = new Packages()
  const tokens: Record<string, GithubToken> = {
    [good]: { login: 'octocat', scopes: ['read:packages'] },
    [denied]: { login: 'hubot', scopes: ['read:user'] },
  }
  const quota = { remaining: 5_000_000, resetAt: Date.UTC(2027, 0, 1) }
  const registry = await startRegistryServer({
    auth: {
      kind: 'bearer',
      users: { octocat: good, hubot: denied },
      realm: `https://${hosts.registry}/token`,
    },
    pageSize: 100,
    // ghcr.io says DENIED with 403 to credentials that it does not take.
    faults: [
      (request, reply) =>
        request.target === 'token' && reply.status === 401 ? { ...reply, status: 403 } : reply,
    ],
  })
  const internet = await startInternet(
    {
      [hosts.api]: below(
        hosts.path,
        githubApi({
          owner,
          type,
          packages,
          tokens,
          pageSize,
          quota: options.quota ? undefined : quota,
        }),
      ),
      [hosts.registry]: { url: registry.url },
    },
    internetOptions(options, githubQuota),
  )
  const settings = (token: string, username = 'octocat') => ({
    username,
    token: new Secret(token),
    owner,
    ...(isServer ? { apiUrl: `https://${hosts.api}${hosts.path}` } : {}),
  })
  const prefix = `${owner.toLowerCase()}/`
  const nameOf = (repository: string): string => repository.slice(prefix.length)
  const isListing = (request: string): boolean => /\/packages[?/]/.test(request)
  return {
    internet,
    packages,
    tokens,
    quota,
    host: hosts.registry,
    settings: settings(good),
    wrongSettings: settings(wrong),
    deniedSettings: settings(denied, 'hubot'),
    repositories: [`${prefix}api`, `${prefix}web.front_end`, `${prefix}team/group/sub/service-a`],
    knowsPushDates: true,
    knowsDigests: true,
    listsEmptyRepositories: true,
    push(repository, tag, built, pushedAt) {
      packages.push(nameOf(repository), tag, built, pushedAt)
      pushBuilt(registry, repository, [tag], built)
    },
    untag(repository, tag) {
      packages.untag(nameOf(repository), tag, Date.now())
      registry.deleteTag(repository, tag)
    },
    removeRepository: (repository) => packages.remove(nameOf(repository)),
    addRepository: (repository) => void packages.add(nameOf(repository), Date.UTC(2026, 0, 1)),
    addPackage: (name, visibility) => void packages.add(name, Date.UTC(2026, 0, 1), visibility),
    expireTokens: () => registry.revokeTokens(),
    listingRequests: () => internet.requests.filter(isListing).length,
    async close() {
      await Promise.all([internet.close(), registry.close()])
    },
  }
}
