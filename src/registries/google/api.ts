import { Secret, type Clock } from '../../core/index.ts'
import type { HttpClient } from '../../platform/http/index.ts'
import { type AnswerSchema, createApiClient, pageGuard } from '../index.ts'
import {
  imagesAnswer,
  type ListedImage,
  type ListedVersion,
  locationsAnswer,
  packagesAnswer,
  permissionsAnswer,
  repositoriesAnswer,
  tagsAnswer,
  versionsAnswer,
} from './answers/schema.ts'
import { explainRefusal } from './errors.ts'
import type { AccessToken, GoogleIdentity } from './identity/identity.ts'
import { type ArtifactRepository, resourceName } from './repository.ts'

/** The most that a page may hold (Artifact Registry API, parameter pageSize). */
const PAGE_SIZE = 1000

export interface PageRequest {
  readonly pageToken?: string | undefined
  readonly pageSize?: number
  /** Asks for what changed last to come first. */
  readonly newestFirst?: boolean
  readonly signal?: AbortSignal | undefined
}

export interface ApiPage<T> {
  readonly items: readonly T[]
  readonly next: string | undefined
}

export interface RepositoryItem {
  readonly id: string
  readonly format: string
  readonly mode: string
}

/** What is read of the Artifact Registry API (googleapis, artifactregistry v1). Throws as `ApiClient`, and `api-disabled` (denied). */
export interface ArtifactApi {
  readonly host: string
  /** In order. */
  locations(signal?: AbortSignal): Promise<string[]>
  /** All of one location, of whatever format. */
  repositories(location: string, signal?: AbortSignal): Promise<RepositoryItem[]>
  images(repository: ArtifactRepository, page: PageRequest): Promise<ApiPage<ListedImage>>
  /** Names of images. */
  packages(repository: ArtifactRepository, page: PageRequest): Promise<ApiPage<string>>
  versions(repository: ArtifactRepository, image: string, page: PageRequest): Promise<ApiPage<ListedVersion>>
  /** All tags of one version. */
  tagsOfVersion(
    repository: ArtifactRepository,
    image: string,
    digest: string,
    signal?: AbortSignal,
  ): Promise<string[]>
  /** Those of the permissions that the account has there. */
  permissionsHeld(
    repository: ArtifactRepository,
    permissions: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly string[]>
}

export interface ArtifactApiOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly identity: GoogleIdentity
  readonly project: string
  /** Tries of each request; default: what the HTTP client does. */
  readonly attempts?: number | undefined
}

const origin = 'https://artifactregistry.googleapis.com'
/** Fields of images that are read: the rest, above all the manifests of indexes, would be most of the answer. */
const imageFields = 'dockerImages(name,tags,uploadTime,updateTime,mediaType,imageSizeBytes),nextPageToken'

/** Asks for a path below /v1 and reads its answer. */
type Get = <T>(path: string, doing: string, schema: AnswerSchema<T>, signal?: AbortSignal) => Promise<T>

export function createArtifactApi(options: ArtifactApiOptions): ArtifactApi {
  const api = createApiClient({ ...options, origin, ...signingIn(options), explain: explaining(options) })
  const get: Get = async (path, doing, schema, signal) =>
    (await api.json({ path: `/v1/${path}`, doing, signal }, schema)).value
  return {
    host: api.host,
    ...projectCalls(options.project, api.host, get),
    ...imageCalls(api.host, get),
    async permissionsHeld(repository, permissions, signal) {
      const { value } = await api.json(
        {
          path: `/v1/${resourceName(repository)}:testIamPermissions`,
          headers: { 'content-type': 'application/json' },
          body: new Secret(JSON.stringify({ permissions })),
          doing: 'ask what it is allowed to do',
          signal,
        },
        permissionsAnswer,
      )
      return value.permissions
    },
  }
}

