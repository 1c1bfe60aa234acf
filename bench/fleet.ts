/**
 * Many images from one registry: Portolan's server, from "connect" to the last finding, against a loop of `trivy image` with its own
 * cache and against `trivy server` with a loop of clients, each as they are by default and with vulnerabilities only. Same registry,
 * images and vulnerability database, one run, cold caches; start-ups are taken off all: both servers are up before the clock starts,
 * Trivy runs unpacked, and each of its runs is less one `--version`.
 *
 *   npm run bench -- fleet [--db FOLDER] [--images 100] [--mode vulnerabilities|default]
 *
 * Needs what `npm run bench -- image` needs. Ends with an error when Portolan pulled a layer twice, or not at all.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Fleet, makeFleet } from './fleet/images.ts'
import { scanWithServer } from './fleet/portolan.ts'
import { answering, cpuOf, type Taken } from './fleet/process.ts'
import { measure } from './measure.ts'
import { type BenchRegistry, freePort, startRegistry } from './registry.ts'
import { type BenchTrivy, benchTrivy, TRIVY_MODES, type TrivyMode } from './trivy.ts'

interface Options {
  readonly root: string
  readonly db: string | undefined
  readonly images: number
  /** One of TRIVY_MODES; all unless given. */
  readonly mode: string | undefined
}

interface Opponent {
  readonly trivy: BenchTrivy
  readonly fleet: Fleet
  readonly registry: BenchRegistry
  readonly mode: TrivyMode
}

export async function benchFleet({ root, db, images, mode: only }: Options): Promise<void> {
  const work = join(root, '.cache', 'bench')
  mkdirSync(work, { recursive: true })
  const trivy = await benchTrivy(root, work, db)
  const fleet = makeFleet(work, root, images)
  await using registry = await startRegistry(join(work, `fleet-${images}`, 'registry'))
  for (const name of fleet.names) push(fleet, name, registry)
  const size = (fleet.compressed / 2 ** 20).toFixed(0)
  process.stdout.write(
    `${fleet.names.length} images, ${fleet.layers.length} layers, ${size} MiB compressed\n`,
  )

  const data = join(work, 'fleet-data')
  rmSync(data, { recursive: true, force: true })
  for (const kind of ['db', 'java-db']) importDatabase(root, data, join(trivy.cache, kind))
  registry.pulls()
  const ours = await scanWithServer(root, data, registry, fleet)
  line('portolan', ours)
  const notOnce = fleet.layers.filter((layer) => ours.pulls.get(layer) !== 1).length
  process.stdout.write(`  layers not pulled exactly once: ${notOnce} (wanted 0)\n`)
  for (const mode of TRIVY_MODES.filter((each) => each === (only ?? each))) {
    const opponent = { trivy, fleet, registry, mode }
    report(`trivy, loop, ${mode}`, ours, scanInLoop(opponent), '≤ 0.15')
    report(`trivy server, ${mode}`, ours, await scanWithTrivyServer(opponent), '≤ 0.3')
  }
  if (notOnce > 0) throw new Error('a layer was not pulled exactly once')
}

function line(name: string, { wall, cpu, pulls }: Taken): void {
  const fetched = [...pulls.values()].reduce((sum, count) => sum + count, 0)
  process.stdout.write(
    `${name.padEnd(34)} ${wall.toFixed(1)} s, cpu ${cpu.toFixed(1)} s, ${fetched} blobs fetched\n`,
  )
}

function report(name: string, ours: Taken, theirs: Taken, wanted: string): void {
  line(name, theirs)
  const [wall, cpu] = [ours.wall / theirs.wall, ours.cpu / theirs.cpu].map((value) => value.toFixed(2))
  process.stdout.write(`  portolan to it: wall ${wall}, cpu ${cpu} (wanted ${wanted})\n`)
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

function importDatabase(root: string, data: string, folder: string): void {
  const command = [process.execPath, join(root, 'src/cli/main.ts'), 'db', 'import', folder]
  if (measure(command, { PORTOLAN_DATA_DIR: data }).status !== 0)
    throw new Error(`${folder} could not be imported`)
}

function scanInLoop({ trivy, fleet, registry, mode }: Opponent, more?: readonly string[]): Taken {
  trivy.forget()
  let [wall, cpu] = [0, 0]
  for (const name of fleet.names) {
    const cost = measure(trivy.scan(`${registry.host}/${name}`, mode, more))
    if (cost.status !== 0) throw new Error(`trivy failed on ${name}`)
    wall += cost.wall - trivy.startup.wall
    cpu += cost.cpu - trivy.startup.cpu
  }
  return { wall, cpu, pulls: registry.pulls() }
}

async function scanWithTrivyServer(opponent: Opponent): Promise<Taken> {
  const { trivy } = opponent
  trivy.forget()
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const [command = '', ...args] = trivy.serve(port)
  const server = spawn(command, args, { stdio: 'ignore' })
  try {
    await answering(`${address}/healthz`)
    const before = cpuOf(server.pid)
    const clients = scanInLoop(opponent, ['--server', address])
    return { ...clients, cpu: clients.cpu + cpuOf(server.pid) - before }
  } finally {
    server.kill()
    await once(server, 'exit')
  }
}
