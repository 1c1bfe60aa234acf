import { Pool, type PoolClient, type QueryArrayResult, type QueryResult } from 'pg'
import { AppError } from '../../../core/index.ts'
import type { Engine, Lane, Session, StatementResult } from '../engine.ts'
import type { DatabaseLog } from '../log.ts'
import { translateError } from '../sql-error.ts'
import { valueReader, writeValue } from '../value-types.ts'

export interface PostgresqlOptions {
  /** `postgresql://user:password@host:port/database?sslmode=...`; never logged. */
  readonly url: string
  /** Most connections of each lane; pages 8, bulk 4 when not given. */
  readonly connections?: Readonly<Record<Lane, number>>
  /** Longest statement of the page lane in milliseconds; 2,000 when not given. */
  readonly pageTimeoutMs?: number
}

/** A transaction that waits for its own process this long is ended by the server: it holds locks. */
const IDLE_IN_TRANSACTION_MS = 10_000
const CONNECT_TIMEOUT_MS = 10_000
const OLDEST_VERSION = 150_000

const sessionSettings = (timeoutMs: number): string =>
  `set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set bytea_output = 'hex'; set jit = off;
   set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}; set statement_timeout = ${timeoutMs}`

function toResult(result: QueryResult): StatementResult {
  return { rows: result.rows, command: result.command ?? '', affected: result.rowCount }
}

class PostgresqlSession implements Session {
  readonly #client: PoolClient
  #broken: Error | undefined
  /** After an error the client does not know yet whether a transaction is open. */
  #uncertain = false
  readonly #onError = (error: Error): void => {
    this.#broken = error
  }

  constructor(client: PoolClient) {
    this.#client = client
    client.on('error', this.#onError)
  }

  async execute(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    try {
      const result = toResult(await this.#client.query(sql, parameters.map(writeValue)))
      this.#uncertain = false
      return result
    } catch (error) {
      throw this.#noted(error)
    }
  }

  async script(sql: string): Promise<StatementResult[]> {
    try {
      // node-postgres answers several statements with several results, which its types do not say.
      const results: QueryResult | QueryArrayResult[] = await this.#client.query(sql)
      return (Array.isArray(results) ? results : [results]).map((each) => toResult(each as QueryResult))
    } catch (error) {
      throw this.#noted(error)
    }
  }

  #noted(error: unknown): Error {
    const translated = translateError(error)
    this.#uncertain = true
    if (translated instanceof AppError && translated.kind === 'temporary') this.#broken = translated
    return translated
  }

  async release(): Promise<void> {
    if (this.#broken === undefined) {
      const open = this.#uncertain || this.#client.getTransactionStatus() !== 'I'
      if (open) await this.#client.query('rollback').catch(this.#onError)
    }
    this.#client.off('error', this.#onError)
    this.#client.release(this.#broken)
  }
}

async function checkServer(session: Session): Promise<void> {
  const { rows } = await session.execute(
    `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`,
    [],
  )
  const { version, encoding } = rows[0] as { version: number; encoding: string }
  if (version < OLDEST_VERSION) {
    throw new AppError({
      code: 'database-too-old',
      kind: 'unsupported',
      publicMessage: `This PostgreSQL is version ${Math.floor(version / 10_000)}; Portolan needs 15 or newer.`,
      remedy: 'Point PORTOLAN_DATABASE_URL at PostgreSQL 15 or newer.',
    })
  }
  if (encoding !== 'UTF8') {
    throw new AppError({
      code: 'database-encoding',
      kind: 'unsupported',
      publicMessage: `The database is encoded in ${encoding}; Portolan needs UTF8.`,
      remedy: "Make it anew with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.",
    })
  }
}

/** A real PostgreSQL behind two pools, so that background work never takes the last connection from a page. */
export class PostgresqlEngine implements Engine {
  readonly kind = 'postgresql'
  readonly #pools: Readonly<Record<Lane, Pool>>

  private constructor(options: PostgresqlOptions, log: DatabaseLog) {
    const pool = (lane: Lane, max: number, timeoutMs: number): Pool => {
      const made = new Pool({
        connectionString: options.url,
        max,
        application_name: `portolan ${lane}`,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        types: { getTypeParser: (oid: number) => valueReader(oid) },
        onConnect: async (client) => {
          await client.query(sessionSettings(timeoutMs))
        },
      })
      made.on('error', (error) => log.warn('idle database connection lost', { error: error.message }))
      return made
    }
    const connections = options.connections ?? { page: 8, bulk: 4 }
    this.#pools = {
      page: pool('page', connections.page, options.pageTimeoutMs ?? 2_000),
      bulk: pool('bulk', connections.bulk, 0),
    }
  }

  /** @throws AppError `database-unreachable`, `database-too-old`, `database-encoding` */
  static async open(options: PostgresqlOptions, log: DatabaseLog): Promise<PostgresqlEngine> {
    const engine = new PostgresqlEngine(options, log)
    try {
      const session = await engine.session('bulk')
      await checkServer(session).finally(() => session.release())
      return engine
    } catch (error) {
      await engine.close()
      throw error
    }
  }

  async session(lane: Lane): Promise<PostgresqlSession> {
    try {
      return new PostgresqlSession(await this.#pools[lane].connect())
    } catch (error) {
      throw translateError(error)
    }
  }

  async script(lane: Lane, sql: string): Promise<StatementResult[]> {
    const session = await this.session(lane)
    try {
      return await session.script(sql)
    } finally {
      await session.release()
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#pools.page.end(), this.#pools.bulk.end()])
  }
}
