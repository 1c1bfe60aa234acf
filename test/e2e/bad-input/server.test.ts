import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Image, ImageDetail, RegistryConnection } from '../../../src/contract/index.ts'
import type { Client } from '../../../src/demo/client.ts'
import { embeddedDataFolder } from '../../../src/test-support/databases/index.ts'
import { type RegistryServer, startRegistryServer } from '../../../src/test-support/registry-server/index.ts'
import { buildVulnerabilityDatabase } from '../../../src/test-support/vulnerability-database/index.ts'
import { type ServerProcess, startServerProcess } from '../../kill/server-process.ts'
import { badImages, good, neighbour, oddImages, type OddImage, push, rows } from './images.ts'
import { openWays, sawCredentials, user, type Ways } from './ways.ts'

const patience = { timeout: 90_000, interval: 200 }
const bad = badImages()
const odd = oddImages()
let registry: RegistryServer
let ways: Ways
let dataDir: string
let server: ServerProcess
let client: Client

beforeAll(async () => {
  registry = await startRegistryServer({ faults: bad.flatMap(({ faults = [] }) => faults) })
  for (const one of [neighbour, ...bad, ...odd]) push(registry, one)
  ways = await openWays()
  const database = buildVulnerabilityDatabase(rows, { updatedAt: new Date().toISOString() })
  ways.otherHost.put({ repository: 'security/db', tags: ['2'], ...database.artifact })
  dataDir = await embeddedDataFolder()
  server = await startServerProcess({
    PORTOLAN_DATA_DIR: dataDir,
    PORTOLAN_DB_REPOSITORY: `${ways.otherHost.host}/security/db:2`,
    PORTOLAN_LOG_LEVEL: 'error',
    PORTOLAN_ALLOW_INSECURE_REGISTRIES: '127.0.0.1,localhost',
  })
  client = server.client
  await vi.waitFor(
    async () => expect((await client.call('getVulnerabilityDatabase')).digest).not.toBeNull(),
    patience,
  )
})
afterAll(async () => {
  const code = await server.stop()
  await Promise.all([registry.close(), ways.close()])
  rmSync(dataDir, { recursive: true, force: true })
  expect(code).toBe(0)
})

async function connect(name: string, settings: Record<string, unknown>): Promise<string> {
  return (await client.call('createConnection', { body: { name, platform: 'oci', settings } })).id
}

function connection(id: string): Promise<RegistryConnection> {
  return client.call('getConnection', { params: { id } })
}

/** Waits until so many images were looked at, and none is waiting. */
async function settled(id: string, images: number): Promise<RegistryConnection> {
  return await vi.waitFor(async () => {
    const seen = await connection(id)
    expect(seen.lastDiscovery).not.toBeNull()
    expect(seen.counts).toMatchObject({ images, pending: 0, scanning: 0 })
    expect(seen.status).not.toBe('Syncing')
    return seen
  }, patience)
}

async function imagesOf(id: string): Promise<Map<string, Image>> {
  const { items } = await client.call('listImages', { query: { connection: id, kind: 'all', limit: 100 } })
  return new Map(items.map((image) => [image.repository.path, image]))
}

async function expectCompleted(id: string, { repository, findings, notes = [] }: OddImage): Promise<void> {
  const image = (await imagesOf(id)).get(repository)
  expect(image, repository).toMatchObject({ scanStatus: 'Completed', scanReason: null })
  const found = await client.call('listFindings', { query: { digest: image?.digest ?? '', limit: 100 } })
  const texts = found.items.map(
    (one) => `${one.vulnerabilityId} ${one.packageName}@${one.installedVersions.join()}`,
  )
  expect(texts.sort()).toEqual([...findings].sort())
  const rated = image?.counts
  expect((rated?.HIGH ?? 0) + (rated?.MEDIUM ?? 0)).toBe(findings.length)
  const detail: ImageDetail = await client.call('getImage', { params: { id: image?.id ?? 0 } })
  expect(detail.notes, repository).toHaveLength(notes.length)
  for (const note of notes) expect(detail.notes).toContainEqual(expect.stringMatching(note))
}

