import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RegistryConnection, Scan } from '../../src/contract/index.ts'
import { sampleRows } from '../../src/demo/advisories.ts'
import { debian12, dpkgRows, npmPackage } from '../../src/demo/package-databases.ts'
import { seeded } from '../../src/test-support/fake-api/random.ts'
import { buildImage } from '../../src/test-support/image-builder/index.ts'
import { pushBuilt, startRegistryServer } from '../../src/test-support/registry-server/index.ts'
import { dpkgStatus } from '../../src/test-support/package-databases.ts'
import { scaled } from '../../src/test-support/scale.ts'
import { buildVulnerabilityDatabase } from '../../src/test-support/vulnerability-database/index.ts'
import { type ServerProcess, startServerProcess, until } from './server-process.ts'

/** kill -9 of the real server at random moments of discovery and scanning: nothing acknowledged is lost, nothing is done twice. */
const kills = scaled(30, 300)
const imageCount = 50
/** The same moments in each run, or those of another seed. The machine's own pace is still chance. */
const random = seeded(Number(process.env['PORTOLAN_TEST_SEED'] ?? 1))
const randomInt = (from: number, below: number): number => from + Math.floor(random() * (below - from))
const folder = await mkdtemp(join(tmpdir(), 'portolan-kill-'))
/** Of small pages, so that kills hit listings in the middle. */
const registry = await startRegistryServer({ pageSize: 3 })
const moreTags = Array.from({ length: 40 }, (_, index) => `also-${index}`)
afterAll(async () => {
  await registry.close()
  await rm(folder, { recursive: true, force: true })
})

const base = {
  files: { 'etc/debian_version': '12.5\n', 'var/lib/dpkg/status': dpkgStatus(dpkgRows(debian12)) },
}

function fillRegistry(): void {
  for (let index = 0; index < imageCount; index += 1) {
    const layers = [base, { files: npmPackage('lodash', `4.17.${index}`) }]
    const tags = [`1.${index}`, ...(index === 0 ? moreTags : [])]
    pushBuilt(registry, `team-${index % 10}/app`, tags, buildImage({ layers }))
  }
  registry.put({ repository: 'database', tags: ['2'], ...buildVulnerabilityDatabase(sampleRows).artifact })
}

const start = (): Promise<ServerProcess> =>
  startServerProcess({
    PORTOLAN_DATA_DIR: join(folder, 'data'),
    PORTOLAN_DB_REPOSITORY: `${registry.host}/database:2`,
  })

/** Resolves when the registry has been asked so many more times, or nothing more comes: a moment within the work. */
async function someRequests(count: number): Promise<void> {
  const goal = registry.requests.all.length + count
  for (let turn = 0; turn < 30 && registry.requests.all.length < goal; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The server was killed five times within one discovery: who reads that asks for another. */
const isGivenUp = ({ statusReason }: RegistryConnection): boolean =>
  statusReason?.code === 'discovery-abandoned'

test(`${kills} kills lose nothing`, { timeout: scaled(600_000, 3_600_000) }, async () => {
  fillRegistry()
  let server = await start()
  const { id } = await server.client.call('createConnection', {
    body: { name: 'connection 0', platform: 'oci', settings: { url: registry.url, allowPlainHttp: true } },
  })
  let acknowledged = 'connection 0'
  for (let kill = 1; kill <= kills; kill += 1) {
    await someRequests(randomInt(0, 12))
    const { version } = await server.client.call('getConnection', { params: { id } })
    const name = `connection ${kill}`
    const writing = server.client
      .call('editConnection', { params: { id }, body: { version, name } })
      .then(() => true)
      .catch(() => false)
    const waits = randomInt(0, 2) === 0
    if (waits && (await writing)) acknowledged = name
    await server.kill()
    if (!waits && (await writing)) acknowledged = name
    server = await start()
    const now = await server.client.call('getConnection', { params: { id } })
    if (now.name !== acknowledged) expect(now.name).toBe(name)
    acknowledged = now.name
    if (kill === 1 || isGivenUp(now)) await server.client.call('discoverConnection', { params: { id } })
  }

  await until('all scans', async () => {
    const connection = await server.client.call('getConnection', { params: { id } })
    if (isGivenUp(connection)) await server.client.call('discoverConnection', { params: { id } })
    const { counts } = connection
    return counts.completed + counts.failed === imageCount && counts.pending + counts.scanning === 0
      ? true
      : undefined
  })
  const listed = await server.client.call('listRepositories', { query: { q: 'team-', limit: 200 } })
  expect(listed.items.map((repository) => repository.tags).toSorted()).toEqual(
    [...Array.from({ length: 9 }, () => 5), 5 + moreTags.length].toSorted(),
  )
  const scans: Scan[] = []
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await server.client.call('listScans', {
      query: { limit: 200, ...(cursor === undefined ? {} : { cursor }) },
    })
    scans.push(...page.items)
    cursor = page.nextCursor ?? undefined
    more = cursor !== undefined
  }
  const completed = new Map<string, number>()
  for (const scan of scans)
    if (scan.state === 'completed') completed.set(scan.digest, (completed.get(scan.digest) ?? 0) + 1)
  expect(scans.filter((scan) => scan.state !== 'completed')).toEqual([])
  expect([...completed.values()]).toEqual(Array.from({ length: imageCount }, () => 1))
  const findings = await server.client.call('listFindings', { query: { cve: 'CVE-2021-23337', limit: 200 } })
  expect(findings.items).toHaveLength(10)
  expect(await server.stop()).toBe(0)
})
