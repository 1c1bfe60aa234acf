/**
 * Re-match on change: stored images, a database of at least 500 MiB, and changes of it, each measured phase by phase with memory. Nothing here has a registry:
 * 0 requests by construction.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { loadSignature, openDatabaseFolder } from '../src/advisories/index.ts'
import { ecosystems } from '../src/app/ecosystems.ts'
import { createBuiltInMatcher } from '../src/app/engine.ts'
import { foldCounters, recountChanged } from '../src/findings/index.ts'
import {
  drainDetails,
  drainStale,
  foldSetCounts,
  markChanged,
  type OpenMatcher,
  useDatabase,
} from '../src/matching/sql.ts'
import { type Database, openDatabase } from '../src/platform/db/index.ts'
import { startCluster, stopCluster } from '../src/test-support/databases/postgres-cluster.ts'
import type { DatabaseVariant } from './rematch/database.ts'
import { amountsOf, fill } from './rematch/filling.ts'

export interface RematchBench {
  /** `postgresql` for one of its own, or `embedded`. */
  readonly database: string
  readonly images: number
  /** MiB of the vulnerability database. */
  readonly size: number
}

const generator = fileURLToPath(new URL('./rematch/database.ts', import.meta.url))

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await run()
  return performance.now() - began
}

/** The largest resident memory of this process while something runs, MiB. */
async function peakMemory(run: () => Promise<void>): Promise<number> {
  let peak = 0
  const look = (): void => void (peak = Math.max(peak, process.memoryUsage().rss))
  const timer = setInterval(look, 50)
  await run()
  clearInterval(timer)
  look()
  return Math.round(peak / 1024 ** 2)
}

async function untilDone(step: () => Promise<number>): Promise<void> {
  while ((await step()) > 0);
}

class Bench {
  readonly #db: Database
  readonly #folder: string
  readonly #size: number

  constructor(db: Database, folder: string, size: number) {
    this.#db = db
    this.#folder = folder
    this.#size = size
  }

  async measure(name: string, variant: Omit<DatabaseVariant, 'size'>): Promise<void> {
    const folder = join(this.#folder, String(variant.number))
    const made = JSON.stringify({ ...variant, size: this.#size })
    execFileSync(process.execPath, ['--max-old-space-size=12000', generator, folder, made])
    const size = Math.round(statSync(join(folder, 'trivy.db')).size / 1024 ** 2)
    const phases: string[] = []
    let after = 0
    const phase = async (what: string, run: () => Promise<unknown>): Promise<void> => {
      const took = await timed(run)
      after += what === 'read' ? 0 : took
      phases.push(`${what} ${seconds(took)}`)
    }
    const memory = await peakMemory(() => this.#change(folder, phase))
    say(
      `${name.padEnd(28)} ${seconds(after).padStart(9)} after reading   (${size} MiB file) ${memory} MiB memory`,
    )
    say(`    ${phases.join(', ')}`)
    rmSync(folder, { recursive: true })
  }

  async #change(
    folder: string,
    phase: (what: string, run: () => Promise<unknown>) => Promise<void>,
  ): Promise<void> {
    const database = openDatabaseFolder(folder)
    const { digest } = database
    const db = this.#db
    const open: OpenMatcher = {
      database,
      matcher: createBuiltInMatcher(database),
      versions: Object.fromEntries(ecosystems.map(({ id, matcherVersion }) => [id, matcherVersion])),
      signature: () => loadSignature(folder, digest),
    }
    const context = { db, observer: recountChanged }
    await phase('read', () => loadSignature(folder, digest))
    await phase('compare and change', () => useDatabase(db, open, { source: 'bench', loadedAt: new Date() }))
    await phase('mark', () => markChanged(db))
    const stale = await db.execute(
      `select count(*)::int as n from subject where (matched_generation is null or matched_generation < (select floor from db_current)) and $1 = 1`,
      [1],
    )
    await phase('details', () => drainDetails(context, open))
    await phase(`match ${String(stale[0]?.['n'])} packages`, () => drainStale(context, open))
    await phase('counts of images', () => untilDone(() => foldSetCounts(db)))
    await phase('counters', () => untilDone(() => foldCounters(db)))
    database.close()
  }
}

async function openBench(
  kind: string,
  folder: string,
): Promise<{ db: Database; close: () => Promise<void> }> {
  if (kind !== 'postgresql') {
    const db = await openDatabase({ dataDir: join(folder, 'embedded') })
    return { db, close: () => db.close() }
  }
  const cluster = join(folder, 'postgresql')
  const settings = ['shared_buffers=1GB', 'max_wal_size=4GB']
  const db = await openDatabase({ url: (await startCluster(cluster, settings)).url('postgres') })
  return {
    db,
    async close() {
      await db.close()
      await stopCluster(cluster)
    },
  }
}

export async function benchRematch({ database: kind, images, size }: RematchBench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-rematch-'))
  // PostgreSQL runs under an account of its own.
  chmodSync(folder, 0o755)
  const amounts = amountsOf(images)
  const { db, close } = await openBench(kind, folder)
  try {
    const took = await timed(() => fill(db, amounts))
    const unique = amounts.osPackages + amounts.libraries
    say(`${images} images, ${unique} unique packages, ${kind}; filled in ${seconds(took)}`)
    const bench = new Bench(db, folder, size)
    await bench.measure('from nothing', { number: 0 })
    const [row] = await db.execute('select count(*)::int as n from match where $1::int = 1', [1])
    say(`    ${String(row?.['n'])} matches`)
    await bench.measure('nothing changed', { number: 1 })
    await bench.measure('100 advisories', { number: 2, advisories: 100 })
    await bench.measure('back, and 10,000 advisories', { number: 3, advisories: 10_000 })
    await bench.measure('back, and 5,000 details', { number: 4, advisories: 10_000, details: 5_000 })
    await bench.measure('libc of every release', {
      number: 5,
      advisories: 10_000,
      details: 5_000,
      libc: true,
    })
  } finally {
    await close()
    rmSync(folder, { recursive: true })
  }
}
