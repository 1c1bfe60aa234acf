import type {
  RouteInput,
  RouteName,
  RouteResponse,
  ScanEngine,
  UploadedDocument,
} from '../../contract/index.ts'
import { connectionInput } from '../../contract/index.ts'
import { check } from './check.ts'
import { digestOf } from './random.ts'
import type { Simulation } from './simulation.ts'
import { ago, countsOf, type FakeFinding, newConnection, recount, type World } from './world.ts'

/** A request after its schemas: parts that a route does not have are absent. */
type Parsed<K extends RouteName> = {
  params: RouteInput<K> extends { params: infer P } ? P : undefined
  query: Record<string, unknown>
  body: RouteInput<K> extends { body: infer B } ? B : undefined
}

export type Handlers = { [K in RouteName]: (request: Parsed<K>) => RouteResponse<K> }

/** Thrown by a handler: answered as a problem document. */
export class FakeProblem extends Error {
  readonly status: number
  readonly code: string
  readonly remedy: string | undefined
  readonly fields: Record<string, string> | undefined

  constructor(
    status: number,
    code: string,
    detail: string,
    remedy?: string,
    fields?: Record<string, string>,
  ) {
    super(detail)
    this.status = status
    this.code = code
    this.remedy = remedy
    this.fields = fields
  }
}

function found<T>(item: T | undefined): T {
  if (item === undefined)
    throw new FakeProblem(404, 'not-found', 'There is no such thing.', 'Go back to the list.')
  return item
}

/** Keyset paging, as far as a page can tell. */
function page<T>(items: readonly T[], query: Record<string, unknown>) {
  const start = typeof query['cursor'] === 'string' ? Number(query['cursor'].slice(1)) : 0
  const limit = typeof query['limit'] === 'number' ? query['limit'] : 50
  const end = start + limit
  return {
    items: items.slice(start, end),
    nextCursor: end < items.length ? `o${end}` : null,
    total: items.length > 10_000 ? '10,000+' : String(items.length),
  }
}

/** The `list()` of the contract's queries gives an array; what is absent lets everything through. */
function allows(value: unknown, item: string | null): boolean {
  return value === undefined || (Array.isArray(value) && value.includes(item))
}

function is(value: unknown, item: unknown): boolean {
  return value === undefined || value === item
}

function imagesOf(world: World, query: Record<string, unknown>): World['images'] {
  const words = typeof query['q'] === 'string' ? query['q'].toLowerCase() : ''
  return world.images.filter(
    (image) =>
      (query['kind'] === 'all' || image.kind === 'image' || image.kind === 'unknown') &&
      is(query['connection'], image.connectionId) &&
      is(query['repository'], image.repository.id) &&
      is(query['digest'], image.digest) &&
      allows(query['status'], image.scanStatus) &&
      allows(query['lifecycle'], image.lifecycle) &&
      `${image.repository.path} ${image.tags.join(' ')} ${image.digest}`.toLowerCase().includes(words),
  )
}

function findingsOf(world: World, query: Record<string, unknown>): FakeFinding[] {
  const carried = new Set(
    world.images
      .filter((image) => is(query['connection'], image.connectionId))
      .map((image) => image.repository.id),
  )
  return world.findings.filter(
    ({ detail, digests }) =>
      allows(query['severity'], detail.severity) &&
      is(query['package'], detail.packageName) &&
      is(query['cve'], detail.vulnerabilityId) &&
      is(query['repository'], detail.repository.id) &&
      carried.has(detail.repository.id) &&
      (query['digest'] === undefined || digests.has(String(query['digest']))) &&
      is(query['fix'], detail.fixedVersion === '' ? 'no' : 'yes'),
  )
}

