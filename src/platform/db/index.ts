/**
 * The SQL database: PGlite in a worker thread (embedded, the default) or PostgreSQL, one dialect, two lanes.
 * Knows connections, transactions, migrations, bulk statements, upkeep, and the schema as a whole.
 * Must not know what a table means: the SQL of a table is in the `store.ts` of its room.
 */
export { chunks, recordset, sortedByKey } from './bulk.ts'
export { type Database, type DatabaseOptions, openDatabase } from './database.ts'
export type { Lane } from './engine.ts'
export type { Queries } from './kysely-dialect.ts'
export type { DatabaseLog } from './log.ts'
export { isUniqueViolation, SqlError } from './sql-error.ts'
export { inTransaction } from './transaction.ts'
export { storableJson, storableText } from './value-types.ts'
