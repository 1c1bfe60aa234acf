import { randomUUID } from 'node:crypto'
import type { Database } from '../../platform/db/index.ts'

/** A connection's row, as if it had been created and checked. @returns its id */
export async function addConnection(
  db: Database,
  orgId: string,
  settings: {
    readonly host?: string
    readonly selection?: object
    readonly engine?: string
    readonly scanIntervalHours?: number
  } = {},
): Promise<string> {
  const id = randomUUID()
  await db.execute(
    `insert into registry_connection (id, org_id, name, platform, host, settings, status, selection, engine, scan_interval_hours)
     values ($1, $2, $3, 'oci', $4, '{}', 'Connected', $5, $6, $7)`,
    [
      id,
      orgId,
      `connection ${id}`,
      settings.host ?? 'registry.test:5000',
      settings.selection ?? {},
      settings.engine ?? 'portolan',
      settings.scanIntervalHours ?? null,
    ],
  )
  return id
}

/** Rows of a query, for looking behind the services. */
export async function rowsOf<T>(
  db: Database,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<T[]> {
  // `execute` without parameters runs a script; one that is not used makes it a statement.
  const rows =
    parameters.length === 0
      ? await db.execute(`select * from (${sql}) q where $1::int = 0`, [0])
      : await db.execute(sql, parameters)
  return rows as T[]
}

/** Forgets all rows: much faster than another database, the embedded one above all. */
export async function emptyDatabase(db: Database): Promise<void> {
  const tables = await rowsOf<{ name: string }>(
    db,
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename not like 'schema_migration%'`,
  )
  const deletes = tables.map((table) => `delete from ${table.name};`).join('\n')
  await db.execute(`
    set session_replication_role = replica;
    ${deletes}
    set session_replication_role = origin;
    insert into db_current (only_row, generation) values (true, null)`)
}