function repositoriesOf(world: World, query: Record<string, unknown>) {
  const words = typeof query['q'] === 'string' ? query['q'].toLowerCase() : ''
  const byId = Map.groupBy(
    imagesOf(world, { connection: query['connection'] }),
    (image) => image.repository.id,
  )
  return [...byId.values()]
    .flatMap((images) => {
      const [first] = images
      return first === undefined || !first.repository.path.includes(words)
        ? []
        : [
            {
              ...first.repository,
              connections: [],
              images: images.length,
              tags: images.reduce((sum, image) => sum + image.tagCount, 0),
              lastSeenAt: ago(1),
            },
          ]
    })
    .sort((a, b) => a.path.localeCompare(b.path))
}

type World_ = { world: World; simulation: Simulation }

function connectionHandlers({ world, simulation }: World_) {
  const connection = (id: string) => found(world.connections.find((candidate) => candidate.id === id))
  return {
    listConnections: ({ query }) => page(world.connections, query),
    getConnection: ({ params }) => connection(params.id),
    createConnection: ({ body }) => {
      const input = connectionInput.parse(body)
      const platform = found(world.platforms.find((candidate) => candidate.id === input.platform))
      if (world.connections.some(({ name }) => name === input.name)) {
        throw new FakeProblem(
          409,
          'connection-name-taken',
          'A connection with this name exists.',
          'Choose another.',
          {
            name: 'This name is taken.',
          },
        )
      }
      const secrets = platform.fields.filter((field) => field.secret).map((field) => field.name)
      const open = Object.fromEntries(
        Object.entries(input.settings).filter(([name]) => !secrets.includes(name)),
      )
      const created = {
        ...newConnection(input.name, platform.id, platform.label, open),
        secretFields: secrets.filter((name) => input.settings[name] !== undefined),
        scanIntervalHours: input.scanIntervalHours,
        lastDiscovery: null,
        ...(input.selection === undefined ? {} : { selection: input.selection }),
      }
      const { ok, error } = check(input.platform, input.settings)
      if (!ok) Object.assign(created, { status: 'Error', statusReason: error })
      world.connections.push(created)
      if (ok) simulation.discover(created)
      return created
    },
    editConnection: ({ params, body }) => {
      const existing = connection(params.id)
      if (body.version !== existing.version) {
        throw new FakeProblem(
          409,
          'connection-changed',
          'Someone else changed this connection in between.',
          'Load the page again, then make your change.',
        )
      }
      const { version, settings, ...rest } = body
      Object.assign(existing, rest, { version: version + 1 })
      if (settings !== undefined) {
        existing.settings = { ...existing.settings, ...settings }
        existing.secretFields = existing.secretFields.filter((name) => settings[name] !== null)
      }
      if (settings !== undefined && check(existing.platform, settings).ok) {
        Object.assign(existing, { status: 'Connected', statusReason: null })
      }
      simulation.emit('connection.changed', existing.id)
      return existing
    },
    deleteConnection: ({ params }) => {
      const { id } = connection(params.id)
      world.connections = world.connections.filter((candidate) => candidate.id !== id)
      world.images = world.images.filter((image) => image.connectionId !== id)
      return undefined
    },
    checkSettings: ({ body }) => check(body.platform, body.settings, body.connectionId !== undefined),
    checkConnection: ({ params }) => {
      const { platform, settings, status } = connection(params.id)
      return check(platform, status === 'Error' ? { ...settings, password: 'wrong' } : settings, true)
    },
    discoverConnection: ({ params }) => {
      simulation.discover(connection(params.id))
      return { accepted: true, queued: 1, message: 'Discovery has started.' }
    },
    scanConnection: ({ params }) => {
      const queued = simulation.scan(connection(params.id))
      return {
        accepted: true,
        queued,
        message: queued === 0 ? 'Every selected image is already scanned.' : `${queued} images are queued.`,
      }
    },
  } satisfies Partial<Handlers>
}