describe('a registry with good, odd and bad images', () => {
  let id: string

  it('fails the bad ones alone, each with its reason', async () => {
    id = await connect('Mixed', { url: registry.url, allowPlainHttp: true })
    const seen = await settled(id, 1 + bad.length + odd.length)
    expect(seen).toMatchObject({ status: 'Connected', statusReason: null })
    expect(seen.counts).toMatchObject({ completed: 1 + odd.length, failed: bad.length })
    const images = await imagesOf(id)
    for (const { repository, code, says } of bad) {
      const image = images.get(repository)
      expect(image, repository).toMatchObject({ scanStatus: 'Failed', counts: null })
      expect(image?.scanReason, repository).toMatchObject({
        code,
        message: expect.stringMatching(says),
        remedy: expect.stringMatching(/./),
      })
    }
  })

  it('completes the others with what they have', async () => {
    for (const image of [neighbour, ...odd]) await expectCompleted(id, image)
  })

  it('keeps nothing of the bad ones that shows in an image with their layers', async () => {
    push(registry, good)
    await client.call('discoverConnection', { params: { id } })
    const seen = await settled(id, 2 + bad.length + odd.length)
    expect(seen).toMatchObject({ status: 'Connected' })
    await vi.waitFor(() => expectCompleted(id, good), patience)
    await expectCompleted(id, neighbour)
  })
})

interface BadConnection {
  readonly name: string
  readonly settings: () => Record<string, unknown>
  readonly code: string
  readonly says: RegExp
}

const password = { ...user, password: 'a wrong password' }
const plain = (of: RegistryServer): Record<string, unknown> => ({ url: of.url, allowPlainHttp: true })

const badConnections: readonly BadConnection[] = [
  {
    name: 'wrong password',
    settings: () => ({ ...plain(ways.basic), ...password }),
    code: 'credentials-refused',
    says: /Credentials refused/,
  },
  {
    name: 'unknown host',
    settings: () => ({ url: `https://${'a'.repeat(64)}.invalid` }),
    code: 'host-not-found',
    says: /cannot be found/,
  },
  {
    name: 'plain HTTP where HTTPS is wanted',
    settings: () => ({ url: ways.plain.url.replace('http:', 'https:'), ...user }),
    code: 'not-tls',
    says: /not a TLS endpoint/,
  },
  {
    name: 'plain HTTP to a server of HTTPS',
    settings: () => ({ url: ways.tls.url.replace('https:', 'http:'), allowPlainHttp: true, ...user }),
    code: 'connection-broken',
    says: /The connection with .* broke/,
  },
  {
    name: 'expired certificate',
    settings: () => ({ url: ways.expired.url, caCertificate: ways.authority }),
    code: 'certificate-expired',
    says: /has expired/,
  },
  {
    name: 'HTML instead of JSON',
    settings: () => plain(ways.webPage),
    code: 'not-a-registry',
    says: /web page/,
  },
  {
    name: 'realm on another host',
    settings: () => ({ ...plain(ways.realmElsewhere), ...user }),
    code: 'realm-untrusted',
    says: /another host, localhost/,
  },
  {
    name: 'endless Link loop of the catalog',
    settings: () => plain(ways.endlessCatalog),
    code: 'paging-endless',
    says: /lists in a circle/,
  },
]

describe('a connection that cannot be used', () => {
  it.each(badConnections)('$name', async ({ name, settings, code, says }) => {
    const id = await connect(name, settings())
    const seen = await vi.waitFor(async () => {
      const now = await connection(id)
      expect(now.status).toBe('Error')
      return now
    }, patience)
    expect(seen.statusReason).toMatchObject({
      code,
      message: expect.stringMatching(says),
      remedy: expect.stringMatching(/./),
    })
    expect(JSON.stringify(seen)).not.toContain(password.password)
    expect(ways.otherHost.requests.count('token')).toBe(0)
    expect(ways.plain.requests.all).toEqual([])
  })

  it('endless Link loop of tags: the rest is there, and why it is not whole', async () => {
    const id = await connect('endless tags', plain(ways.endlessTags))
    const { lastDiscovery } = await settled(id, 1)
    expect(lastDiscovery?.incompleteBecause).toMatch(/^1 of 1 repositories could not be read whole.*circle/)
  })

  it('plain HTTP is refused unless it is allowed', async () => {
    const refused = connect('plain', { url: ways.plain.url })
    await expect(refused).rejects.toThrow(/400.*settings-invalid.*Plain HTTP sends passwords unprotected/)
  })
})

describe('a registry that sends elsewhere', () => {
  it('does not take Authorization along', async () => {
    const id = await connect('elsewhere', { ...plain(ways.blobsElsewhere), ...user })
    await settled(id, 1)
    await expectCompleted(id, good)
    const other = await connect('redirecting', { ...plain(ways.redirecting), ...user })
    await vi.waitFor(async () => expect((await connection(other)).lastDiscovery).not.toBeNull(), patience)
    expect(ways.otherHost.requests.of('tags').length).toBeGreaterThan(0)
    expect(sawCredentials(ways.otherHost)).toBe(false)
    expect(ways.blobsElsewhere.storageRequests.all.some(({ authorization }) => authorization)).toBe(false)
  })
})
