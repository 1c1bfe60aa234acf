import type { IncomingMessage } from 'node:http'
import { type Answer, apiError } from './answer.ts'
import { search } from './aql.ts'
import type { Files } from './files.ts'

export interface StoredRepository {
  readonly key: string
  readonly kind: 'local' | 'remote' | 'virtual' | 'federated'
  readonly packageType: string
  /** Of a virtual one. */
  readonly members?: readonly string[]
}

export interface ApiOptions {
  readonly domain: string
  readonly repositories: readonly StoredRepository[]
  readonly files: Files
  readonly pageSize: number
  readonly userOf: (authorization: string | undefined) => string | undefined
  readonly mayRead: (user: string, key: string) => boolean
  /** Whether others than administrators may see the configuration of a repository. */
  readonly showsConfiguration: boolean
  readonly maySearch: boolean
}

/** Where the files of a repository lie. */
export function storesOf({ repositories }: Pick<ApiOptions, 'repositories'>, key: string): readonly string[] {
  const found = repositories.find((one) => one.key === key)
  if (!found) return []
  if (found.kind === 'virtual')
    return (found.members ?? []).flatMap((member) => storesOf({ repositories }, member))
  return [found.kind === 'remote' ? `${key}-cache` : key]
}

function configuration(options: ApiOptions, user: string, key: string): Answer {
  const found = options.repositories.find((one) => one.key === key)
  if (!found) return apiError(400, 'Bad Request')
  if (!options.mayRead(user, key) || !options.showsConfiguration) return apiError(403, 'Forbidden')
  const { kind, packageType, members } = found
  const body = {
    key,
    rclass: kind,
    packageType,
    description: '',
    ...(members ? { repositories: members } : {}),
  }
  return { status: 200, body }
}

function list(options: ApiOptions, user: string): Answer {
  const seen = options.repositories.filter(({ key }) => options.mayRead(user, key))
  const body = seen.map(({ key, kind, packageType }) => ({
    key,
    description: '',
    type: kind.toUpperCase(),
    url: `https://${options.domain}/artifactory/${key}`,
    packageType: packageType[0]?.toUpperCase() + packageType.slice(1),
  }))
  return { status: 200, body }
}

function aql(options: ApiOptions, user: string, query: string): Answer {
  if (!options.maySearch) return apiError(403, 'Forbidden')
  if (query.length > 6000) return apiError(400, 'AQL query is larger than the maximum of 6000 characters')
  const isReadable = ({ key }: StoredRepository) => options.mayRead(user, key)
  const readable = options.repositories.filter(isReadable).flatMap(({ key }) => storesOf(options, key))
  try {
    const body = search(query, {
      files: options.files.all().filter(({ repo }) => readable.includes(repo)),
      membersOf: (key) => {
        const found = options.repositories.find((one) => one.key === key)
        return found?.kind === 'virtual' ? storesOf(options, key) : undefined
      },
      isAdmin: false,
      hardLimit: options.pageSize,
    })
    return { status: 200, body }
  } catch (error) {
    return apiError(400, `Failed to parse query: ${String(error)}`)
  }
}

function native(options: ApiOptions, user: string, key: string, url: URL): Answer {
  const rest = url.pathname.slice(`/artifactory/api/docker/${key}/v2/`.length)
  if (!options.mayRead(user, key)) return apiError(403, 'Forbidden')
  const stores = storesOf(options, key)
  const image = /^(.+)\/tags\/list$/.exec(rest)?.[1]
  const names = image === undefined ? options.files.images(stores) : options.files.tags(stores, image)
  if (names === undefined) return apiError(404, `Repository '${key}:${image}' not found`)
  const last = url.searchParams.get('last')
  const size = Math.min(Number(url.searchParams.get('n') ?? 1000), options.pageSize)
  const after = names.filter((name) => last === null || name > last)
  const shown = after.slice(0, size)
  const isVirtual = options.repositories.some((one) => one.key === key && one.kind === 'virtual')
  // Of virtual repositories the Link has lost what stands before /v2 (RTFACT-18971).
  const path = isVirtual ? `/v2/${rest}` : url.pathname
  const query = new URLSearchParams({ n: String(size), last: shown.at(-1) ?? '' })
  const headers = after.length > shown.length ? { link: `<${path}?${query}>; rel="next"` } : {}
  return {
    status: 200,
    headers,
    body: image === undefined ? { repositories: shown } : { name: image, tags: shown },
  }
}

/** What `/artifactory/api` answers; undefined for what does not exist. */
export function api(options: ApiOptions, message: IncomingMessage, body: string): Answer | undefined {
  const url = new URL(message.url ?? '/', `https://${options.domain}`)
  const path = decodeURIComponent(url.pathname)
  if (path === '/artifactory/api/system/ping')
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'OK' }
  const user = options.userOf(message.headers.authorization)
  if (user === undefined) return apiError(401, 'Bad credentials')
  if (path === '/artifactory/api/repositories') return list(options, user)
  const key = /^\/artifactory\/api\/repositories\/([^/]+)$/.exec(path)?.[1]
  if (key !== undefined) return configuration(options, user, key)
  if (path === '/artifactory/api/search/aql') {
    if (message.method !== 'POST' || message.headers['content-type'] !== 'text/plain')
      return apiError(415, 'Unsupported Media Type')
    return aql(options, user, body)
  }
  const repository = /^\/artifactory\/api\/docker\/([^/]+)\/v2\/(?:_catalog|.+\/tags\/list)$/.exec(path)?.[1]
  return repository === undefined ? undefined : native(options, user, repository, url)
}
