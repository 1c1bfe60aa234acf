import { type Kysely, sql } from 'kysely'
import type { MatchRow } from '../store.ts'

type Db = Kysely<unknown>

/** What closed and what opened of one subject in one step. */
export interface Exchange {
  readonly closed: readonly MatchRow[]
  readonly opened: readonly MatchRow[]
}

/**
 * An advisory's id may change: a GHSA gets its CVE, and where there was the one there is now the other, which names it. They are one
 * vulnerability from then on (`canonical_id`): when it was first seen and what was decided about it stay.
 */
export async function linkRenamed(tx: Db, exchanges: readonly Exchange[]): Promise<void> {
  const both = exchanges.filter(({ closed, opened }) => closed.length > 0 && opened.length > 0)
  if (both.length === 0) return
  const names = await namesOf(tx, [
    ...new Set(
      both.flatMap(({ closed, opened }) => [...closed, ...opened].map((row) => row.vulnerability_id)),
    ),
  ])
  for (const [before, now] of renamed(both, names)) await link(tx, before, now)
}

/** Pairs of ids, the former first. */
function renamed(exchanges: readonly Exchange[], names: ReadonlyMap<number, string>): Map<number, number> {
  const pairs = new Map<number, number>()
  for (const { closed, opened } of exchanges) {
    const closedByName = byName(closed, names)
    const openedByName = byName(opened, names)
    for (const row of opened) {
      for (const id of row.vendor_ids) {
        const before = closedByName.get(id)
        if (before !== undefined) pairs.set(before, row.vulnerability_id)
      }
    }
    for (const row of closed) {
      for (const id of row.vendor_ids) {
        const now = openedByName.get(id)
        if (now !== undefined && !pairs.has(row.vulnerability_id)) pairs.set(row.vulnerability_id, now)
      }
    }
  }
  return pairs
}

function byName(rows: readonly MatchRow[], names: ReadonlyMap<number, string>): Map<string, number> {
  return new Map(rows.map((row) => [names.get(row.vulnerability_id) ?? '', row.vulnerability_id]))
}

async function namesOf(tx: Db, ids: readonly number[]): Promise<Map<number, string>> {
  const { rows } = await sql<{ id: number; name: string }>`
    select id, name from vulnerability where id = any(${ids}::int[])`.execute(tx)
  return new Map(rows.map((row) => [row.id, row.name]))
}

/** The newer id speaks for all; what named the former names it now. */
async function link(tx: Db, before: number, now: number): Promise<void> {
  await sql`
    with root as (select id, coalesce(canonical_id, id) as root from vulnerability where id in (${before}::int, ${now}::int)),
    former as (select root from root where id = ${before}::int), newer as (select root from root where id = ${now}::int)
    update vulnerability v set canonical_id = newer.root from former, newer
    where (v.id = former.root or v.canonical_id = former.root) and former.root <> newer.root`.execute(tx)
}
