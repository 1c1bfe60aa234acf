import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { seeded } from '../../src/test-support/fake-api/random.ts'
import { buildImage } from '../../src/test-support/image-builder/index.ts'
import { dpkgStatus } from '../../src/test-support/package-databases.ts'
import { pushBuilt, startRegistryServer } from '../../src/test-support/registry-server/index.ts'
import { scaled } from '../../src/test-support/scale.ts'
import {
  buildVulnerabilityDatabase,
  type DatabaseRows,
} from '../../src/test-support/vulnerability-database/index.ts'
import { type ServerProcess, startServerProcess, until } from './server-process.ts'

/** kill -9 of the real server while new vulnerability data is taken into use: it ends with what a new server would find. */
const kills = scaled(4, 60)
const imageCount = 4
const packageCount = 500
const random = seeded(Number(process.env['PORTOLAN_TEST_SEED'] ?? 1))
const folder = await mkdtemp(join(tmpdir(), 'portolan-kill-rematch-'))
const registry = await startRegistryServer({})
afterAll(async () => {
  await registry.close()
  await rm(folder, { recursive: true, force: true })
})

const names = [...Array(packageCount).keys()].map((index) => `p${index}`)

function fillRegistry(): void {
  for (let image = 0; image < imageCount; image += 1) {
    const packages = names.map((name) => ({ name, version: `1.${image}` }))
    const files = { 'etc/debian_version': '12.5\n', 'var/lib/dpkg/status': dpkgStatus(packages) }
    pushBuilt(registry, `team/app-${image}`, ['1'], buildImage({ layers: [{ files }] }))
  }
}

/** Each one differs from the one before in a third of the advisories and a tenth of the severities. */
function rowsOf(number: number): DatabaseRows {
  const lastChange = (index: number, every: number): number => number - ((number + index) % every)
  const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const
  return {
    advisories: names.flatMap((name, index) => {
      const change = lastChange(index, 3)
      if ((change + index) % 5 === 0) return []
      return [
        {
          bucket: 'debian 12',
          package: name,
          id: `CVE-2024-${1000 + index}`,
          fixedVersion: `1.${change % 4}`,
        },
      ]
    }),
    details: names.map((_, index) => {
      const severity = severities[(lastChange(index, 10) + index) % 4] ?? 'LOW'
      return { id: `CVE-2024-${1000 + index}`, vendorSeverity: { nvd: severity } }
    }),
  }
}

function publish(number: number): string {
  const updatedAt = new Date(Date.UTC(2026, 0, 1 + number)).toISOString()
  const built = buildVulnerabilityDatabase(rowsOf(number), { updatedAt })
  registry.put({ repository: 'database', tags: ['2'], ...built.artifact })
  return built.layerDigest
}

const start = (data: string): Promise<ServerProcess> =>
  startServerProcess({
    PORTOLAN_DATA_DIR: join(folder, data),
    PORTOLAN_DB_REPOSITORY: `${registry.host}/database:2`,
  })

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

async function scanAll({ client }: ServerProcess): Promise<void> {
  const { id } = await client.call('createConnection', {
    body: { name: 'kill', platform: 'oci', settings: { url: registry.url, allowPlainHttp: true } },
  })
  await client.call('discoverConnection', { params: { id } })
  await until('all scans', async () => {
    const { counts } = await client.call('getConnection', { params: { id } })
    return counts.completed === imageCount ? true : undefined
  })
}

/** Everything that people are shown of it. */
async function shown({ client }: ServerProcess): Promise<unknown> {
  const findings: string[] = []
  for (let cursor: string | undefined, more = true; more; ) {
    const query = { limit: 200, ...(cursor === undefined ? {} : { cursor }) }
    const page = await client.call('listFindings', { query })
    findings.push(
      ...page.items.map((each) =>
        [each.severity, each.vulnerabilityId, each.repository.path, each.packageName, each.fixedVersion].join(
          ' ',
        ),
      ),
    )
    cursor = page.nextCursor ?? undefined
    more = cursor !== undefined
  }
  const images = await client.call('listImages', { query: { limit: 50 } })
  const { counts } = await client.call('getFindingSummary', { query: {} })
  return {
    findings: findings.sort(),
    counts,
    images: images.items.map((each) => [each.repository.path, each.counts]).sort(),
  }
}

test(`${kills} kills while vulnerability data changes`, { timeout: scaled(600_000, 3_600_000) }, async () => {
  fillRegistry()
  publish(0)
  let server = await start('killed')
  await scanAll(server)
  let digest = ''
  for (let kill = 1; kill <= kills; kill += 1) {
    digest = publish(kill)
    await server.client.call('updateVulnerabilityDatabase', {})
    await wait(Math.floor(random() * 1500))
    await server.kill()
    server = await start('killed')
  }
  // The last look may have been killed before it had fetched anything.
  await until('the last database', async () => {
    const status = await server.client.call('getVulnerabilityDatabase', {})
    if (status.digest === digest) return true
    if (!status.updating) await server.client.call('updateVulnerabilityDatabase', {})
    return undefined
  })
  const fresh = await start('fresh')
  await scanAll(fresh)
  const wanted = await until('a whole match', async () => {
    const { asOf, incompleteBecause } = await fresh.client.call('getFindingSummary', { query: {} })
    return asOf !== null && incompleteBecause === null ? shown(fresh) : undefined
  })
  const found = await until('an equal match', async () => {
    const now = await shown(server)
    return JSON.stringify(now) === JSON.stringify(wanted) ? now : undefined
  }).catch(() => shown(server))
  expect(found).toEqual(wanted)
  expect((wanted as { findings: string[] }).findings.length).toBeGreaterThan(packageCount / 2)
  expect(await server.stop()).toBe(0)
  expect(await fresh.stop()).toBe(0)
})
