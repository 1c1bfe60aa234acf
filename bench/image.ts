/**
 * `portolan image` against real Trivy and against the floor: the same image, registry (Debian's docker-registry on loopback)
 * and vulnerability database, in one run, taking turns. Start-ups (`--version`) are taken off all; Trivy runs unpacked.
 *
 *   npm run bench -- image [--db FOLDER] [--runs 5]
 *
 * --db: a folder with trivy.db and metadata.json; default: the demo's sample database.
 * Needs Linux on x64, docker-registry, skopeo, debootstrap and root for the image (kept in .cache/bench).
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bigImage } from './big-image.ts'
import { type Cost, measure, medians, row, without } from './measure.ts'
import { benchTrivy } from './trivy.ts'

interface Options {
  readonly root: string
  readonly db: string | undefined
  readonly runs: number
}

export async function benchImage({ root, db, runs }: Options): Promise<void> {
  const work = join(root, '.cache', 'bench')
  mkdirSync(work, { recursive: true })
  const trivy = await benchTrivy(root, work, db)
  await using image = await bigImage(work)
  const node = [process.execPath, '--disable-warning=ExperimentalWarning']
  const portolan = [...node, join(root, 'src/cli/main.ts')]
  const data = join(work, 'portolan-data')
  const env = { PORTOLAN_DATA_DIR: data }
  for (const folder of ['db', 'java-db'])
    measure([...portolan, 'db', 'import', join(trivy.cache, folder)], env)

  const startups = medians(runs * 2, {
    portolan: { command: [...portolan, '--version'], env },
    floor: { command: [...node, '-e', '0'] },
  })
  const scan = [...portolan, 'image', '--insecure', '--format', 'json', image.reference]
  const forget = (): void => rmSync(join(data, 'cache'), { recursive: true, force: true })
  const floor = [...node, join(root, 'bench/floor.ts'), image.repositoryUrl, image.tag]
  const vulnerabilities = trivy.scan(image.reference, 'vulnerabilities')
  const cold = medians(runs, {
    floor: { command: floor },
    portolan: { command: scan, env, before: forget },
    trivy: { command: vulnerabilities, before: trivy.forget },
  })
  const cached = medians(runs * 2, { portolan: { command: scan, env }, trivy: { command: vulnerabilities } })
  const asItIs = medians(1, {
    trivy: { command: trivy.scan(image.reference, 'default'), before: trivy.forget },
  })

  const size = (image.compressed / 2 ** 20).toFixed(0)
  process.stdout.write(`image of ${image.layers} layers, ${size} MiB compressed\n`)
  printCosts([
    ['portolan, start-up', startups.portolan],
    ['trivy, start-up', trivy.startup],
    ['floor', cold.floor],
    ['portolan, cold', cold.portolan],
    ['trivy, cold, vulnerabilities only', cold.trivy],
    ['trivy, cold, by default', asItIs.trivy],
    ['portolan, layers cached', cached.portolan],
    ['trivy, layers cached', cached.trivy],
  ])
  process.stdout.write('ratios, start-ups taken off\n')
  const ours = without(cold.portolan, startups.portolan)
  ratio('cold, to the floor', ours, without(cold.floor, startups.floor), '≤ 1.3')
  ratio('cold, to Trivy by default', ours, without(asItIs.trivy, trivy.startup), '≤ 0.4')
  ratio('cold, to Trivy, vulnerabilities only', ours, without(cold.trivy, trivy.startup))
  ratio('cached, to Trivy', without(cached.portolan, startups.portolan), without(cached.trivy, trivy.startup))
  ratio('cached, to Trivy, with start-ups', cached.portolan, cached.trivy)
}

function printCosts(costs: readonly [string, Cost][]): void {
  const heads = ['wall', 'cpu', 'memory'].map((head) => head.padStart(10))
  process.stdout.write(`${''.padEnd(34)} ${heads.join(' ')}\n`)
  for (const [name, cost] of costs) process.stdout.write(`${row(name, cost)}\n`)
}

function ratio(name: string, ours: Cost, theirs: Cost, wanted?: string): void {
  const [wall, cpu] = [ours.wall / theirs.wall, ours.cpu / theirs.cpu].map((value) => value.toFixed(2))
  const target = wanted === undefined ? '' : ` (wanted ${wanted})`
  process.stdout.write(`  ${name}: wall ${wall}, cpu ${cpu}${target}\n`)
}
