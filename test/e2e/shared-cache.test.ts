import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { putSampleImages } from '../../src/demo/images.ts'
import { pushBuilt, startRegistryServer } from '../../src/test-support/registry-server/index.ts'
import { buildVulnerabilityDatabase } from '../../src/test-support/vulnerability-database/index.ts'
import { sampleRows } from '../../src/demo/advisories.ts'
import { startServerProcess } from '../kill/server-process.ts'
import { portolan } from './bad-input/command.ts'

/** A running server and the command line share the vulnerability database and what was read of layers. */
const home = await mkdtemp(join(tmpdir(), 'portolan-shared-'))
const registry = await startRegistryServer({})
afterAll(async () => {
  await registry.close()
  await rm(home, { recursive: true, force: true })
})

test('what the server has read, the command line does not pull again', { timeout: 240_000 }, async () => {
  putSampleImages((repository, tags, built) => {
    if (repository === 'harbour/storefront') pushBuilt(registry, repository, tags, built)
  })
  registry.put({ repository: 'database', tags: ['2'], ...buildVulnerabilityDatabase(sampleRows).artifact })
  const server = await startServerProcess({
    PORTOLAN_DATA_DIR: join(home, 'data'),
    PORTOLAN_DB_REPOSITORY: `${registry.host}/database:2`,
  })
  try {
    const settings = { url: registry.url, allowPlainHttp: true, repositories: ['harbour/storefront'] }
    const body = { name: 'shared', platform: 'oci', settings }
    const { id } = await server.client.call('createConnection', { body })
    await expect
      .poll(async () => (await server.client.call('getConnection', { params: { id } })).counts.completed, {
        timeout: 120_000,
        interval: 100,
      })
      .toBe(2)
    registry.requests.clear()
    const args = [
      'image',
      '--insecure',
      '--offline',
      '--format',
      'json',
      `${registry.host}/harbour/storefront:2.3.0`,
    ]
    const run = await portolan(home, args)
    expect(run.err).not.toContain('Error')
    expect(run.code).toBe(0)
    expect(JSON.stringify(JSON.parse(run.out))).toContain('CVE-2021-44906')
    const config = 1
    expect(registry.requests.of('blob')).toHaveLength(config)
  } finally {
    await server.stop()
  }
})
