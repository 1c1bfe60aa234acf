import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import type { Engine, Lane, Session } from './engine.ts'

/** What runs queries: a lane, or a transaction. Code outside stores passes it on without looking in. */
export type Queries = Kysely<unknown>

/** The protocol counts parameters in 16 bits, and drivers do not look. */
const MOST_PARAMETERS = 65_535

const counted = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

class SessionConnection implements DatabaseConnection {
  readonly session: Session

  constructor(session: Session) {
    this.session = session
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (query.parameters.length > MOST_PARAMETERS) throw new Error('too many parameters: use a recordset')
    const { rows, command, affected } = await this.session.execute(query.sql, query.parameters)
    const result = { rows: rows as R[] }
    return counted.has(command) ? { ...result, numAffectedRows: BigInt(affected ?? 0) } : result
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Read long results page by page, by key: a cursor would hold the connection.')
  }
}

class LaneDriver implements Driver {
  readonly #engine: Engine
  readonly #lane: Lane

  constructor(engine: Engine, lane: Lane) {
    this.#engine = engine
    this.#lane = lane
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SessionConnection> {
    return new SessionConnection(await this.#engine.session(this.#lane))
  }

  async beginTransaction(connection: SessionConnection, settings: TransactionSettings): Promise<void> {
    const isolation = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : ''
    const access = settings.accessMode ? ` ${settings.accessMode}` : ''
    await connection.session.execute(`begin${isolation}${access}`, [])
  }

  /** PostgreSQL answers `commit` of a failed transaction with a rollback and no error: that is an error here. */
  async commitTransaction(connection: SessionConnection): Promise<void> {
    const { command } = await connection.session.execute('commit', [])
    if (command === 'ROLLBACK') throw new Error('the transaction had failed and was rolled back')
  }

  async rollbackTransaction(connection: SessionConnection): Promise<void> {
    await connection.session.execute('rollback', [])
  }

  async savepoint(connection: SessionConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint "${name}"`))
  }

  async rollbackToSavepoint(connection: SessionConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to "${name}"`))
  }

  async releaseSavepoint(connection: SessionConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release "${name}"`))
  }

  releaseConnection(connection: SessionConnection): Promise<void> {
    return connection.session.release()
  }

  /** The engine outlives its two Kysely instances; `Database.close` ends it. */
  async destroy(): Promise<void> {}
}

/** The embedded database has one process: nobody else can be migrating, and its one session must not wait on itself. */
class EmbeddedAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

/** Kysely over one lane of an engine, in PostgreSQL's dialect. */
export function kyselyOnLane(engine: Engine, lane: Lane): Kysely<unknown> {
  const dialect: Dialect = {
    createAdapter: () => (engine.kind === 'embedded' ? new EmbeddedAdapter() : new PostgresAdapter()),
    createDriver: () => new LaneDriver(engine, lane),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
  return new Kysely({ dialect })
}
