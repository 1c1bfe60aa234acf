import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { createApi } from '../api/index.ts'
import { type AppError, type Clock } from '../core/index.ts'
import { type OpenedAccess, openAccess } from '../platform/access/index.ts'
import { javaDatabase, javaDatabaseDir } from '../java-names/index.ts'
import { createAuditLog } from '../platform/audit/index.ts'
import { createVault, type Keyring, openKeyring } from '../platform/credentials/index.ts'
import { type Database, openDatabase } from '../platform/db/index.ts'
import { createJobs, type Jobs } from '../platform/jobs/index.ts'
import { createLog, type Log } from '../platform/log/index.ts'
import { createTenancy, DEFAULT_ORGANISATION } from '../platform/tenancy/index.ts'
import type { Config } from './config.ts'
import { createDatabaseUpdates, type DatabaseUpdates } from './database-updates.ts'
import { createDatabaseService } from './databases.ts'
import { createDomain, type Domain } from './domain.ts'
import { createDatabaseSource } from './database-source.ts'
import { createEventBus } from './events.ts'
import { type Periodic, startPeriodic } from './periodic.ts'
import { packageRoot, version } from './version.ts'

/** All parts of a server, put together. */
export interface Container {
  /** Not listening yet. */
  readonly api: FastifyInstance
  readonly access: OpenedAccess
  readonly firstUser: OpenedAccess['firstUser']
  /** Resolves when the server cannot go on: the embedded database has stopped. */
  readonly failure: Promise<AppError>
  /** Background work: resumes what was left, then goes on by itself. */
  start(): Promise<void>
  /** Lets requests and short work end, hands the rest back, frees everything. */
  close(): Promise<void>
}

const MINUTE = 60_000
const PACE = 15_000
const SWEEP = 6 * 60 * MINUTE
/** Work that takes longer is handed back at shutdown, to be done after the next start. */
const DRAIN = 3_000

/**
 * Opens everything that a server is made of, in order of need: keys, database, rooms, jobs, API.
 *
 * @throws AppError of the room that could not be opened; what was opened before is closed again
 */
export async function openContainer(
  config: Config,
  clock: Clock,
  log = createLog({ level: config.logLevel }),
): Promise<Container> {
  const keyring = openKeyring(config.keyFile)
  const database = await openDatabase(
    config.databaseUrl === undefined
      ? { dataDir: config.dataDir, log }
      : { url: config.databaseUrl.reveal(), log },
  )
  try {
    return await assemble({ config, clock, log, keyring, database })
  } catch (error) {
    await database.close()
    throw error
  }
}

interface Ground {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly keyring: Keyring
  readonly database: Database
}

async function assemble(ground: Ground): Promise<Container> {
  const { config, clock, log, keyring, database } = ground
  const tenancy = createTenancy(database, clock)
  const vault = createVault(database, keyring, clock)
  await vault.checkKeys()
  const access = await openAccess({
    database,
    tenancy,
    clock,
    secret: keyring.derive('session cookies'),
    secureCookies: config.tls !== undefined || config.behindProxy,
    organisation: DEFAULT_ORGANISATION,
    adminToken: config.adminToken,
    onProblem: (level, message) => log.warn('sign-in library', { level, problem: message }),
  })
  const events = createEventBus()
  const jobs = createJobs(database, { log })
  const domain = await createDomain({ config, clock, log, database, vault, jobs, events })
  const onLooked = (): void => events.publish(null, { type: 'database.changed' })
  const updates = createDatabaseUpdates({
    dir: join(config.dataDir, 'db'),
    references: config.databaseReferences,
    everyHours: config.databaseUpdateHours,
    source: createDatabaseSource(config, clock),
    clock,
    log,
    onChanged: domain.databaseChanged,
    onLooked,
  })
  const java = keepJavaNamesNew(ground, onLooked)
  const api = await createApi({
    services: {
      ...domain.services,
      database: createDatabaseService({ vulnerabilities: updates, java, progress: domain.progress }),
      audit: createAuditLog(database, clock),
      egressAddresses: config.egressAddresses,
    },
    access,
    events,
    log,
    clock,
    version,
    webRoot: config.webRoot,
    docsRoot: join(packageRoot, 'docs'),
    tls: config.tls,
    behindProxy: config.behindProxy,
    baseUrl: config.baseUrl,
    ready: async () => void (await database.execute('select 1')),
  })
  return {
    api,
    access,
    firstUser: access.firstUser,
    failure: database.failure,
    ...life({ ...ground, api, jobs, domain, updates: [updates, java] }),
  }
}

/** The Java database is in use when it is there: images are then named anew by and by. */
function keepJavaNamesNew({ config, clock, log }: Ground, onLooked: () => void): DatabaseUpdates {
  const { databaseUpdateHours, javaDatabaseReferences: references } = config
  return createDatabaseUpdates({
    kind: javaDatabase,
    dir: javaDatabaseDir(config.dataDir),
    references,
    // It is large, and old names do not change.
    everyHours: databaseUpdateHours === 0 || references.length === 0 ? 0 : 24,
    source: createDatabaseSource(config, clock),
    clock,
    log,
    onChanged: async ({ digest }) => log.info('Java database in use', { digest }),
    onLooked,
  })
}

interface Living extends Ground {
  readonly api: FastifyInstance
  readonly jobs: Jobs
  readonly domain: Domain
  readonly updates: readonly DatabaseUpdates[]
}

/** What goes on while the server runs, and how it ends. */
function life({ log, database, api, jobs, domain, updates }: Living): Pick<Container, 'start' | 'close'> {
  const running: Periodic[] = []
  const periodic = (name: string, everyMs: number, run: (signal: AbortSignal) => Promise<void>): void => {
    const onError = (error: unknown): void => log.warn('periodic work failed', { work: name, error })
    running.push(startPeriodic({ everyMs, run, onError }))
  }
  return {
    async start() {
      await domain.resume()
      await jobs.start()
      for (const each of updates) periodic('newer databases', MINUTE, () => each.tick())
      periodic('work that is due', PACE, (signal) => domain.tick(signal))
      periodic('what older analyzers made', PACE, (signal) => domain.renew(signal))
      periodic('what nothing names', SWEEP, (signal) => domain.sweep(signal))
      log.info('server started', { version })
    },
    async close() {
      await api.close()
      await Promise.all(updates.map((each) => each.stop()))
      await Promise.all(running.map((each) => each.stop()))
      await jobs.stop({ drainMs: DRAIN })
      domain.close()
      await database.close()
      log.info('server stopped')
    },
  }
}
