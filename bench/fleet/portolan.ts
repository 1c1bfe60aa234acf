import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from '../../src/demo/client.ts'
import { type BenchRegistry, freePort } from '../registry.ts'
import type { Fleet } from './images.ts'
import { answering, cpuOf, type Taken } from './process.ts'

const token = 'bootstrap-token-of-the-benchmark'

/** The server from "connect" until all images are scanned. It is up, with its vulnerability data, before the clock starts. */
export async function scanWithServer(
  root: string,
  data: string,
  registry: BenchRegistry,
  fleet: Fleet,
): Promise<Taken> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const command = ['--disable-warning=ExperimentalWarning', join(root, 'src/cli/main.ts'), 'serve']
  const env = {
    ...process.env,
    PORTOLAN_DATA_DIR: data,
    PORTOLAN_PORT: String(port),
    PORTOLAN_ADMIN_TOKEN: token,
    PORTOLAN_ALLOW_PRIVATE_NETWORKS: '127.0.0.1',
    PORTOLAN_ALLOW_INSECURE_REGISTRIES: '127.0.0.1',
    PORTOLAN_DB_UPDATE_HOURS: '0',
  }
  const child = spawn(process.execPath, command, { env, stdio: 'ignore' })
  try {
    const client = createClient(address, token)
    await answering(`${address}/health/ready`)
    while ((await client.call('getVulnerabilityDatabase')).digest === null) await wait(100)
    const [start, before] = [performance.now(), cpuOf(child.pid)]
    const settings = { url: `http://${registry.host}`, allowPlainHttp: true }
    const { id } = await client.call('createConnection', {
      body: { name: 'Fleet', platform: 'oci', settings },
    })
    for (;;) {
      const { counts } = await client.call('getConnection', { params: { id } })
      if (counts.failed > 0) throw new Error(`${counts.failed} scans failed`)
      if (counts.completed === fleet.names.length) break
      // Each look costs the server a few milliseconds.
      await wait(200)
    }
    const wall = (performance.now() - start) / 1000
    return { wall, cpu: cpuOf(child.pid) - before, pulls: registry.pulls() }
  } finally {
    child.kill()
    await once(child, 'exit')
  }
}
