/** Which queue a statement waits in: what a person waits for, or background work. Pages go first. */
export type Lane = 'page' | 'bulk'

export type Row = Record<string, unknown>

export interface StatementResult {
  /** Objects by column name; values as `value-types.ts` reads them. */
  readonly rows: Row[]
  /** First word of the server's command tag: `SELECT`, `INSERT`, `BEGIN`, ... */
  readonly command: string
  /** Rows read or written; null for commands that count none. */
  readonly affected: number | null
}

/** One connection's worth of state. Statements of a session run one after the other. */
export interface Session {
  /**
   * Runs one statement with parameters `$1`, `$2`, ...
   *
   * @throws SqlError what the database says about the statement
   * @throws AppError what is wrong with the database itself
   */
  execute(sql: string, parameters: readonly unknown[]): Promise<StatementResult>
  /** Gives the connection back; a transaction that is still open is rolled back. */
  release(): Promise<void>
}

/** What the two databases have in common, below Kysely. */
export interface Engine {
  readonly kind: 'embedded' | 'postgresql'
  session(lane: Lane): Promise<Session>
  /** Runs a text of several statements without parameters; an open transaction that fails is rolled back. */
  script(lane: Lane, sql: string): Promise<StatementResult[]>
  /** Waits for what runs, at most a few seconds, then stops. */
  close(): Promise<void>
}
