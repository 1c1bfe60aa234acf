import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { freePort, hasPrograms, startDockerRegistry } from '../../src/test-support/docker-registry.ts'
import { buildImage, writeOciLayout } from '../../src/test-support/image-builder/index.ts'
import { Cleanup } from '../../src/test-support/registry-client.ts'
import { startServerProcess } from '../kill/server-process.ts'

const run = promisify(execFile)
const home = await mkdtemp(join(tmpdir(), 'portolan-push-'))
const cleanup = new Cleanup()
afterAll(async () => {
  await cleanup.close()
  await rm(home, { recursive: true, force: true })
})

const image = buildImage({ layers: [{ files: { 'etc/os-release': 'ID=debian\nVERSION_ID="12"\n' } }] })

/** Pushes with skopeo, as people do. */
async function push(host: string, repository: string): Promise<void> {
  const layout = join(home, 'layout')
  await writeOciLayout(layout, { latest: image })
  const copy = ['--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false']
  await run('skopeo', [...copy, `oci:${layout}:latest`, `docker://${host}/${repository}:latest`])
}

// Debian's docker-registry tells of pushes as every distribution registry does.
describe.skipIf(!hasPrograms('docker-registry', 'skopeo'))('a push to a registry that tells of it', () => {
  it('is discovered and scanned without anybody looking', { timeout: 240_000 }, async () => {
    const server = await startServerProcess({
      PORTOLAN_DATA_DIR: join(home, 'data'),
      PORTOLAN_DB_REPOSITORY: '127.0.0.1:1/none:1',
    })
    cleanup.keep({ close: () => server.stop() })
    const port = await freePort()
    // The registry is not up yet: the connection is saved in Error, and nothing is discovered.
    const settings = { url: `http://127.0.0.1:${port}`, allowPlainHttp: true }
    const { id, status } = await server.client.call('createConnection', {
      body: { name: 'told', platform: 'oci', settings, scanIntervalHours: null },
    })
    expect(status).toBe('Error')
    const hook = await server.client.call('renewNotifications', { params: { id } })
    const url = `${server.address}${hook.address}`
    const headers = { Authorization: `Bearer ${hook.secret}` }
    const registry = cleanup.keep(await startDockerRegistry({ port, notifications: { url, headers } }))

    const repositories = async () =>
      (await server.client.call('listRepositories', { query: { connection: id } })).items.map(
        ({ path }) => path,
      )
    const waiting = { timeout: 60_000, interval: 100 }
    await push(registry.host, 'acme/api')
    await expect.poll(repositories, waiting).toEqual(['acme/api'])
    await push(registry.host, 'acme/deep/er/web')
    await expect.poll(repositories, waiting).toEqual(['acme/api', 'acme/deep/er/web'])
    const images = await server.client.call('listImages', { query: { connection: id } })
    expect(images.items.map(({ digest }) => digest)).toEqual([image.manifest.digest, image.manifest.digest])
    const { events } = await server.client.call('getNotifications', { params: { id } })
    expect(events.find(({ outcome }) => outcome === 'accepted')?.repositories).toEqual(['acme/deep/er/web'])

    const forged = await post(url, { authorization: 'Bearer guess' }, eventOn('acme/forged'))
    expect(forged).toBe(401)
    expect(await post(url, headers, eventOn('acme/not-there'))).toBe(202)
    await push(registry.host, 'acme/last')
    await expect.poll(repositories, waiting).toEqual(['acme/api', 'acme/deep/er/web', 'acme/last'])
  })
})

const eventOn = (repository: string): string =>
  JSON.stringify({
    events: [
      { id: '1', action: 'push', target: { repository, tag: 'latest', digest: image.manifest.digest } },
    ],
  })

async function post(url: string, headers: Record<string, string>, body: string): Promise<number> {
  const answer = await fetch(url, { method: 'POST', headers, body })
  return answer.status
}