function imageHandlers({ world, simulation }: World_) {
  return {
    listRepositories: ({ query }) => page(repositoriesOf(world, query), query),
    listImages: ({ query }) => page(imagesOf(world, query), query),
    getImage: ({ params }) => {
      const image = found(world.images.find((candidate) => candidate.id === params.id))
      return {
        ...image,
        allTags: Array.from({ length: image.tagCount }, (_, index) => image.tags[index] ?? `build-${index}`),
        os:
          image.id % 9 === 0
            ? { family: 'debian', release: '9.13', endOfLife: '2022-06-30T23:59:59Z' }
            : { family: 'debian', release: '12.5', endOfLife: '2028-06-10T23:59:59Z' },
        packages: 312,
        platformDetails: image.platforms.map((platform) => ({
          platform,
          manifestDigest:
            image.platforms.length === 1 ? image.digest : digestOf(`${image.digest} ${platform}`),
          sizeBytes: image.sizeBytes,
          counts: image.counts,
          scanStatus: image.scanStatus,
          scanReason: image.scanReason,
        })),
        notes: [],
        engineDetails: null,
      }
    },
    scanImage: ({ params }) => {
      simulation.scanImage(found(world.images.find((candidate) => candidate.id === params.id)))
      return { accepted: true, queued: 1, message: 'The image is queued.' }
    },
    listScans: ({ query }) =>
      page(
        world.scans.filter((scan) => is(query['state'], scan.state)),
        query,
      ),
    retryScan: ({ params }) => {
      const scan = found(world.scans.find((candidate) => candidate.id === params.id))
      simulation.scanImage(found(world.images.find((candidate) => candidate.id === scan.imageId)))
      return { accepted: true, queued: 1, message: 'The image is queued again.' }
    },
  } satisfies Partial<Handlers>
}

function findingHandlers({ world }: World_) {
  return {
    listFindings: ({ query }) =>
      page(
        findingsOf(world, query).map(({ detail }) => detail),
        query,
      ),
    getFindingSummary: ({ query }) => {
      const all = findingsOf(world, query)
      const counted = all.filter(({ detail }) => query['digest'] === undefined || detail.vex === null)
      return {
        counts: countsOf(counted),
        asOf: ago(0.2),
        incompleteBecause: incompleteness(world, query['digest']),
        suppressed: all.length - counted.length,
      }
    },
    getFinding: ({ params }) => found(world.findings.find(({ detail }) => detail.id === params.id)).detail,
  } satisfies Partial<Handlers>
}

/** What a scan found attached to an image with two platforms. */
function attachedTo(image: World['images'][number] | undefined): UploadedDocument[] {
  if (image === undefined) return []
  const common = {
    name: 'attached to the image',
    imageId: image.id,
    uploadedBy: '',
    uploadedAt: ago(3),
    source: 'attached' as const,
    manifestDigest: digestOf(`${image.digest} linux/amd64`),
  }
  return [
    {
      ...common,
      id: '019aa8a4-0000-7000-9000-000000000002',
      kind: 'sbom',
      format: 'spdx 2.3',
      entries: 310,
      digest: digestOf('attached SBOM'),
      comparison: {
        common: 309,
        onlyInSbom: 1,
        onlyInImage: 60,
        onlyInSbomPackages: ['pkg:npm/express@4.18.2'],
        onlyInImagePackages: Array.from(
          { length: 50 },
          (_, no) => `pkg:deb/debian/a-package-${no}@1.0-${no}`,
        ),
      },
    },
    {
      ...common,
      id: '019aa8a4-0000-7000-9000-000000000001',
      kind: 'vex',
      format: 'openvex',
      entries: 2,
      digest: digestOf('attached VEX'),
      comparison: null,
    },
  ]
}

function documentHandlers({
  world,
}: World_): Pick<
  Handlers,
  'getImageSbom' | 'listDocuments' | 'uploadDocument' | 'deleteDocument' | 'getDocumentFindings'
