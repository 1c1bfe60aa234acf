import type { Kysely } from 'kysely'
import { type AppError, Secret } from '../../core/index.ts'
import { EmbeddedEngine, type EmbeddedOptions } from './embedded/engine.ts'
import { startUpkeep, upkeep } from './embedded/upkeep.ts'
import type { Engine, Lane, Row } from './engine.ts'
import { kyselyOnLane } from './kysely-dialect.ts'
import { type DatabaseLog, silentLog } from './log.ts'
import { migrate } from './migrate.ts'
import { PostgresqlEngine, type PostgresqlOptions } from './postgresql/engine.ts'

export type DatabaseOptions = (EmbeddedOptions | PostgresqlOptions) & {
  readonly log?: DatabaseLog
  /** Leave the schema as it is. */
  readonly migrate?: false
}

/** The one SQL database of a server: embedded or PostgreSQL, in either case PostgreSQL's dialect. */
export interface Database {
  readonly kind: 'embedded' | 'postgresql'
  readonly log: DatabaseLog
  /** The page lane. A room types it by its own tables: `database.kysely.withTables<Tables>()`. */
  readonly kysely: Kysely<unknown>
  lane(lane: Lane): Kysely<unknown>
  /** Resolves when the database stops by itself (embedded: disk full); the server should end then. */
  readonly failure: Promise<AppError>
  /** For a library with connections of its own; null for the embedded database, which has but one. */
  readonly url: Secret<string> | null
  /** For a library that writes its own SQL: one statement with parameters, or several without. */
  execute(sql: string, parameters?: readonly unknown[]): Promise<Row[]>
  /** Embedded only: calls back for each NOTIFY; null elsewhere. Returns how to stop. */
  readonly listen: ((channel: string, listener: (payload: string) => void) => Promise<() => void>) | null
  /** Cleans up after bulk changes now. The embedded database also does it by itself, every 15 seconds where it is due; PostgreSQL needs no help. */
  maintain(): Promise<void>
  /** Lets open transactions end (at most some seconds), then gives the database back. */
  close(): Promise<void>
}

const never = new Promise<AppError>(() => {})

async function openEngine(options: DatabaseOptions, log: DatabaseLog): Promise<Engine> {
  return 'url' in options ? PostgresqlEngine.open(options, log) : EmbeddedEngine.open(options, log)
}

async function execute(engine: Engine, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
  if (parameters.length === 0) return (await engine.script('bulk', sql)).flatMap(({ rows }) => rows)
  const session = await engine.session('bulk')
  try {
    return (await session.execute(sql, parameters)).rows
  } finally {
    await session.release()
  }
}

/**
 * Opens the embedded database of a data folder, or a PostgreSQL by its URL, and migrates its schema.
 *
 * @throws AppError `data-folder-locked` (conflict) when another process uses the folder; `database-unreachable`,
 * `database-too-old`, `database-encoding` for a PostgreSQL; `database-not-made`, `database-stopped` for the embedded one;
 * `database-migration-failed`
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const log = options.log ?? silentLog
  const engine = await openEngine(options, log)
  const lanes = { page: kyselyOnLane(engine, 'page'), bulk: kyselyOnLane(engine, 'bulk') }
  try {
    if (options.migrate !== false) await migrate(lanes.bulk, log)
  } catch (error) {
    await engine.close()
    throw error
  }
  const embedded = engine instanceof EmbeddedEngine ? engine : undefined
  const stopUpkeep = embedded ? startUpkeep(embedded, log) : () => {}
  return {
    kind: engine.kind,
    log,
    kysely: lanes.page,
    lane: (lane) => lanes[lane],
    url: 'url' in options ? new Secret(options.url) : null,
    failure: embedded?.failure ?? never,
    execute: (sql, parameters = []) => execute(engine, sql, parameters),
    listen: embedded ? (channel, listener) => embedded.listen(channel, listener) : null,
    maintain: async () => {
      if (embedded) await upkeep(embedded)
    },
    close: async () => {
      stopUpkeep()
      await engine.close()
    },
  }
}
