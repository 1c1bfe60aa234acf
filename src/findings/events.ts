import type { Database } from '../platform/db/index.ts'
import type { Contribution } from './counters/contribution.ts'
import { canonicalIds, closedBefore, type FindingEvent, saveEvents } from './events/store.ts'

type Db = ReturnType<Database['lane']>

/** What stands in a place before or after a change. */
export interface Standing extends Contribution {
  readonly org_id: string
}

export interface Change {
  /** null: the organisations as a whole. */
  readonly repositoryId: number | null
  readonly before: readonly Standing[]
  readonly after: readonly Standing[]
  /** What closed did so because its image was deleted at the registry: nothing was mended. */
  readonly isImageGone?: boolean
}

/** More than this at once are told as one event a kind: a new base image is one piece of news, not a thousand. */
const MANY = 500

/** Writes down what a change opened and closed. An id that took another's place changes nothing. */
export async function recordChange(tx: Db, change: Change): Promise<void> {
  const { repositoryId, before, after, isImageGone = false } = change
  const ids = [...new Set([...before, ...after].map((row) => row.vulnerability_id))]
  if (ids.length === 0) return
  const canonical = await canonicalIds(tx, ids)
  const events = compare(sums(before, canonical), sums(after, canonical))
  const opened = events.filter(({ kind }) => kind === 'opened')
  const closed = await closedBefore(tx, repositoryId, opened)
  const named = events.map(
    (event): FindingEvent =>
      event.kind === 'opened' && closed.has(`${event.orgId} ${event.vulnerabilityId}`)
        ? { ...event, kind: 'reopened' }
        : event.kind === 'closed' && isImageGone
          ? { ...event, data: { ...event.data, because: 'image gone' } }
          : event,
  )
  await saveEvents(tx, repositoryId, bounded(named))
}

/** The first findings of a repository: one row, not two thousand. */
export async function recordBaseline(
  tx: Db,
  orgId: string,
  repositoryId: number,
  found: readonly Contribution[],
): Promise<void> {
  const findings: Record<string, number> = {}
  for (const row of found) findings[row.severity] = (findings[row.severity] ?? 0) + row.findings
  await saveEvents(tx, repositoryId, [{ orgId, vulnerabilityId: null, kind: 'baseline', data: { findings } }])
}

interface Sum {
  readonly orgId: string
  readonly vulnerabilityId: number
  readonly findings: number
  readonly severity: number
}

function sums(rows: readonly Standing[], canonical: ReadonlyMap<number, number>): Map<string, Sum> {
  const found = new Map<string, Sum>()
  for (const { org_id: orgId, vulnerability_id: id, findings, severity } of rows) {
    const vulnerabilityId = canonical.get(id) ?? id
    const key = `${orgId} ${vulnerabilityId}`
    const known = found.get(key)
    found.set(key, {
      orgId,
      vulnerabilityId,
      findings: findings + (known?.findings ?? 0),
      severity: Math.max(severity, known?.severity ?? 0),
    })
  }
  return found
}

function compare(before: ReadonlyMap<string, Sum>, after: ReadonlyMap<string, Sum>): FindingEvent[] {
  const events: FindingEvent[] = []
  for (const [key, { orgId, vulnerabilityId, findings, severity }] of after) {
    const was = before.get(key)
    const base = { orgId, vulnerabilityId }
    if (was === undefined) events.push({ ...base, kind: 'opened', data: { findings, severity } })
    else if (was.severity !== severity) {
      events.push({ ...base, kind: 'severity-changed', data: { findings, severity, was: was.severity } })
    }
  }
  for (const [key, { orgId, vulnerabilityId, findings, severity }] of before) {
    if (!after.has(key)) events.push({ orgId, vulnerabilityId, kind: 'closed', data: { findings, severity } })
  }
  return events
}

function bounded(events: readonly FindingEvent[]): FindingEvent[] {
  const byKind = Map.groupBy(events, (event) => `${event.orgId} ${event.kind}`)
  return [...byKind.values()].flatMap((some): FindingEvent[] => {
    const [first] = some
    if (first === undefined || some.length <= MANY) return some
    const { because } = first.data
    const data = { vulnerabilities: some.length, ...(because === undefined ? {} : { because }) }
    return [{ ...first, vulnerabilityId: null, data }]
  })
}
