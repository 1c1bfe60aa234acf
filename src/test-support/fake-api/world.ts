import type {
  ConnectionNotifications,
  DatabaseState,
  FindingDetail,
  Image,
  RegistryConnection,
  RegistryPlatform,
  Scan,
  Severity,
  SeverityCounts,
  VulnerabilityDatabase,
} from '../../contract/index.ts'
import { platforms } from './platforms.ts'
import { digestOf, pick, seeded, uuidOf } from './random.ts'

export interface WorldOptions {
  /** Images of the first connection. */
  readonly images?: number
  readonly findings?: number
  /** Nothing is connected yet. */
  readonly empty?: boolean
}

/** A finding of the fake, with the digests that carry it. */
export interface FakeFinding {
  readonly detail: FindingDetail
  readonly digests: ReadonlySet<string>
}

export interface World {
  /** Of the form's dropdown. */
  platforms: readonly RegistryPlatform[]
  role: 'admin' | 'member'
  connections: RegistryConnection[]
  images: (Image & { connectionId: string })[]
  findings: FakeFinding[]
  scans: Scan[]
  database: VulnerabilityDatabase
  notifications: ConnectionNotifications
}

const NOW = Date.now()
const HOUR = 3_600_000
export const ago = (hours: number): string => new Date(NOW - hours * HOUR).toISOString()

const REPOSITORIES = [
  'shop/api',
  'shop/web',
  'shop/checkout',
  'platform/ingress',
  'platform/log-shipper',
  'data/etl-nightly',
  'data/feature-store',
  'mobile/gateway',
  'internal/very/deeply/nested/team/service-with-a-rather-long-name',
  'tools/build-agent',
] as const

const PACKAGES = [
  ['deb', 'openssl', '3.0.11-1~deb12u2', '3.0.17-1~deb12u2'],
  ['deb', 'libc6', '2.36-9+deb12u4', '2.36-9+deb12u10'],
  ['deb', 'zlib1g', '1:1.2.13.dfsg-1', ''],
  ['deb', 'libxml2', '2.9.14+dfsg-1.3~deb12u1', '2.9.14+dfsg-1.3~deb12u4'],
  ['node', 'minimist', '1.2.5', '1.2.6'],
  ['node', 'semver', '7.3.4', '7.5.2, 6.3.1, 5.7.2'],
  ['node', '@acme/left-padding', '2.0.0', ''],
  ['apk', 'busybox', '1.35.0-r29', '1.35.0-r31'],
] as const

const TITLES = [
  'heap buffer overflow when a certificate with a long name is parsed',
  'infinite loop in the decompressor on truncated input',
  'prototype pollution through crafted keys',
  'denial of service by a regular expression',
  'use after free while entities are expanded',
  'out-of-bounds read in the name service cache',
] as const

const SEVERITY_MIX = [
  'CRITICAL',
  'HIGH',
  'HIGH',
  'HIGH',
  'MEDIUM',
  'MEDIUM',
  'MEDIUM',
  'MEDIUM',
  'LOW',
  'LOW',
  'LOW',
  'UNKNOWN',
] as const satisfies Severity[]

const HOST = 'registry.harbour.example'

