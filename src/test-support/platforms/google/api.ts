import type { AccountName, Accounts } from './accounts.ts'
import {
  denied,
  imageAnswer,
  locationAnswer,
  ok,
  packageAnswer,
  problem,
  type Reply,
  repositoryAnswer,
  tagAnswer,
  versionAnswer,
} from './answers.ts'
import type { StoredImage, StoredProject, StoredRepository } from './content.ts'

export interface ArtifactApiFake {
  readonly project: StoredProject
  readonly accounts: Accounts
  readonly locations: readonly string[]
  /** Entries of a page at most; never above 1000. */
  readonly pageSize: number
  /** What becomes of orderBy: it is not documented. */
  orderBy: 'honoured' | 'ignored' | 'refused'
  /** The API is not enabled in the project. */
  disabled: boolean
}

export interface ApiCall {
  readonly method: string
  /** Below /v1/, still escaped. */
  readonly path: string
  readonly query: URLSearchParams
  readonly token: string
  readonly body: unknown
}

type Parameters = ReadonlySet<string>
const paging: Parameters = new Set(['pageSize', 'pageToken', 'fields', 'filter', 'alt', 'prettyPrint'])
const ordered: Parameters = new Set([...paging, 'orderBy', 'view'])

/** The Artifact Registry API as googleapis describes it: google/devtools/artifactregistry/v1. */
export function answerApi(fake: ArtifactApiFake, call: ApiCall): Reply {
  const account = fake.accounts.holder(call.token)
  if (account === undefined) return unauthenticated
  const { project } = fake
  const consumer = `projects/${project.name}`
  if (fake.disabled) return serviceDisabled(project.name)
  const [, name, rest = ''] = /^projects\/([^/]+)\/?(.*)$/.exec(call.path) ?? []
  if (name !== project.name) return denied('artifactregistry.repositories.list', `projects/${name}`)
  const unknown = [...call.query.keys()].find((key) => !ordered.has(key))
  if (unknown !== undefined) return invalid(`Unknown name "${unknown}": Cannot bind query parameter.`)
  if (rest === 'locations') return locations(fake, call, account, consumer)
  const [, location = '', below = ''] = /^locations\/([^/]+)\/repositories\/?(.*)$/.exec(rest) ?? []
  if (!fake.locations.includes(location)) return notFound(`Location "${location}"`)
  return below === ''
    ? repositories(fake, call, account, location)
    : inRepository(fake, call, account, { location, below })
}

function locations(fake: ArtifactApiFake, call: ApiCall, account: AccountName, consumer: string): Reply {
  const permission = 'artifactregistry.locations.list'
  if (!fake.accounts.mayDo(account, permission)) return denied(permission, consumer)
  return page(fake, call, 'locations', fake.locations, (id) => ({
    key: id,
    value: () => locationAnswer(fake.project, id),
  }))
}

function repositories(fake: ArtifactApiFake, call: ApiCall, account: AccountName, location: string): Reply {
  const permission = 'artifactregistry.repositories.list'
  if (!fake.accounts.mayDo(account, permission))
    return denied(permission, `projects/${fake.project.name}/locations/${location}`)
  return page(fake, call, 'repositories', fake.project.at(location), (one) => ({
    key: one.id,
    value: () => repositoryAnswer(fake.project, one),
  }))
}

function inRepository(
  fake: ArtifactApiFake,
  call: ApiCall,
  account: AccountName,
  { location, below }: { readonly location: string; readonly below: string },
): Reply {
  const [id = '', kind = '', name = '', part = ''] = below.replace(':testIam', '/testIam').split('/')
  const repository = fake.project.find(location, id)
  const resource = `projects/${fake.project.name}/locations/${location}/repositories/${id}`
  if (kind === 'testIamPermissions') return heldOf(fake, account, call.body)
  const permission = `artifactregistry.${(part || kind).toLowerCase()}.list`
  if (!fake.accounts.mayDo(account, permission)) return denied(permission, resource)
  if (repository === undefined) return notFound(`Repository "${resource}"`)
  if (repository.mode === 'VIRTUAL_REPOSITORY') return invalid('not supported for virtual repositories')
  if (kind === 'dockerImages') return images(fake, call, repository)
  if (part === '') return packages(fake, call, repository)
  const image = decodeURIComponent(name)
  const own = repository.imagesOf(image)
  if (own.length === 0) return notFound(`Package "${resource}/packages/${name}"`)
  return part === 'versions' ? versions(fake, call, repository, own) : tags(fake, call, repository, own)
}

function images(fake: ArtifactApiFake, call: ApiCall, repository: StoredRepository): Reply {
  return page(fake, call, 'dockerImages', repository.images, (stored) => ({
    key: `${stored.image}@${stored.digest}`,
    updateTime: stored.updateTime,
    value: () => imageAnswer(fake.project, repository, stored),
  }))
}

function packages(fake: ArtifactApiFake, call: ApiCall, repository: StoredRepository): Reply {
  const names = [...new Set(repository.images.map(({ image }) => image))]
  return page(fake, call, 'packages', names, (image) => ({
    key: image,
    value: () => packageAnswer(fake.project, repository, image),
  }))
}

