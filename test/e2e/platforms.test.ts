import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registryPlatforms } from '../../src/app/registry-platforms.ts'
import { Secret } from '../../src/core/index.ts'
import type { RegistryProvider } from '../../src/registries/index.ts'
import { sampleRows } from '../../src/demo/advisories.ts'
import { buildImage, buildIndex } from '../../src/test-support/image-builder/index.ts'
import type { PlatformWorld } from '../../src/test-support/platform-world.ts'
import { platformWorlds } from '../../src/test-support/platforms/index.ts'
import { startRegistryServer } from '../../src/test-support/registry-server/index.ts'
import { Cleanup } from '../../src/test-support/registry-client.ts'
import { buildVulnerabilityDatabase } from '../../src/test-support/vulnerability-database/index.ts'
import { type ServerProcess, startServerProcess } from '../kill/server-process.ts'
import { waysElsewhere } from './elsewhere.ts'

const cleanup = new Cleanup()
let home: string
let server: ServerProcess

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'portolan-platforms-'))
  const registry = cleanup.keep(await startRegistryServer({}))
  registry.put({ repository: 'database', tags: ['2'], ...buildVulnerabilityDatabase(sampleRows).artifact })
  server = await startServerProcess({
    PORTOLAN_DATA_DIR: join(home, 'data'),
    PORTOLAN_DB_REPOSITORY: `${registry.host}/database:2`,
    PORTOLAN_ALLOW_CONNECTION_PROXIES: '127.0.0.1',
    PORTOLAN_ALLOW_INSECURE_REGISTRIES: '*',
    PORTOLAN_EGRESS_ADDRESSES: '203.0.113.7',
  })
}, 120_000)
afterAll(async () => {
  await server.stop()
  await cleanup.close()
  await rm(home, { recursive: true, force: true })
})

const image = buildImage({
  layers: [{ files: { 'etc/os-release': 'ID=debian\nVERSION_ID="12"\n' } }],
  platform: { os: 'linux', architecture: 'amd64' },
})
const other = buildImage({
  layers: [{ files: { 'etc/os-release': 'ID=debian\nVERSION_ID="11"\n' } }],
  platform: { os: 'linux', architecture: 'arm64' },
})
const DAY = 86_400_000
const PUSHED = Date.UTC(2026, 0, 1)

/** A form as a browser sends it; the fakes are reached through the connection's own proxy and authority. */
function form(world: PlatformWorld, settings: PlatformWorld['settings']): Record<string, unknown> {
  const plain = Object.entries(settings).map(([name, value]) => [
    name,
    value instanceof Secret ? value.reveal() : value,
  ])
  const { proxyUrl, ca } = world.internet
  return { ...Object.fromEntries(plain), proxyUrl, caCertificate: ca }
}

function startWorld(platform: string): Promise<PlatformWorld> {
  const start = platformWorlds[platform]
  if (start === undefined) throw new Error(`${platform} has no world`)
  return start()
}

/** Refused credentials are offered to no registry again by a discovery that is asked for all the same. */
async function expectSilence({ internet }: PlatformWorld, id: string): Promise<void> {
  const sent = internet.requests.length
  await server.client.call('discoverConnection', { params: { id } })
  const shown = async () => server.client.call('getConnection', { params: { id } })
  await expect
    .poll(shown, { timeout: 60_000, interval: 100 })
    .toMatchObject({ status: 'Error', statusReason: { remedy: expect.stringContaining('check it') } })
  expect(internet.requests.slice(sent)).toEqual([])
}

