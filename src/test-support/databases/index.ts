/** Both databases for tests: the same tests must pass on the embedded one and on PostgreSQL. */
import { createHash, randomUUID } from 'node:crypto'
import {
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { type Database, type DatabaseLog, openDatabase } from '../../platform/db/index.ts'
import { findPostgres } from './postgres-cluster.ts'
import { runCluster, runFolder, TEMPLATE } from './run.ts'

export interface OpenOptions {
  readonly log?: DatabaseLog
}

/** A new database with the current schema; closed and removed when the tests of the file end. */
export type OpenDatabase = (options?: OpenOptions) => Promise<Database>

const root = dirname(dirname(dirname(import.meta.dirname)))

/** Changes when the files of a fresh embedded database would. */
function templateKey(): string {
  const folder = 'src/platform/db/migrations'
  const migrations = readdirSync(join(root, folder)).map((name) => join(folder, name))
  const hash = createHash('sha256')
  for (const file of [
    'node_modules/@electric-sql/pglite/package.json',
    'src/platform/db/migrate.ts',
    ...migrations,
  ]) {
    hash.update(readFileSync(join(root, file)))
  }
  return hash.digest('hex').slice(0, 16)
}

/** Templates of schemas that nobody has asked for since yesterday. */
function removeOld(folder: string): void {
  if (!existsSync(folder)) return
  const yesterday = Date.now() - 24 * 3_600_000
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).mtimeMs < yesterday) rmSync(path, { recursive: true, force: true })
  }
}

/** A data folder with a fresh, migrated embedded database, made once and kept between runs: making one takes seconds. */
async function template(): Promise<string> {
  const folder = join(root, '.cache', 'test-databases', templateKey())
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date())
    return folder
  }
  removeOld(dirname(folder))
  const fresh = `${folder}.${randomUUID()}`
  const database = await openDatabase({ dataDir: fresh })
  await database.close()
  try {
    renameSync(fresh, folder)
  } catch {
    // Another test file was faster.
    rmSync(fresh, { recursive: true, force: true })
  }
  return folder
}

/** A copy of the template: a data folder of its own. @param folder a new one; without it one in the run's folder */
export async function embeddedDataFolder(
  folder = join(runFolder(), `data-${randomUUID()}`),
): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  cpSync(await template(), folder, { recursive: true, mode: constants.COPYFILE_FICLONE })
  return folder
}

async function openEmbedded(options: OpenOptions): Promise<Database> {
  const dataDir = await embeddedDataFolder()
  const database = await openDatabase({ dataDir, ...options })
  const close = async (): Promise<void> => {
    await database.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
  return { ...database, close }
}

/**
 * The URL of a new PostgreSQL database for this run only, with the current schema.
 *
 * @param options of `create database`, in place of the schema
 */
export async function postgresUrl(options = `template ${TEMPLATE}`): Promise<string> {
  const cluster = await runCluster()
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const server = await openDatabase({ url: cluster.url('postgres'), migrate: false })
  await server.execute(`create database ${name} ${options}`)
  await server.close()
  return cluster.url(name)
}

async function openPostgres(options: OpenOptions): Promise<Database> {
  // A loaded machine must not fail a test by the page lane's limit.
  return openDatabase({ url: await postgresUrl(), pageTimeoutMs: 30_000, ...options })
}

export const postgresMissing = findPostgres() === undefined

function closing(open: (options: OpenOptions) => Promise<Database>): OpenDatabase {
  const opened: Database[] = []
  afterAll(async () => {
    await Promise.all(opened.map((database) => database.close()))
  })
  return async (options = {}) => {
    const database = await open(options)
    opened.push(database)
    return database
  }
}

/**
 * Declares the same tests for both databases. Without PostgreSQL (Debian: `apt-get install postgresql`) its half is skipped
 * and says so.
 *
 * @example eachDatabase((name, open) => {
 *   it('keeps rows', async () => { const database = await open(); ... })
 * })
 */
export function eachDatabase(declare: (name: 'embedded' | 'postgresql', open: OpenDatabase) => void): void {
  describe('embedded database', () => declare('embedded', closing(openEmbedded)))
  const title = postgresMissing ? 'PostgreSQL (skipped: not installed)' : 'PostgreSQL'
  describe.skipIf(postgresMissing)(title, () => declare('postgresql', closing(openPostgres)))
}
