/**
 * Many images from one registry: Portolan's server, from "connect" to the last finding, against a loop of `trivy image` with its own
 * cache and against `trivy server` with a loop of clients. Same registry, images and vulnerability database, one run, cold caches;
 * start-ups are taken off all: the server is up before the clock starts, and each Trivy run is less one `--version`.
 *
 *   npm run bench -- fleet [--db FOLDER] [--images 100]
 *
 * Needs what `npm run bench -- image` needs. Ends with an error when Portolan pulled a layer twice, or not at all.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from '../src/demo/client.ts'
import { sampleRows } from '../src/demo/advisories.ts'
import { buildVulnerabilityDatabase } from '../src/test-support/vulnerability-database/index.ts'
import { installTrivy } from '../tools/setup/trivy.ts'
import { type Fleet, makeFleet } from './fleet/images.ts'
import { measure, median } from './measure.ts'
import { type BenchRegistry, freePort, startRegistry } from './registry.ts'

interface Options {
  readonly root: string
  readonly db: string | undefined
  readonly images: number
}

interface Taken {
  /** Seconds. */
  readonly wall: number
  readonly cpu: number
  readonly pulls: ReadonlyMap<string, number>
}

const token = 'bootstrap-token-of-the-benchmark'

export async function benchFleet({ root, db, images }: Options): Promise<void> {
  const trivy = installTrivy(root)
  if (trivy === undefined) throw new Error('no Trivy for this machine')
  const work = join(root, '.cache', 'bench')
  mkdirSync(work, { recursive: true })
  const fleet = makeFleet(work, root, images)
  await using registry = await startRegistry(join(work, 'fleet-registry'))
  for (const name of fleet.names) push(fleet, name, registry)
  const data = join(work, 'fleet-data')
  const cache = join(work, 'fleet-trivy')
  for (const folder of [data, cache]) rmSync(folder, { recursive: true, force: true })
  await prepareDatabase(root, db, data, cache)
  registry.pulls()

  const ours = await scanWithServer(root, data, registry, fleet)
  process.stdout.write(`${fleet.names.length} images, ${fleet.layers.length} layers\n`)
  line('portolan', ours)
  const startup = median(3, [trivy, '--version'])
  const loop = scanWithTrivy({ trivy, cache, fleet, registry, startup, more: ['--skip-db-update'] })
  line('trivy, loop', loop)
  const port = await freePort()
  const listen = [
    '--cache-dir',
    cache,
    '--quiet',
    'server',
    '--skip-db-update',
    '--listen',
    `127.0.0.1:${port}`,
  ]
  rmSync(join(cache, 'fanal'), { recursive: true, force: true })
  const server = spawn(trivy, listen, { stdio: 'ignore' })
  await up(`http://127.0.0.1:${port}/healthz`)
  const before = cpuOf(server.pid)
  const clients = scanWithTrivy({
    trivy,
    cache: `${cache}-client`,
    fleet,
    registry,
    startup,
    more: ['--server', `http://127.0.0.1:${port}`],
  })
  const served = { ...clients, cpu: clients.cpu + cpuOf(server.pid) - before }
  server.kill()
  await once(server, 'exit')
  line('trivy server', served)
  print(fleet, { ours, loop, served })
}

function line(name: string, { wall, cpu, pulls }: Taken): void {
  const fetched = [...pulls.values()].reduce((sum, count) => sum + count, 0)
  process.stdout.write(
    `${name.padEnd(14)} ${wall.toFixed(1)} s, cpu ${cpu.toFixed(1)} s, ${fetched} blobs fetched\n`,
  )
}

function print(
  fleet: Fleet,
  { ours, loop, served }: Readonly<Record<'ours' | 'loop' | 'served', Taken>>,
): void {
  const others = fleet.layers.filter((layer) => ours.pulls.get(layer) !== 1).length
  process.stdout.write(`to the loop: ${(ours.wall / loop.wall).toFixed(2)} (target ≤ 0.15)\n`)
  process.stdout.write(`to the server: ${(ours.wall / served.wall).toFixed(2)} (target ≤ 0.3)\n`)
  process.stdout.write(`layers not pulled exactly once by portolan: ${others} (target 0)\n`)
  if (others > 0) throw new Error('a layer was not pulled exactly once')
}

