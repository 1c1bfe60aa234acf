/** What all test files of one run share: registered as global setup in vitest.config.ts. */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openDatabase } from '../../platform/db/index.ts'
import { type Cluster, clusterAt, startCluster, stopCluster } from './postgres-cluster.ts'
import { removeFolder } from './remove-folder.ts'

const VARIABLE = 'PORTOLAN_TEST_RUN'
const PREFIX = 'portolan-test-'
export const TEMPLATE = 'portolan_template'

const MEMORY = '/dev/shm'
/** Bytes that the databases of a run stay well below. */
const ROOM = 4 * 1024 ** 3

/** In memory where there is room: a commit waits for no disk. What a disk does is tested on disks of its own (test/durability). */
function parent(): string {
  try {
    accessSync(MEMORY, constants.W_OK)
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize > ROOM ? MEMORY : tmpdir()
  } catch {
    return tmpdir()
  }
}

function remove(folder: string): void {
  const stayed = removeFolder(folder)
  if (stayed !== null) process.stderr.write(`${stayed}\n`)
}

async function removeRun(folder: string): Promise<void> {
  await stopCluster(join(folder, 'cluster')).catch(() => {})
  remove(folder)
}

/** Runs that were killed leave a server behind; the folder's name has the process whose run it was. */
async function sweep(): Promise<void> {
  for (const folder of new Set([tmpdir(), parent()])) {
    for (const name of readdirSync(folder).filter((each) => each.startsWith(PREFIX))) {
      const [pid] = name.slice(PREFIX.length).split('-')
      if (!existsSync(`/proc/${pid}`)) await removeRun(join(folder, name))
    }
  }
}

export async function setup(): Promise<() => Promise<void>> {
  if (existsSync('/proc/self')) await sweep()
  const folder = mkdtempSync(join(parent(), `${PREFIX}${process.pid}-`))
  process.env[VARIABLE] = folder
  const temporary = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  chmodSync(temporary, 0o1777)
  // What tests leave in the temporary folder goes with the run, also that of programs that were killed.
  process.env['TMPDIR'] = temporary
  return async () => {
    await removeRun(folder)
    remove(temporary)
  }
}

/** A folder that all test files of this run see, and that goes when the run ends. */
export function runFolder(): string {
  const folder = process.env[VARIABLE]
  if (folder === undefined) throw new Error('runs under vitest with the global setup of vitest.config.ts')
  return folder
}

/** Runs `make` in the first test file that asks; the others wait for its end. */
export async function onceInRun(name: string, make: () => Promise<void>): Promise<void> {
  const mark = (state: string): string => join(runFolder(), `${name}.${state}`)
  let first = true
  try {
    mkdirSync(mark('started'))
  } catch {
    first = false
  }
  if (first) {
    await make().catch((error: unknown) => {
      writeFileSync(mark('failed'), String(error))
      throw error
    })
    writeFileSync(mark('done'), '')
    return
  }
  for (let waited = 0; !existsSync(mark('done')); waited += 50) {
    if (existsSync(mark('failed')) || waited > 120_000)
      throw new Error(`${name} could not be made for this run`)
    await wait(50)
  }
}

/** The run's PostgreSQL, with a migrated template database. */
export async function runCluster(): Promise<Cluster> {
  const folder = join(runFolder(), 'cluster')
  await onceInRun('cluster', async () => {
    chmodSync(runFolder(), 0o711)
    const cluster = await startCluster(folder)
    const postgres = await openDatabase({ url: cluster.url('postgres'), migrate: false })
    await postgres.execute(`create database ${TEMPLATE}`)
    await postgres.close()
    const template = await openDatabase({ url: cluster.url(TEMPLATE) })
    await template.close()
  })
  return clusterAt(folder)
}
