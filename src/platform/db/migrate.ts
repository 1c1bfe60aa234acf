import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { AppError } from '../../core/index.ts'
import type { DatabaseLog } from './log.ts'
import { migrations } from './migrations/index.ts'

const MIGRATION_TABLE = 'schema_migration'

/**
 * Brings the schema up to date, all in one transaction. Servers that start together on one PostgreSQL take turns by an
 * advisory lock; the later ones find nothing to do.
 *
 * @param db the bulk lane, whose statements have no time limit
 * @throws AppError `database-migration-failed` (bug), and the database is as it was before
 */
export async function migrate(db: Kysely<unknown>, log: DatabaseLog): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: `${MIGRATION_TABLE}_lock`,
  })
  const { error, results = [] } = await migrator.migrateToLatest()
  for (const { migrationName, status } of results) {
    if (status === 'Success') log.info('schema migrated', { migration: migrationName })
  }
  if (error === undefined) return
  if (error instanceof AppError) throw error
  throw new AppError({
    code: 'database-migration-failed',
    kind: 'bug',
    publicMessage: 'The database could not be brought to the schema of this version.',
    remedy: 'If a newer Portolan has used this database, run that version. Otherwise please report the log.',
    cause: error,
  })
}