> {
  let documents = attachedTo(world.images[5])
  return {
    getImageSbom: ({ query }) =>
      query['format'] === 'spdx' ? { spdxVersion: 'SPDX-2.3' } : { bomFormat: 'CycloneDX' },
    listDocuments: ({ query }) =>
      page(
        documents.filter(({ kind, imageId }) => is(query['kind'], kind) && is(query['image'], imageId)),
        query,
      ),
    uploadDocument: ({ body }) => {
      const document: UploadedDocument = {
        id: `019aa8a4-0000-7000-8000-${String(documents.length).padStart(12, '0')}`,
        kind: body.kind,
        name: body.name,
        format: body.kind === 'vex' ? 'openvex' : 'cyclonedx 1.6',
        entries: 3,
        imageId: body.imageId ?? null,
        uploadedBy: 'Ada Navigator',
        uploadedAt: ago(0),
        source: 'upload',
        digest: null,
        manifestDigest: null,
        comparison: null,
      }
      documents = [document, ...documents]
      return document
    },
    deleteDocument: ({ params }) => {
      documents = documents.filter(({ id }) => id !== params.id)
    },
    getDocumentFindings: () => ({
      counts: { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, UNKNOWN: 0 },
      packages: 3,
      items: [],
      notes: [],
      asOf: ago(0.2),
    }),
  }
}

/** A platform that tells of pushes, and what arrived last. */
function hookHandlers({
  world,
}: World_): Pick<Handlers, 'getNotifications' | 'renewNotifications' | 'endNotifications'> {
  return {
    getNotifications: () => world.notifications,
    renewNotifications: () => {
      world.notifications = {
        ...world.notifications,
        address: `/hooks/registries/${'n'.repeat(43)}`,
        secret: 's'.repeat(43),
        createdAt: ago(0),
      }
      return world.notifications
    },
    endNotifications: () => {
      world.notifications = { ...world.notifications, address: null, secret: null, createdAt: null }
    },
  }
}

const ENGINES: ScanEngine[] = [
  {
    id: 'portolan',
    label: 'Built-in',
    builtIn: true,
    problem: null,
    version: '0.1.0',
    databaseUpdatedAt: null,
  },
  {
    id: 'trivy',
    label: 'Trivy',
    builtIn: false,
    problem: { code: 'trivy-missing', message: 'Trivy is not installed.', remedy: 'Install it.' },
    version: null,
    databaseUpdatedAt: null,
  },
]

function incompleteness(world: World, digest: unknown): string | null {
  if (digest !== undefined) return unchecked(world.images.find((image) => carries(image, digest)))
  const failed = world.images.filter((image) => image.scanStatus === 'Failed').length
  return failed === 0 ? null : `${failed} scans failed.`
}

function carries({ digest, platforms }: World['images'][number], wanted: unknown): boolean {
  return digest === wanted || platforms.some((platform) => digestOf(`${digest} ${platform}`) === wanted)
}

/** Why an empty list of a digest does not mean that nothing is wrong there. */
function unchecked(image: World['images'][number] | undefined): string | null {
  if (image === undefined) return 'this digest is not among your images.'
  if (image.unselectedBecause !== null) {
    return `this image is not selected for scanning: ${image.unselectedBecause}.`
  }
  if (image.scanStatus === null) return 'this is a chart, not an image: there is nothing to scan.'
  return image.scanStatus === 'Completed' ? null : '1 image is not scanned yet.'
}

/** An answer for every route of the contract: the type demands it. */
export function makeHandlers(parts: World_): Handlers {
  const { world } = parts
  recount(world)
  return {
    getSession: () => ({
      user: { id: 'u1', name: 'Ada Navigator', email: 'ada@example.com' },
      organisation: { id: 'o1', name: 'Example Organisation' },
      role: world.role,
    }),
    listPlatforms: () => ({ items: [...world.platforms], egressAddresses: ['203.0.113.7'] }),
    ...connectionHandlers(parts),
    ...imageHandlers(parts),
    ...findingHandlers(parts),
    ...documentHandlers(parts),
    ...hookHandlers(parts),
    getVulnerabilityDatabase: () => world.database,
    updateVulnerabilityDatabase: () => ({ accepted: true, queued: 1, message: 'Looking for newer data.' }),
    listScanEngines: () => ({ items: ENGINES }),
    listAuditEvents: () => ({ items: [], nextCursor: null, total: '0' }),
  }
}