function versions(
  fake: ArtifactApiFake,
  call: ApiCall,
  repository: StoredRepository,
  own: readonly StoredImage[],
): Reply {
  return page(fake, call, 'versions', own, (stored) => ({
    key: stored.digest,
    updateTime: stored.updateTime,
    value: () => versionAnswer(fake.project, repository, stored, call.query.get('view')),
  }))
}

function tags(
  fake: ArtifactApiFake,
  call: ApiCall,
  repository: StoredRepository,
  own: readonly StoredImage[],
): Reply {
  const wanted = /^version="(.+)"$/.exec(call.query.get('filter') ?? '')?.[1]
  const all = own.flatMap((stored) => [...stored.tags].map((tag) => ({ stored, tag })))
  const items = all.map(({ stored, tag }) => tagAnswer(fake.project, repository, stored, tag))
  const matching = items.filter(({ version }) => wanted === undefined || version === wanted)
  return page(fake, call, 'tags', matching, (item) => ({ key: item.name, value: () => item }))
}

function heldOf(fake: ArtifactApiFake, account: AccountName, body: unknown): Reply {
  const { permissions } = body as { permissions: string[] }
  const held = permissions.filter((permission) => fake.accounts.mayDo(account, permission))
  return ok(held.length === 0 ? {} : { permissions: held })
}

interface Place {
  readonly key: string
  readonly updateTime?: number | undefined
}

interface Row extends Place {
  /** Made for those that are shown. */
  value(): object
}

/** A page by name, or the newest first; the token belongs to the request that it came from. */
function page<T>(
  fake: ArtifactApiFake,
  { path, query }: ApiCall,
  collection: string,
  items: readonly T[],
  rowOf: (item: T) => Row,
): Reply {
  const order = query.get('orderBy') ?? ''
  if (order !== '' && fake.orderBy === 'refused') return invalid(`Invalid order by clause: ${order}.`)
  const isNewest = order === 'update_time desc' && fake.orderBy === 'honoured'
  const rows = items.map(rowOf).toSorted(isNewest ? newestFirst : byKey)
  const token = readToken(query.get('pageToken'))
  if (token !== undefined && token.of !== `${path} ${order}`) return invalid('Invalid page token.')
  const last = token?.last
  const rest =
    last === undefined ? rows : rows.filter((row) => (isNewest ? newestFirst : byKey)(row, last) > 0)
  const size = Math.min(Number(query.get('pageSize') ?? 100) || 100, fake.pageSize, 1000)
  const shown = rest.slice(0, size)
  const end = shown.at(-1)
  const next =
    rest.length > size && end ? { nextPageToken: writeToken({ of: `${path} ${order}`, last: end }) } : {}
  // An empty list is left out, as always in Google's JSON.
  const list = shown.length > 0 ? { [collection]: shown.map(({ value }) => value()) } : {}
  return ok(selected({ ...list, ...next }, query.get('fields')))
}

const byKey = (one: Place, other: Place): number => (one.key < other.key ? -1 : Number(one.key > other.key))
const newestFirst = (one: Place, other: Place): number =>
  (other.updateTime ?? 0) - (one.updateTime ?? 0) || byKey(one, other)

interface PageToken {
  readonly of: string
  readonly last: Place
}

function writeToken({ of, last: { key, updateTime } }: PageToken): string {
  return Buffer.from(JSON.stringify({ of, last: { key, updateTime } })).toString('base64url')
}

function readToken(text: string | null): PageToken | undefined {
  if (text === null) return undefined
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as PageToken
  } catch {
    return { of: 'nothing', last: { key: '' } }
  }
}

/** `list(name,tags),nextPageToken`: partial answers (Google APIs, system parameter `fields`). */
function selected(body: Record<string, unknown>, fields: string | null): Record<string, unknown> {
  if (fields === null) return body
  const wanted = [...fields.matchAll(/(\w+)(?:\(([^)]*)\))?/g)]
  return Object.fromEntries(
    wanted
      .filter(([, name = '']) => name in body)
      .map(([, name = '', inner]) => [name, inner === undefined ? body[name] : picked(body[name], inner)]),
  )
}

function picked(list: unknown, inner: string): unknown {
  const names = inner.split(',')
  return (list as Record<string, unknown>[]).map((item) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name))),
  )
}

const unauthenticated = problem(
  401,
  'UNAUTHENTICATED',
  'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
  { reason: 'ACCESS_TOKEN_EXPIRED', metadata: { service: 'artifactregistry.googleapis.com' } },
)

const invalid = (message: string): Reply => problem(400, 'INVALID_ARGUMENT', message)
const notFound = (what: string): Reply => problem(404, 'NOT_FOUND', `${what} not found.`)

function serviceDisabled(project: string): Reply {
  const activationUrl = `https://console.developers.google.com/apis/api/artifactregistry.googleapis.com/overview?project=${project}`
  const message = `Artifact Registry API has not been used in project ${project} before or it is disabled. Enable it by visiting ${activationUrl} then retry.`
  return problem(403, 'PERMISSION_DENIED', message, {
    reason: 'SERVICE_DISABLED',
    metadata: { service: 'artifactregistry.googleapis.com', consumer: `projects/${project}`, activationUrl },
  })
}
