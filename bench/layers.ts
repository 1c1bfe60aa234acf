/**
 * Reading layers against the floor: gunzip by node:zlib and sha256 of compressed and unpacked bytes, layers side by side, same files,
 * one run. Each measurement is a process of its own; the two take turns.
 *
 *     node bench/layers.ts [--rounds=5] [layer.tar.gz ...]      without files: two layers made of node_modules
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createGunzip, gzipSync } from 'node:zlib'
import { type Digest, digestFromHex } from '../src/core/index.ts'
import { type ImageSource, type LayerVisitor, readLayer } from '../src/images/index.ts'

interface Measurement {
  readonly wallMs: number
  readonly cpuMs: number
  readonly rssMb: number
}

const READ = { highWaterMark: 256 * 1024 }
const script = fileURLToPath(import.meta.url)
const root = fileURLToPath(new URL('..', import.meta.url))

/** About two thirds of node_modules and the rest, gzip level 6, kept for the next run. */
function sampleLayers(): string[] {
  const folder = join(root, '.cache', 'bench')
  mkdirSync(folder, { recursive: true })
  const packages = readdirSync(join(root, 'node_modules')).filter((name) => !name.startsWith('.'))
  const cut = Math.floor((packages.length * 2) / 3)
  return [packages.slice(0, cut), packages.slice(cut)].map((names, index) => {
    const path = join(folder, `sample-${index}.tar.gz`)
    if (existsSync(path)) return path
    const options = { maxBuffer: 2 ** 31, cwd: join(root, 'node_modules') }
    writeFileSync(path, gzipSync(execFileSync('tar', ['-cf', '-', ...names], options)))
    return path
  })
}

async function floor(path: string): Promise<void> {
  const compressed = createHash('sha256')
  const unpacked = createHash('sha256')
  const file = createReadStream(path, READ)
  file.on('data', (chunk) => compressed.update(chunk))
  for await (const chunk of file.pipe(createGunzip({ chunkSize: 256 * 1024 }))) {
    unpacked.update(chunk as Buffer)
  }
  compressed.digest()
  unpacked.digest()
}

/** Looks at every file's first bytes, as indexing does where no analyzer wants more. */
const visitor: LayerVisitor = {
  file: () => 'head',
  head: () => undefined,
  content: () => undefined,
  whiteout: () => undefined,
}

async function ours(path: string, digest: Digest): Promise<void> {
  const source: ImageSource = {
    name: path,
    manifest: () => Promise.reject(new Error('layers only')),
    blob: async () => createReadStream(path, READ),
  }
  await readLayer(source, { digest, size: statSync(path).size }, visitor)
}

/** In the measuring process. Digests are the manifest's in real life, so making them does not count. */
async function measure(kind: string, paths: readonly string[]): Promise<Measurement> {
  const layers: { path: string; digest: Digest }[] = []
  for (const path of paths) layers.push({ path, digest: await digestOf(path) })
  let rss = 0
  const watch = setInterval(() => {
    rss = Math.max(rss, process.memoryUsage.rss())
  }, 10)
  const cpu = process.cpuUsage()
  const start = performance.now()
  await Promise.all(layers.map(({ path, digest }) => (kind === 'floor' ? floor(path) : ours(path, digest))))
  const wallMs = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  clearInterval(watch)
  return { wallMs, cpuMs: (user + system) / 1_000, rssMb: rss / 1e6 }
}

async function digestOf(path: string): Promise<Digest> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, READ)) hash.update(chunk as Buffer)
  return digestFromHex(hash.digest('hex'))
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
}

function compare(positionals: readonly string[], rounds: number): void {
  const paths = positionals.length > 0 ? positionals : sampleLayers()
  const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0)
  console.log(`${paths.length} layers, ${(bytes / 1e6).toFixed(0)} MB compressed`)
  const runs = { floor: [] as Measurement[], ours: [] as Measurement[] }
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of ['floor', 'ours'] as const) {
      const child = spawnSync(process.execPath, [script, `--measure=${kind}`, ...paths], { encoding: 'utf8' })
      runs[kind].push(JSON.parse(child.stdout) as Measurement)
    }
  }
  for (const [kind, measured] of Object.entries(runs)) {
    const of = (key: keyof Measurement): string => median(measured.map((one) => one[key])).toFixed(0)
    console.log(`${kind.padEnd(6)} wall ${of('wallMs')} ms, cpu ${of('cpuMs')} ms, memory ${of('rssMb')} MB`)
  }
  const ratio = (key: keyof Measurement): string =>
    median(runs.ours.map((one, round) => one[key] / (runs.floor[round]?.[key] ?? 1))).toFixed(2)
  console.log(`ours / floor: wall ${ratio('wallMs')}, cpu ${ratio('cpuMs')} (target: wall at most 1.5)`)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, measure: { type: 'string' } },
})
if (values.measure === undefined) compare(positionals, Number(values.rounds))
else console.log(JSON.stringify(await measure(values.measure, positionals)))
