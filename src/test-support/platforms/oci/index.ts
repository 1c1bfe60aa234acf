/** A registry of the protocol alone, as distribution is with a token server beside it. */
import { Secret } from '../../../core/index.ts'
import { startInternet } from '../../internet.ts'
import { internetOptions, type PlatformWorld, type PlatformWorldOptions } from '../../platform-world.ts'
import { type LoggedRequest, pushBuilt, startRegistryServer } from '../../registry-server/index.ts'

const HOST = 'registry.example'
const users = { ann: 'correct horse', bob: 'battery staple' }

export interface OciWorldOptions extends PlatformWorldOptions {
  /** How it is signed in to. Default: by token. */
  readonly auth?: 'basic' | 'bearer'
}

/** Only a HEAD tells what a tag points to. */
function isOfListing({ target, method, reference }: LoggedRequest): boolean {
  if (target === 'manifest') return method === 'HEAD' && !reference.startsWith('sha256:')
  return target === 'catalog' || target === 'tags'
}

export async function startOciWorld(options: OciWorldOptions = {}): Promise<PlatformWorld> {
  const { pageSize = 1000, auth = 'bearer' } = options
  const registry = await startRegistryServer({
    auth:
      auth === 'basic'
        ? { kind: 'basic', users }
        : { kind: 'bearer', users, realm: `https://${HOST}/token`, allowCatalog: (user) => user === 'ann' },
    pageSize,
  })
  const internet = await startInternet({ [HOST]: { url: registry.url } }, internetOptions(options))
  const settingsOf = (username: string, password: string) => ({
    url: `https://${HOST}`,
    username,
    password: new Secret(password),
  })
  return {
    internet,
    host: HOST,
    settings: settingsOf('ann', users.ann),
    wrongSettings: settingsOf('ann', 'wrong horse'),
    ...(auth === 'bearer' ? { deniedSettings: settingsOf('bob', users.bob) } : {}),
    repositories: ['api', 'acme/web.front_end', 'acme/team/group/sub/service-a'],
    knowsPushDates: false,
    knowsDigests: true,
    listsEmptyRepositories: false,
    push: (repository, tag, built) => void pushBuilt(registry, repository, [tag], built),
    untag: (repository, tag) => registry.deleteTag(repository, tag),
    removeRepository: (repository) => registry.deleteRepository(repository),
    addRepository: () => undefined,
    expireTokens: () => registry.revokeTokens(),
    listingRequests: () => registry.requests.all.filter(isOfListing).length,
    async close() {
      await Promise.all([internet.close(), registry.close()])
    },
  }
}