function push(fleet: Fleet, name: string, registry: BenchRegistry): void {
  const args = [
    'copy',
    '--quiet',
    '--dest-tls-verify=false',
    `oci:${fleet.layout}:${name}`,
    `docker://${registry.host}/${name}`,
  ]
  const done = spawnSync('skopeo', args, { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`skopeo could not push ${name}: ${done.stderr}`)
}

/** The same database for both: in the server's data folder and in Trivy's cache. */
async function prepareDatabase(
  root: string,
  db: string | undefined,
  data: string,
  cache: string,
): Promise<void> {
  const target = join(cache, 'db')
  mkdirSync(target, { recursive: true })
  if (db === undefined) await buildVulnerabilityDatabase(sampleRows).writeFolder(target)
  else cpSync(db, target, { recursive: true })
  const imported = measure([process.execPath, join(root, 'src/cli/main.ts'), 'db', 'import', target], {
    PORTOLAN_DATA_DIR: data,
  })
  if (imported.status !== 0) throw new Error('the database could not be imported')
}

async function scanWithServer(
  root: string,
  data: string,
  registry: BenchRegistry,
  fleet: Fleet,
): Promise<Taken> {
  const port = await freePort()
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'src/cli/main.ts'), 'serve'],
    {
      env: {
        ...process.env,
        PORTOLAN_DATA_DIR: data,
        PORTOLAN_PORT: String(port),
        PORTOLAN_ADMIN_TOKEN: token,
        PORTOLAN_ALLOW_PRIVATE_NETWORKS: '127.0.0.1',
        PORTOLAN_ALLOW_INSECURE_REGISTRIES: '127.0.0.1',
        PORTOLAN_DB_UPDATE_HOURS: '0',
      },
      stdio: 'ignore',
    },
  )
  const client = createClient(`http://127.0.0.1:${port}`, token)
  await up(`http://127.0.0.1:${port}/health/ready`)
  while ((await client.call('getVulnerabilityDatabase')).digest === null) await wait(100)
  const [start, before] = [performance.now(), cpuOf(child.pid)]
  const { id } = await client.call('createConnection', {
    body: {
      name: 'Fleet',
      platform: 'oci',
      settings: { url: `http://${registry.host}`, allowPlainHttp: true },
    },
  })
  for (;;) {
    const { counts } = await client.call('getConnection', { params: { id } })
    if (counts.failed > 0) throw new Error(`${counts.failed} scans failed`)
    if (counts.completed === fleet.names.length) break
    await wait(50)
  }
  const taken = {
    wall: (performance.now() - start) / 1000,
    cpu: cpuOf(child.pid) - before,
    pulls: registry.pulls(),
  }
  child.kill()
  await once(child, 'exit')
  return taken
}

interface TrivyLoop {
  readonly trivy: string
  readonly cache: string
  readonly fleet: Fleet
  readonly registry: BenchRegistry
  readonly startup: { readonly wall: number; readonly cpu: number }
  readonly more: readonly string[]
}

function scanWithTrivy({ trivy, cache, fleet, registry, startup, more }: TrivyLoop): Taken {
  rmSync(join(cache, 'fanal'), { recursive: true, force: true })
  const options = [
    '--cache-dir',
    cache,
    '--quiet',
    'image',
    '--offline-scan',
    '--format',
    'json',
    '--scanners',
    'vuln',
    ...more,
  ]
  let [wall, cpu] = [0, 0]
  for (const name of fleet.names) {
    const cost = measure([trivy, ...options, `${registry.host}/${name}`])
    if (cost.status !== 0) throw new Error(`trivy failed on ${name}`)
    wall += cost.wall - startup.wall
    cpu += cost.cpu - startup.cpu
  }
  return { wall, cpu, pulls: registry.pulls() }
}

async function up(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return
    await wait(100)
  }
  throw new Error(`nothing answers at ${url}`)
}

/** Seconds of processor time of one process so far (proc(5), stat; 100 ticks a second). */
function cpuOf(pid: number | undefined): number {
  const fields =
    readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}
