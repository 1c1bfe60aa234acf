import type { Database } from '../db/index.ts'

/** Jobs that some process has taken; the rest of pg-boss's tables is its own business. */
export async function activeJobs(
  database: Database,
  queues: readonly string[],
): Promise<{ id: string; queue: string }[]> {
  const rows = await database.execute(
    `select id::text as id, name as queue from pgboss.job where state = 'active' and name = any($1)`,
    [queues],
  )
  return rows.map(({ id, queue }) => ({ id: String(id), queue: String(queue) }))
}
