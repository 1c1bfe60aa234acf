import { type Kysely, sql } from 'kysely'
import { chunks, recordset } from '../../platform/db/index.ts'

type Db = Kysely<unknown>

type EventKind = 'baseline' | 'opened' | 'reopened' | 'severity-changed' | 'closed'

/** What happened to the findings of a vulnerability: in one repository when its images changed, or in all when vulnerability data did. */
export interface FindingEvent {
  readonly orgId: string
  /** The id that speaks for all that it ever had; null: of several at once. */
  readonly vulnerabilityId: number | null
  readonly kind: EventKind
  readonly data: Readonly<Record<string, unknown>>
}

const columns = { org_id: 'text', repository_id: 'int', vulnerability_id: 'int', kind: 'text', data: 'jsonb' }

/** @param repositoryId null: of the organisation as a whole */
export async function saveEvents(
  tx: Db,
  repositoryId: number | null,
  events: readonly FindingEvent[],
): Promise<void> {
  for (const some of chunks(events)) {
    const rows = some.map(({ orgId, vulnerabilityId, kind, data }) => ({
      org_id: orgId,
      repository_id: repositoryId,
      vulnerability_id: vulnerabilityId,
      kind,
      data,
    }))
    await sql`
      insert into finding_event (org_id, repository_id, vulnerability_id, kind, data)
      select org_id, repository_id, vulnerability_id, kind, data from ${recordset(columns, rows)} as e`.execute(
      tx,
    )
  }
}

/** Vulnerabilities whose last event in a place was that they were gone. @returns `<organisation> <vulnerability>` */
export async function closedBefore(
  db: Db,
  repositoryId: number | null,
  opened: readonly Pick<FindingEvent, 'orgId' | 'vulnerabilityId'>[],
): Promise<Set<string>> {
  if (opened.length === 0) return new Set()
  const rows = opened.map((each) => ({ org_id: each.orgId, vulnerability_id: each.vulnerabilityId }))
  const { rows: closed } = await sql<{ org_id: string; vulnerability_id: number }>`
    select o.org_id, o.vulnerability_id from ${recordset({ org_id: 'text', vulnerability_id: 'int' }, rows)} as o
    cross join lateral (
      select e.kind from finding_event e where e.org_id = o.org_id and e.vulnerability_id = o.vulnerability_id
        and e.repository_id is not distinct from ${repositoryId}::int
      order by e.id desc limit 1) last
    where last.kind = 'closed'`.execute(db)
  return new Set(closed.map((row) => `${row.org_id} ${row.vulnerability_id}`))
}

/** By id of a vulnerability, the id that speaks for it, where that is another. */
export async function canonicalIds(db: Db, vulnerabilities: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await sql<{ id: number; canonical_id: number }>`
    select id, canonical_id from vulnerability where id = any(${vulnerabilities}::int[]) and canonical_id is not null`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.id, row.canonical_id]))
}

/** All ids that a vulnerability has or had, the given one first, then the one that speaks for all. */
export async function idsOf(db: Db, name: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select a.name from vulnerability v join vulnerability a on a.id in (v.id, v.canonical_id) or a.canonical_id = coalesce(v.canonical_id, v.id)
    where v.name = ${name} order by a.id <> v.id, a.canonical_id is not null, a.id`.execute(db)
  return rows.map((row) => row.name)
}
