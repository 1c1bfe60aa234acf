import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { DatabaseState } from '../../src/contract/index.ts'
import { buildImage } from '../../src/test-support/image-builder/index.ts'
import { javaArchive, sha1Of } from '../../src/test-support/java-archive.ts'
import { buildJavaDatabase } from '../../src/test-support/java-database/index.ts'
import { pushBuilt, startRegistryServer } from '../../src/test-support/registry-server/index.ts'
import { buildVulnerabilityDatabase } from '../../src/test-support/vulnerability-database/index.ts'
import { startServerProcess } from '../kill/server-process.ts'
import { portolan } from './bad-input/command.ts'

const home = await mkdtemp(join(tmpdir(), 'portolan-java-'))
const registry = await startRegistryServer({})
afterAll(async () => {
  await registry.close()
  await rm(home, { recursive: true, force: true })
})

const jar = javaArchive({ files: [{ name: 'A.class', content: 'published' }] })
const java = buildJavaDatabase([
  { group: 'org.acme', artifact: 'published', version: '1.0', sha1: sha1Of(jar) },
])
const database = buildVulnerabilityDatabase({
  advisories: [
    {
      bucket: 'maven::GitHub Security Advisory Maven',
      package: 'org.acme:published',
      id: 'CVE-2024-1',
      vulnerableVersions: ['<2'],
    },
  ],
})

/** What the API, and the command line, say of both databases. */
async function agree({ client }: Awaited<ReturnType<typeof startServerProcess>>): Promise<void> {
  const status = await client.call('getVulnerabilityDatabase', {})
  expect(status.java).toMatchObject({ source: 'java.tar.gz', updating: false })
  const { out: json } = await portolan(home, ['db', 'status', '--format', 'json'])
  const { out: text } = await portolan(home, ['db', 'status'])
  const said: unknown = JSON.parse(json)
  const common = ({ digest, source, updatedAt, nextUpdate, stale, message }: DatabaseState) => ({
    digest,
    source,
    updatedAt,
    nextUpdate,
    stale,
    message,
  })
  expect(said).toMatchObject({ ...common(status), java: common(status.java) })
  expect(text).toContain(`Vulnerability data ${status.message}.`)
  expect(text).toContain(`Java database ${status.java.message}.`)
}

test('a Java database that comes later names what was scanned before, without a pull', {
  timeout: 240_000,
}, async () => {
  pushBuilt(registry, 'acme/java', ['1'], buildImage({ layers: [{ files: { 'app/a.jar': jar } }] }))
  registry.put({ repository: 'database', tags: ['2'], ...database.artifact })
  const server = await startServerProcess({
    PORTOLAN_DATA_DIR: join(home, 'data'),
    PORTOLAN_DB_REPOSITORY: `${registry.host}/database:2`,
  })
  try {
    const settings = { url: registry.url, allowPlainHttp: true, repositories: ['acme/java'] }
    const { id } = await server.client.call('createConnection', {
      body: { name: 'java', platform: 'oci', settings },
    })
    const completed = async (): Promise<number> =>
      (await server.client.call('getConnection', { params: { id } })).counts.completed
    await expect.poll(completed, { timeout: 120_000, interval: 100 }).toBe(1)
    const findings = async (): Promise<string[]> =>
      (await server.client.call('listFindings', { query: {} })).items.map(
        ({ vulnerabilityId }) => vulnerabilityId,
      )
    expect(await findings()).toEqual([])
    registry.requests.clear()
    writeFileSync(join(home, 'java.tar.gz'), java.layer)
    expect(await portolan(home, ['db', 'import', join(home, 'java.tar.gz')])).toMatchObject({ code: 0 })
    await expect.poll(findings, { timeout: 120_000, interval: 250 }).toEqual(['CVE-2024-1'])
    expect(registry.requests.of('blob')).toEqual([])
    await agree(server)
  } finally {
    await server.stop()
  }
})
