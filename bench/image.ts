/**
 * `portolan image` against real Trivy and against the floor: the same image, registry (Debian's docker-registry on loopback)
 * and vulnerability database, in one run. Start-ups (`--version`) are taken off both.
 *
 *   npm run bench -- image [--db FOLDER] [--runs 5]
 *
 * --db: a folder with trivy.db and metadata.json; default: the demo's sample database.
 * Needs Linux on x64, docker-registry, skopeo, debootstrap and root for the image (kept in .cache/bench).
 */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sampleRows } from '../src/demo/advisories.ts'
import { buildVulnerabilityDatabase } from '../src/test-support/vulnerability-database/index.ts'
import { installTrivy } from '../tools/setup/trivy.ts'
import { bigImage } from './big-image.ts'
import { type Cost, measure, median, row, without } from './measure.ts'

interface Options {
  readonly root: string
  readonly db: string | undefined
  readonly runs: number
}

/** Trivy's cache folder with our database in it: it then fetches nothing. */
async function trivyCache(folder: string, db: string | undefined): Promise<string> {
  const target = join(folder, 'trivy-cache', 'db')
  mkdirSync(target, { recursive: true })
  if (db === undefined) await buildVulnerabilityDatabase(sampleRows).writeFolder(target)
  else cpSync(db, target, { recursive: true })
  return join(folder, 'trivy-cache')
}

function report(name: string, ours: Cost, theirs: Cost, target: string): void {
  process.stdout.write(
    `  ${name}: wall ${(ours.wall / theirs.wall).toFixed(2)}, cpu ${(ours.cpu / theirs.cpu).toFixed(2)} (target ${target})\n`,
  )
}

interface Costs {
  readonly startup: Cost
  readonly startupTrivy: Cost
  readonly floorStart: Cost
  readonly cold: Cost
  readonly coldTrivy: Cost
  /** With what Trivy does by default: it searches for secrets, too. */
  readonly coldDefault: Cost
  readonly floor: Cost
  readonly cached: Cost
  readonly cachedTrivy: Cost
}

function print(costs: Costs): void {
  const { startup, startupTrivy, cold, coldTrivy, floor, cached, cachedTrivy } = costs
  const table: [string, Cost][] = [
    ['portolan, start-up', startup],
    ['trivy, start-up', startupTrivy],
    ['floor', floor],
    ['portolan, cold', cold],
    ['trivy, cold', coldTrivy],
    ['trivy, cold, with secrets', costs.coldDefault],
    ['portolan, layers cached', cached],
    ['trivy, layers cached', cachedTrivy],
  ]
  process.stdout.write(
    `${''.padEnd(34)} ${'wall'.padStart(10)} ${'cpu'.padStart(10)} ${'memory'.padStart(10)}\n`,
  )
  for (const [name, cost] of table) process.stdout.write(`${row(name, cost)}\n`)
  process.stdout.write('ratios, start-ups taken off\n')
  report('cold, to Trivy', without(cold, startup), without(coldTrivy, startupTrivy), '≤ 0.5')
  report('cold, to the floor', without(cold, startup), without(floor, costs.floorStart), '≤ 1.5')
  report('cached, to Trivy', without(cached, startup), without(cachedTrivy, startupTrivy), '≤ 1')
  report('cached with start-ups, to Trivy', cached, cachedTrivy, '≤ 1')
  process.stdout.write(`  memory: ${cold.memory.toFixed(0)} MiB (target ≤ 300)\n`)
}

export async function benchImage({ root, db, runs }: Options): Promise<void> {
  const trivy = installTrivy(root)
  if (trivy === undefined) throw new Error('no Trivy for this machine')
  const work = join(root, '.cache', 'bench')
  mkdirSync(work, { recursive: true })
  await using image = await bigImage(work)
  const cache = await trivyCache(work, db)
  const data = join(work, 'portolan-data')
  const clear = (): void => rmSync(join(data, 'cache'), { recursive: true, force: true })
  const clearTrivy = (): void => rmSync(join(cache, 'fanal'), { recursive: true, force: true })

  const node = [process.execPath, '--disable-warning=ExperimentalWarning']
  const portolan = [...node, join(root, 'src/cli/main.ts')]
  const scan = [...portolan, 'image', '--insecure', '--format', 'json', image.reference]
  const options = [
    '--cache-dir',
    cache,
    '--quiet',
    'image',
    '--skip-db-update',
    '--offline-scan',
    '--format',
    'json',
  ]
  const scanTrivy = [trivy, ...options, '--scanners', 'vuln', image.reference]
  const scanTrivyDefault = [trivy, ...options, image.reference]
  const env = { PORTOLAN_DATA_DIR: data, UV_THREADPOOL_SIZE: '8' }

  measure([...portolan, 'db', 'import', join(cache, 'db')], env)
  const startup = median(runs, [...portolan, '--version'], env)
  const startupTrivy = median(runs, [trivy, '--version'])
  const floorStart = median(runs, [...node, '-e', '0'])
  const cold = median(runs, scan, env, clear)
  const coldTrivy = median(runs, scanTrivy, {}, clearTrivy)
  const coldDefault = median(1, scanTrivyDefault, {}, clearTrivy)
  const floor = median(runs, [...node, join(root, 'bench/floor.ts'), image.repositoryUrl, image.tag])
  measure(scan, env)
  const cached = median(runs, scan, env)
  const cachedTrivy = median(runs, scanTrivy)

  if (!existsSync(data)) throw new Error('nothing was cached')
  const size = (image.compressed / 2 ** 20).toFixed(0)
  process.stdout.write(`image of ${image.layers} layers, ${size} MiB compressed\n`)
  print({ startup, startupTrivy, floorStart, cold, coldTrivy, coldDefault, floor, cached, cachedTrivy })
}
