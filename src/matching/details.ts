import type { VulnerabilityDetails } from '../advisories/index.ts'
import { severityOfRank, severityRank } from '../core/index.ts'
import { inTransaction } from '../platform/db/index.ts'
import { CountDeltas } from './counts/deltas.ts'
import { logDeltas } from './counts/store.ts'
import { dueDetails, saveDetails, saveSeverities, severitiesOf, type SeverityRow } from './details/store.ts'
import { fence } from './generations/store.ts'
import type { MatchingContext, MatchOutcome, OpenMatcher } from './rematch.ts'
import { effectiveSeverity } from './severity.ts'
import { type Db, lockMatches } from './store.ts'

/** Vulnerabilities brought up to date in one transaction. */
const CHUNK = 50

interface Changed {
  readonly id: number
  readonly name: string
  readonly details: VulnerabilityDetails | undefined
}

/**
 * Brings texts and severities in line with changed details, without matching: a match keeps what else its severity follows
 * from. Killed in between, the rest is still due.
 */
export async function drainDetails(
  context: MatchingContext,
  open: OpenMatcher,
  signal?: AbortSignal,
): Promise<MatchOutcome> {
  const { db } = context
  for (;;) {
    signal?.throwIfAborted()
    const due = await dueDetails(db.lane('bulk'), CHUNK)
    if (due.length === 0) return 'current'
    const changed = due.map((each): Changed => ({ ...each, details: open.database.details(each.name) }))
    const outcome = await inTransaction(db, 'bulk', async (tx) => {
      const generation = await fence(tx)
      if (generation?.digest !== open.database.digest) return 'superseded'
      await lockMatches(tx)
      await saveDetails(tx, generation.id, changed)
      await saveChangedSeverities(tx, context, open.matcher.engine, changed)
      return 'current'
    })
    if (outcome === 'superseded') return outcome
  }
}

async function saveChangedSeverities(
  tx: Db,
  { observer }: MatchingContext,
  engine: string,
  vulnerabilities: readonly Changed[],
): Promise<void> {
  const byId = new Map(vulnerabilities.map((each) => [each.id, each]))
  const matches = await severitiesOf(tx, engine, [...byId.keys()])
  const deltas = new CountDeltas()
  const changed = matches.flatMap((match) => {
    const now = severityOf(match, byId.get(match.vulnerability_id))
    if (now.severity === match.severity && now.severity_source === match.severity_source) return []
    deltas.closed(match)
    deltas.opened(now)
    return [now]
  })
  if (changed.length === 0) return
  await saveSeverities(tx, engine, changed)
  await logDeltas(tx, deltas.list())
  await observer(
    tx,
    changed.map((match) => ({
      subjectId: match.subject_id,
      vulnerabilityId: match.vulnerability_id,
      isNew: false,
    })),
  )
}

/** The severity that a matcher would give, from what is stored of the match. */
function severityOf(match: SeverityRow, vulnerability: Changed | undefined): SeverityRow {
  const { own_severity: own, severity_source: source, data_source: dataSource } = match
  const effective = effectiveSeverity(
    own === null ? null : { severity: severityOfRank(own), source },
    dataSource?.baseId ?? dataSource?.id ?? null,
    vulnerability?.details?.vendorSeverity,
    vulnerability?.details?.severity ?? null,
    vulnerability?.name ?? '',
  )
  return { ...match, severity: severityRank(effective.severity), severity_source: effective.source }
}