function projectCalls(
  project: string,
  host: string,
  get: Get,
): Pick<ArtifactApi, 'locations' | 'repositories'> {
  return {
    async locations(signal) {
      const found = await every(host, async (page) => {
        const path = `projects/${project}/locations?${query(page)}`
        const { locations, nextPageToken: next } = await get(path, 'list locations', locationsAnswer, signal)
        return { items: locations, next }
      })
      return found.map(({ locationId }) => locationId).sort()
    },
    async repositories(location, signal) {
      const base = `projects/${project}/locations/${location}/repositories`
      const doing = `list repositories of ${location}`
      const found = await every(host, async (page) => {
        const answer = await get(`${base}?${query(page)}`, doing, repositoriesAnswer, signal)
        return { items: answer.repositories, next: answer.nextPageToken }
      })
      return found.map(({ name, format = '', mode = '' }) => ({ id: name, format, mode }))
    },
  }
}

function imageCalls(
  host: string,
  get: Get,
): Pick<ArtifactApi, 'images' | 'packages' | 'versions' | 'tagsOfVersion'> {
  return {
    async images(repository, page) {
      const path = `${resourceName(repository)}/dockerImages?${query(page, { fields: imageFields })}`
      const answer = await get(path, `list images of ${repository.id}`, imagesAnswer, page.signal)
      return { items: answer.dockerImages, next: answer.nextPageToken }
    },
    async packages(repository, page) {
      const path = `${resourceName(repository)}/packages?${query(page)}`
      const answer = await get(path, `list images of ${repository.id}`, packagesAnswer, page.signal)
      return { items: answer.packages.map(({ name }) => name), next: answer.nextPageToken }
    },
    async versions(repository, image, page) {
      const path = `${packageName(repository, image)}/versions?${query(page, { view: 'FULL' })}`
      const answer = await get(path, `list versions of ${image}`, versionsAnswer, page.signal)
      return { items: answer.versions, next: answer.nextPageToken }
    },
    async tagsOfVersion(repository, image, digest, signal) {
      const base = packageName(repository, image)
      const filter = `version="${base}/versions/${digest}"`
      const found = await every(host, async (page) => {
        const answer = await get(
          `${base}/tags?${query(page, { filter })}`,
          `list tags of ${image}`,
          tagsAnswer,
          signal,
        )
        return { items: answer.tags, next: answer.nextPageToken }
      })
      return found.map(({ name }) => name)
    },
  }
}

/** Page after page of a short list. */
async function every<T>(host: string, ask: (page: PageRequest) => Promise<ApiPage<T>>): Promise<T[]> {
  const guard = pageGuard(host)
  const found: T[] = []
  let pageToken: string | undefined
  for (;;) {
    const { items, next } = await ask({ pageToken })
    for (const item of items) found.push(item)
    if (next === undefined) return found
    guard(next, items)
    pageToken = next
  }
}

function packageName(repository: ArtifactRepository, image: string): string {
  return `${resourceName(repository)}/packages/${encodeURIComponent(image)}`
}

function query(
  { pageToken, pageSize = PAGE_SIZE, newestFirst }: PageRequest,
  more: Readonly<Record<string, string>> = {},
): string {
  return new URLSearchParams({
    pageSize: String(pageSize),
    ...(newestFirst === true ? { orderBy: 'update_time desc' } : {}),
    ...more,
    ...(pageToken === undefined ? {} : { pageToken }),
  }).toString()
}

/** A header that was refused is answered with that of another token, once. */
function signingIn({ identity, attempts }: ArtifactApiOptions) {
  const tokens = new WeakMap<Secret<string>, AccessToken>()
  return {
    async authorization(refused: Secret<string> | undefined): Promise<Secret<string>> {
      const token = await identity.accessToken(refused && tokens.get(refused), attempts)
      tokens.set(token.bearer, token)
      return token.bearer
    },
  }
}

function explaining({ project, identity, clock }: ArtifactApiOptions) {
  return (refusal: Parameters<typeof explainRefusal>[0]) =>
    explainRefusal(refusal, { project, account: identity.name, now: clock.now() })
}
