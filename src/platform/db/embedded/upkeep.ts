import type { Engine } from '../engine.ts'
import type { DatabaseLog } from '../log.ts'

/**
 * What PostgreSQL's background processes do and PGlite, a server with one process, does not: vacuum, statistics,
 * checkpoints. Each step is one statement of the bulk lane, so that pages pass between them.
 */

const INTERVAL_MS = 15_000

/** Autovacuum's own thresholds (manual, 24.1.6), and freezing long before transaction numbers run out. */
const dueTables = `
  select format('%I.%I', s.schemaname, s.relname) as name
  from pg_stat_user_tables s join pg_class c on c.oid = s.relid
  where s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0)
     or s.n_ins_since_vacuum > 1000 + 0.2 * greatest(c.reltuples, 0)
     or s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
     or age(c.relfrozenxid) > 100000000
  order by s.n_dead_tup desc limit 100`

/** Bytes of log since the last checkpoint: what a restart after a crash has to replay, and what stays on the disk. */
const logSinceCheckpoint = `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 as bytes from pg_control_checkpoint()`
const CHECKPOINT_BYTES = 64 * 1024 * 1024

/** Vacuums and analyses the tables that changed much, then makes a checkpoint if the log has grown. */
export async function upkeep(engine: Engine): Promise<void> {
  const [due] = await engine.script('bulk', dueTables)
  for (const { name } of due?.rows ?? []) await engine.script('bulk', `vacuum (analyze) ${String(name)}`)
  const [log] = await engine.script('bulk', logSinceCheckpoint)
  if (Number(log?.rows[0]?.['bytes'] ?? 0) > CHECKPOINT_BYTES) await engine.script('bulk', 'checkpoint')
}

/** Runs `upkeep` every 15 seconds. Returns how to stop it. */
export function startUpkeep(engine: Engine, log: DatabaseLog): () => void {
  let running = false
  const timer = setInterval(() => {
    if (running) return
    running = true
    upkeep(engine)
      .catch((error: unknown) => log.warn('database upkeep failed', { error: String(error) }))
      .finally(() => {
        running = false
      })
  }, INTERVAL_MS)
  timer.unref()
  return () => clearInterval(timer)
}
