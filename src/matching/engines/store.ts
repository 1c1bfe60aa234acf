import { sql } from 'kysely'
import { detailsPlace } from '../../advisories/index.ts'
import { chunks, type Database, inTransaction, recordset, sortedByKey } from '../../platform/db/index.ts'
import { fence } from '../generations/store.ts'
import type { Match } from '../ports.ts'
import type { OpenMatcher } from '../rematch.ts'
import { type Db, saveMatches, saveVulnerabilities, toRow } from '../store.ts'

/** Subjects written in one transaction. */
const CHUNK = 200
/** Later than every generation: what another engine said of a subject is never matched again. */
const NEVER_STALE = 2 ** 31 - 1
/** Its matches were not made with any vulnerability data of ours. */
const NO_GENERATION = 0

export interface EngineVerdicts {
  readonly engine: string
  /** Keys of all subjects of the inventory, 64 hex digits each. */
  readonly subjects: readonly string[]
  /** By subject key. */
  readonly matches: ReadonlyMap<string, readonly Match[]>
}

/**
 * Keeps what another engine said. Its subjects hold their verdicts in their identity, so what is written here never changes anything
 * that is there, and is whole before any repository holds the subjects: counters need not be told. Of a vulnerability that nobody
 * knew only the name is kept, and whatever our own data says of it: its words are shared between organisations, the engine's are not.
 *
 * @param open our own vulnerability data, for titles and texts; undefined: they follow when there is some
 */
export async function saveEngineVerdicts(
  database: Database,
  open: Pick<OpenMatcher, 'database'> | undefined,
  { engine, subjects, matches }: EngineVerdicts,
): Promise<void> {
  const said = [...matches.values()].flat()
  const ids = await vulnerabilityIds(database, open, [...new Set(said.map((match) => match.vulnerabilityId))])
  for (const keys of chunks([...new Set(subjects)].sort(), CHUNK)) {
    await inTransaction(database, 'bulk', async (tx) => {
      const known = await lockSubjects(tx, keys)
      const rows = known.flatMap(({ id, key }) =>
        (matches.get(key) ?? []).map((match) => toRow(id, ids.get(match.vulnerabilityId) ?? 0, match)),
      )
      await saveMatches(tx, engine, NO_GENERATION, rows)
      const settled = known.map(({ id }) => id)
      await sql`
        update subject set matched_generation = ${NEVER_STALE}, matcher_version = 0 where id = any(${settled}::int[])`.execute(
        tx,
      )
    })
  }
}

async function lockSubjects(tx: Db, keys: readonly string[]): Promise<{ id: number; key: string }[]> {
  const hashes = keys.map((key) => Buffer.from(key, 'hex'))
  const { rows } = await sql<{ id: number; key: string }>`
    select id, encode(key_hash, 'hex') as key from subject where key_hash = any(${hashes}::bytea[])
      and matched_generation is distinct from ${NEVER_STALE} order by id for update`.execute(tx)
  return rows
}

async function vulnerabilityIds(
  database: Database,
  open: Pick<OpenMatcher, 'database'> | undefined,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const db = database.lane('bulk')
  const generation = open === undefined ? undefined : await fence(db)
  if (open !== undefined && generation?.digest === open.database.digest) {
    const rows = names.map((name) => ({ name, details: open.database.details(name) }))
    return saveVulnerabilities(db, generation.id, rows)
  }
  const ids = new Map<string, number>()
  for (const some of chunks([...names].sort(), CHUNK)) {
    const rows = sortedByKey(some, (name) => name).map((name) => ({ name, place: detailsPlace(name) }))
    await sql`
      insert into vulnerability (name, place) select v.name, v.place from ${recordset({ name: 'text', place: 'bigint' }, rows)} as v
      order by v.name collate "C" on conflict (name) do nothing`.execute(db)
    const { rows: found } = await sql<{ id: number; name: string }>`
      select id, name from vulnerability where name = any(${some}::text[])`.execute(db)
    for (const row of found) ids.set(row.name, row.id)
  }
  return ids
}
