import { afterEach, describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../../src/core/index.ts'
import type { HttpRequest } from '../../../src/platform/http/index.ts'
import type { RegistryConnector } from '../../../src/registries/index.ts'
import { gitlabProvider } from '../../../src/registries/providers/gitlab/index.ts'
import { buildImage, buildIndex } from '../../../src/test-support/image-builder/index.ts'
import {
  type GitlabWorldOptions,
  startGitlabWorld,
} from '../../../src/test-support/platforms/gitlab/index.ts'
import { publishedApi } from '../../../src/test-support/published-api.ts'
import { Cleanup, everything, failureOf } from '../../../src/test-support/registry-client.ts'
import published from '../published/gitlab.json' with { type: 'json' }
import { platformContract } from '../platform-suite.ts'

platformContract('GitLab, whose registry has an API of its own', gitlabProvider, startGitlabWorld)
platformContract('GitLab, self-hosted, whose registry has none', gitlabProvider, (options) =>
  startGitlabWorld({ ...options, hasDatabase: false, isSelfHosted: true }),
)
platformContract('GitLab, of a user', gitlabProvider, (options) =>
  startGitlabWorld({ ...options, namespaceIs: 'user', sortsByDate: false }),
)

describe('the fake answers as GitLab and its registry describe themselves', () => {
  const cleanup = new Cleanup()
  afterEach(() => cleanup.close())
  const api = publishedApi(published)

  /** Which part of the description a request stands under; undefined: the protocol, which is compared with a real registry. */
  function describedBy({ url, body }: HttpRequest): string | undefined {
    const { pathname } = new URL(url)
    if (pathname === '/api/graphql') {
      const query = body?.reveal() ?? ''
      const part = ['lastPublishedAt', 'tags(', 'namespace(', 'projects('].find((each) =>
        query.includes(each),
      )
      return `/api/graphql#${part?.replace('(', '')}`
    }
    if (pathname.startsWith('/gitlab/v1/repositories/')) return '/gitlab/v1/repositories/{path}/tags/list/'
    if (pathname.startsWith('/api/')) return pathname.replace(/(groups|projects)\/[^/]+/, '$1/{id}')
    return pathname === '/jwt/auth' ? pathname : undefined
  }

  /** Uses a connection, and holds every answer that it is given against the description. */
  async function answersOf(
    options: GitlabWorldOptions,
    use: (connector: RegistryConnector) => Promise<unknown>,
    change = {},
  ) {
    const world = cleanup.keep(await startGitlabWorld(options))
    const image = buildImage({ layers: [{ files: { a: 'a' } }] })
    const [first, second] = world.repositories
    world.push(first, '1', buildIndex([image]), Date.UTC(2026, 0, 1))
    world.push(first, '1', image, Date.UTC(2026, 0, 2))
    world.push(first, 'multi', buildIndex([image]), Date.UTC(2026, 0, 3))
    world.addRepository(second)
    const seen = new Set<string>()
    const problems: string[] = []
    const http: typeof world.internet.http = (tls) => {
      const client = world.internet.http(tls)
      return {
        ...client,
        async request(request) {
          const response = await client.request(request)
          const path = describedBy(request)
          if (path === undefined || (path === '/jwt/auth' && response.status === 200)) return response
          const bytes = await response.bytes(1 << 20)
          seen.add(`${path} ${response.status}`)
          problems.push(
            ...api.problems(request.method, path, response.status, JSON.parse(Buffer.from(bytes).toString())),
          )
          return { ...response, bytes: async () => bytes }
        },
      }
    }
    const settings = { ...world.settings, ...change }
    await use(cleanup.keep(gitlabProvider.open(settings, { http, clock: systemClock }))).catch(
      () => undefined,
    )
    expect(problems).toEqual([])
    return [...seen].toSorted()
  }

  async function everythingOf(connector: RegistryConnector): Promise<void> {
    await connector.check()
    for (const { repositories } of await everything(connector.repositories()))
      for (const { name } of repositories) await everything(connector.tags(name))
    await failureOf(everything(connector.tags('acme/tools/gone')))
  }

  it('in a group, by the API of its registry', async () => {
    expect(await answersOf({}, everythingOf)).toEqual([
      '/api/graphql#lastPublishedAt 200',
      '/api/v4/groups/{id}/registry/repositories 200',
      '/api/v4/personal_access_tokens/self 200',
      '/gitlab/v1/repositories/{path}/tags/list/ 200',
      '/gitlab/v1/repositories/{path}/tags/list/ 404',
    ])
    expect(await answersOf({ sortsByDate: false }, everythingOf)).toContain(
      '/gitlab/v1/repositories/{path}/tags/list/ 400',
    )
  })

  it('of a user, by GraphQL', async () => {
    const seen = await answersOf({ namespaceIs: 'user', hasDatabase: false }, everythingOf)
    expect(seen).toEqual([
      '/api/graphql#namespace 200',
      '/api/graphql#tags 200',
      '/api/v4/groups/{id}/registry/repositories 404',
      '/api/v4/personal_access_tokens/self 200',
      '/api/v4/projects/{id}/registry/repositories 200',
      '/api/v4/projects/{id}/registry/repositories 404',
    ])
    expect(await answersOf({ namespaceIs: 'user' }, everythingOf, { namespace: '' })).toContain(
      '/api/graphql#projects 200',
    )
  })

  it('when it refuses', async () => {
    const list = (connector: RegistryConnector) => everything(connector.repositories())
    const token = (text: string) => ({ token: new Secret(text) })
    expect(await answersOf({}, list, token('glpat-nobody'))).toEqual([
      '/api/v4/groups/{id}/registry/repositories 401',
    ])
    expect(await answersOf({}, list, token('glpat-portolanPullsOnly00000'))).toEqual([
      '/api/v4/groups/{id}/registry/repositories 403',
    ])
    const tags = (connector: RegistryConnector) => everything(connector.tags('acme/api'))
    expect(await answersOf({}, tags, token('glpat-nobody'))).toEqual(['/jwt/auth 401'])
    expect(await answersOf({}, tags, token('glpat-portolanListsOnly0000'))).toEqual(['/jwt/auth 403'])
  })
})