/** Whoever may edit a connection and does not know its secrets can send them nowhere else, nor make their way unprotected. */
async function expectGuarded(provider: RegistryProvider, world: PlatformWorld, id: string): Promise<void> {
  const platform = provider.description.id
  const secrets = provider.description.fields.filter((field) => field.secret).map(({ name }) => name)
  const known = Object.entries(form(world, world.settings)).filter(([name]) => !secrets.includes(name))
  const same = Object.fromEntries(known)
  const check = (settings: Record<string, unknown>) =>
    server.client.call('checkSettings', { body: { platform, settings, connectionId: id } })
  expect(await check(same)).toMatchObject({ ok: true })
  const sent = world.internet.requests.length
  const ways = waysElsewhere(provider, same)
  expect(ways.length).toBeGreaterThan(2)
  for (const [field, settings] of ways) {
    await expect(check(settings), field).rejects.toThrow('problem:secret-needed')
  }
  expect(world.internet.requests).toHaveLength(sent)
}

describe('a connection of each platform, through the server', () => {
  it('is tried for every platform that there is', () => {
    expect(Object.keys(platformWorlds)).toEqual(registryPlatforms.map(({ description }) => description.id))
  })

  it.each(registryPlatforms.map((provider) => [provider.description.id, provider] as const))(
    '%s says what is wrong, then connects, discovers and scans, and keeps its secrets to itself',
    async (platform, provider) => {
      const world = cleanup.keep(await startWorld(platform))
      const [first, second, deep] = world.repositories
      world.push(first, '1.0', image, PUSHED)
      world.push(second, 'multi', buildIndex([image, other]), PUSHED + DAY)
      for (const number of [1, 2, 3])
        world.push(deep, `v${number}`, number === 3 ? other : image, PUSHED + number * DAY)

      const refused = await server.client.call('createConnection', {
        body: {
          name: platform,
          platform,
          settings: form(world, world.wrongSettings),
          scanIntervalHours: null,
        },
      })
      expect(refused).toMatchObject({ status: 'Error', statusReason: { code: 'credentials-refused' } })
      expect(refused.statusReason?.remedy).toBeTruthy()
      const { id } = refused
      await expectSilence(world, id)
      if (world.deniedSettings !== undefined) {
        const settings = form(world, world.deniedSettings)
        const denied = await server.client.call('checkSettings', { body: { platform, settings } })
        expect(denied.ok).toBe(false)
        expect(denied.steps.find(({ state }) => state === 'failed')).toMatchObject({ id: 'list' })
      }

      const connected = await server.client.call('editConnection', {
        params: { id },
        body: { version: refused.version, settings: form(world, world.settings) },
      })
      expect(connected).toMatchObject({
        status: expect.stringMatching(/Connected|Syncing/),
        statusReason: null,
      })
      const state = async () => {
        const { counts, status, lastDiscovery } = await server.client.call('getConnection', {
          params: { id },
        })
        return { ...counts, status, incomplete: lastDiscovery?.incompleteBecause ?? null }
      }
      await expect.poll(state, { timeout: 90_000, interval: 100 }).toMatchObject({
        repositories: 3,
        completed: 4,
        pending: 0,
        failed: 0,
        status: 'Connected',
        incomplete: null,
      })
      const { items } = await server.client.call('listRepositories', { query: { connection: id } })
      const names = items.map(({ host, path }) => (deep.startsWith(`${host}/`) ? `${host}/${path}` : path))
      expect(names.toSorted()).toEqual(expect.arrayContaining([deep]))
      const images = await server.client.call('listImages', { query: { connection: id } })
      const tags = images.items.flatMap((each) => each.tags).toSorted()
      expect(tags).toEqual(['1.0', 'multi', 'v1', 'v2', 'v3'])
      const digests = new Set(images.items.map(({ digest }) => digest))
      expect(digests.has(image.manifest.digest)).toBe(true)

      await expectGuarded(provider, world, id)
      world.push(first, '2.0', other, PUSHED + 9 * DAY)
      await server.client.call('discoverConnection', { params: { id } })
      await expect
        .poll(state, { timeout: 90_000, interval: 100 })
        .toMatchObject({ completed: 5, pending: 0, status: 'Connected' })
      await server.client.call('deleteConnection', { params: { id } })
    },
    240_000,
  )
})