export function newConnection(
  name: string,
  platform: string,
  platformLabel: string,
  settings: Record<string, unknown>,
): RegistryConnection {
  return {
    id: uuidOf(name),
    name,
    platform,
    platformLabel,
    host: typeof settings['url'] === 'string' ? settings['url'].replace(/^https?:\/\//, '') : HOST,
    settings,
    secretFields: ['password'],
    status: 'Connected',
    statusReason: null,
    warnings: [],
    checkedAt: ago(1),
    access: 'Private',
    enabled: true,
    insecure: false,
    scanIntervalHours: 24,
    nextRunAt: ago(-14),
    selection: { latestTags: 10, include: [], exclude: [], platforms: [] },
    engine: 'portolan',
    lastDiscovery: { at: ago(10), repositories: 10, tags: 214, incompleteBecause: null },
    progress: null,
    counts: { repositories: 0, images: 0, pending: 0, scanning: 0, completed: 0, failed: 0 },
    version: 1,
    createdAt: ago(900),
    updatedAt: ago(20),
  }
}

function startConnections(): RegistryConnection[] {
  const harbour = { url: `https://${HOST}`, username: 'reader' }
  return [
    newConnection('Production harbour', 'harbour', 'Harbour Registry', harbour),
    {
      ...newConnection('Old cloud account', 'cloud-dock', 'Cloud Dock', {
        accessKeyId: 'KEY123',
        region: 'north-1',
      }),
      host: 'dock.cloud.example',
      secretFields: ['secretAccessKey'],
      status: 'Error',
      statusReason: {
        code: 'credentials-refused',
        message: 'The registry refused the access key (401).',
        remedy: 'Make a new key in the console of the cloud, then Edit and save it here.',
      },
      lastDiscovery: {
        at: ago(80),
        repositories: 2,
        tags: 9,
        incompleteBecause: 'the key may not list the repositories of "billing".',
      },
    },
    {
      ...newConnection('Laboratory', 'quay-side', 'Quayside', { namespace: 'lab' }),
      host: 'quayside.example',
      access: 'Public/Manual',
      status: 'Unknown',
      insecure: true,
      warnings: [
        {
          about: 'sign-in',
          message: 'The credentials are accepted, and may also push and delete.',
          remedy: 'Use credentials that may only read: nothing else is needed.',
        },
      ],
      scanIntervalHours: null,
      nextRunAt: null,
      lastDiscovery: null,
      checkedAt: null,
    },
  ]
}

const FAILURE = {
  code: 'manifest-unreadable',
  message: 'The manifest names a layer that the registry does not have (404).',
  remedy: 'Push the image again, then try again.',
} as const

/** One image; `index` decides everything about it. */
export function makeImage(index: number, connectionId: string): World['images'][number] {
  const random = seeded(index + 1)
  const repository = index % REPOSITORIES.length
  const isChart = index % 47 === 13
  const status = index === 3 || index % 61 === 31 ? 'Failed' : index % 19 === 7 ? 'Pending' : 'Completed'
  const tagCount = index % 11 === 0 ? 1 + Math.floor(random() * 24) : 1 + (index % 3)
  return {
    id: index + 1,
    connectionId,
    repository: {
      id: repository + 1,
      host: HOST,
      path: REPOSITORIES[repository] ?? 'shop/api',
    },
    tags: Array.from({ length: Math.min(3, tagCount) }, (_, tag) =>
      tag === 0 && index < REPOSITORIES.length ? 'latest' : `v${1 + (index % 4)}.${index % 30}.${tag}`,
    ),
    tagCount,
    digest: digestOf(`image ${index}`),
    kind: isChart ? 'chart' : 'image',
    lifecycle: index < REPOSITORIES.length ? 'Latest' : index % 23 === 5 ? 'Pending' : 'Outdated',
    scmLink: null,
    selected: !isChart,
    unselectedBecause: null,
    scanStatus: isChart ? null : status,
    scanReason: !isChart && status === 'Failed' ? FAILURE : null,
    counts: null,
    suppressed: 2 * Number(index === 5),
    platforms: index % 5 === 0 ? ['linux/amd64', 'linux/arm64'] : ['linux/amd64'],
    pushedAt: ago(3 + index * 5),
    sizeBytes: Math.round(4e6 + random() * 4e8),
    scannedAt: isChart || status !== 'Completed' ? null : ago(2),
    engine: 'portolan',
  }
}

function makeFinding(index: number, images: World['images']): FakeFinding {
  const random = seeded(10_000 + index)
  const [ecosystem, packageName, installedVersion, fixedVersion] =
    PACKAGES[index % PACKAGES.length] ?? PACKAGES[0]
  const repositoryId = (index % REPOSITORIES.length) + 1
  const carriers = images.filter(
    (image) => image.repository.id === repositoryId && image.scanStatus === 'Completed' && random() < 0.6,
  )
  const severity = pick(SEVERITY_MIX, random())
  const path = ecosystem === 'node' ? `app/node_modules/${packageName}/package.json` : null
  const detail: FindingDetail = {
    id: `f${index + 1}`,
    vulnerabilityId: `CVE-2026-${10_000 + index}`,
    severity,
    title: `${packageName}: ${TITLES[index % TITLES.length] ?? TITLES[0]}`,
    ecosystem,
    packageName,
    installedVersions: index % 9 === 0 ? [installedVersion, '0.9.8'] : [installedVersion],
    fixedVersion,
    status: fixedVersion === '' ? (index % 2 === 0 ? 'affected' : 'will_not_fix') : 'fixed',
    paths: path === null ? [] : [path],
    repository: {
      id: repositoryId,
      host: HOST,
      path: REPOSITORIES[repositoryId - 1] ?? 'shop/api',
    },
    images: carriers.length,
    firstSeenAt: ago(5 + (index % 400)),
    vex: null,
    description: `A flaw was found in ${packageName}. ${'Input that an attacker controls reaches a buffer whose length was checked too late. '.repeat(4)}\n\nServices that only read trusted input are not affected.`,
    severitySource: 'sample-feed',
    dataSource: { id: 'sample-feed', name: 'Sample Security Tracker', url: 'https://tracker.example/' },
    vendorIds: index % 3 === 0 ? ['DSA-5999-1'] : [],
    cvss: [
      {
        source: 'nvd',
        version: '3.1',
        vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
        score: 9.8,
      },
    ],
    cweIds: ['CWE-787'],
    references: [
      `https://tracker.example/CVE-2026-${10_000 + index}`,
      'http://lists.example/announce/4711',
      // What a feed says may be anything: this one must never become a link.
      'javascript:alert(document.domain)',
    ],
    publishedAt: ago(2000),
    modifiedAt: ago(300),
    occurrences: carriers.slice(0, 60).map((image) => ({
      digest: image.digest,
      tags: image.tags,
      platform: 'linux/amd64',
      packageName,
      installedVersion,
      fixedVersion,
      path,
      layer: {
        digest: digestOf(`layer ${index % 7}`),
        diffId: digestOf(`diff ${index % 7}`),
        ordinal: index % 7,
      },
    })),
  }
  return { detail, digests: new Set(carriers.map((image) => image.digest)) }
}

export const NO_COUNTS: SeverityCounts = { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, UNKNOWN: 0 }

export function countsOf(findings: Iterable<FakeFinding>): SeverityCounts {
  const counts = { ...NO_COUNTS }
  for (const { detail } of findings) counts[detail.severity] += 1
  return counts
}

export function recount(world: World): void {
  for (const connection of world.connections) {
    const own = world.images.filter((image) => image.connectionId === connection.id && image.kind === 'image')
    const having = (status: string): number => own.filter((image) => image.scanStatus === status).length
    connection.counts = {
      repositories: new Set(own.map((image) => image.repository.id)).size,
      images: own.length,
      pending: having('Pending'),
      scanning: having('Scanning'),
      completed: having('Completed'),
      failed: having('Failed'),
    }
  }
}

function scansOf(images: World['images']): Scan[] {
  const states = {
    Pending: 'pending',
    Scanning: 'scanning',
    Completed: 'completed',
    Failed: 'failed',
  } as const
  return images
    .filter((image) => image.scanStatus !== null)
    .map((image) => ({
      id: `s${image.id}`,
      imageId: image.id,
      repository: `${image.repository.host}/${image.repository.path}`,
      digest: image.digest,
      engine: image.engine,
      state: states[image.scanStatus ?? 'Pending'],
      attempt: image.scanStatus === 'Failed' ? 3 : 1,
      reason: image.scanReason,
      requestedAt: ago(4),
      finishedAt: image.scanStatus === 'Completed' || image.scanStatus === 'Failed' ? ago(3) : null,
    }))
}

function databaseOf(name: string): DatabaseState {
  return {
    digest: digestOf(name),
    updatedAt: ago(5),
    nextUpdate: ago(-1),
    source: `registry.example/${name}`,
    stale: false,
    message: 'updated 5 hours ago',
    lastCheck: { at: ago(0.5), error: null },
    updating: false,
  }
}

/** A platform that tells of pushes, before an address is made. */
function notificationsOf(): ConnectionNotifications {
  return {
    supported: true,
    proof: 'the secret in the header Authorization',
    steps: [
      'Open the settings of the registry.',
      'Add a webhook with the address {address}.',
      'Let it send the header "Authorization: Bearer {secret}".',
    ],
    sample: { label: 'Configuration', text: 'url: {address}\nheaders:\n  Authorization: [Bearer {secret}]' },
    address: null,
    secret: null,
    createdAt: null,
    events: [
      { at: ago(0.01), outcome: 'accepted', repositories: ['shop/api', 'shop/web'], message: null },
      { at: ago(0.2), outcome: 'ignored', repositories: [], message: 'It concerns no image.' },
      {
        at: ago(3),
        outcome: 'refused',
        repositories: [],
        message: 'The notification does not carry the proof that its platform was told to send.',
      },
    ],
  }
}

export function makeWorld({ images = 120, findings = 240, empty = false }: WorldOptions): World {
  const database: VulnerabilityDatabase = {
    ...databaseOf('vulnerability-db:2'),
    java: databaseOf('java-db:1'),
    progress: { matching: null, renewing: null },
  }
  const notifications = notificationsOf()
  if (empty)
    return {
      platforms,
      role: 'admin',
      connections: [],
      images: [],
      findings: [],
      scans: [],
      database,
      notifications,
    }
  const connections = startConnections()
  const made = Array.from({ length: images }, (_, index) => makeImage(index, connections[0]?.id ?? ''))
  const list = Array.from({ length: findings }, (_, index) => makeFinding(index, made))
  const byDigest = Map.groupBy(
    list.flatMap((finding) => [...finding.digests].map((digest) => ({ digest, finding }))),
    ({ digest }) => digest,
  )
  for (const image of made) {
    if (image.scanStatus !== 'Completed') continue
    image.counts = countsOf((byDigest.get(image.digest) ?? []).map(({ finding }) => finding))
  }
  const world: World = {
    platforms,
    role: 'admin',
    connections,
    images: made,
    findings: list,
    scans: scansOf(made),
    database,
    notifications,
  }
  recount(world)
  return world
}
