import type { AdvisoryDatabase, DataSource, Signature } from '../advisories/index.ts'
import { isAppError } from '../core/index.ts'
import { type Database, inTransaction } from '../platform/db/index.ts'
import { type Exchange, linkRenamed } from './aliases/store.ts'
import { CountDeltas } from './counts/deltas.ts'
import { logDeltas } from './counts/store.ts'
import { fence } from './generations/store.ts'
import { placesOf } from './places.ts'
import type { Match, Matcher } from './ports.ts'
import {
  closeMatches,
  type Db,
  lockMatches,
  lockStale,
  type MatchRow,
  markMatched,
  openMatches,
  type SubjectRow,
  saveMatches,
  saveVulnerabilities,
  staleOfInventory,
  staleSubjects,
  toRow,
} from './store.ts'

/** Subjects matched and written in one transaction. */
const CHUNK = 200

export interface MatchedPair {
  readonly subjectId: number
  readonly vulnerabilityId: number
  /** The first verdict on this subject ever: not a change of the world, but of what is known. */
  readonly isNew: boolean
}

/** Told of changed matches inside the transaction that changes them, after it wrote. */
export type MatchObserver = (transaction: Db, changed: readonly MatchedPair[]) => Promise<void>

export interface MatchingContext {
  readonly db: Database
  readonly observer: MatchObserver
  /** Verdicts were written: a re-match came some way. */
  readonly onWritten?: () => void
}

/** A matcher with the database file that it has open. */
export interface OpenMatcher {
  readonly matcher: Matcher
  readonly database: AdvisoryDatabase
  /** `matcherVersion` by ecosystem. */
  readonly versions: Readonly<Record<string, number>>
  /** Of the database; where there is none, a change means that everything may differ. */
  readonly signature?: () => Promise<Signature>
}

/** `superseded`: another database came into use meanwhile; open that one and go on. */
export type MatchOutcome = 'current' | 'superseded'

/** Verdicts made with one database file, not yet written. */
export interface Prepared {
  readonly open: OpenMatcher
  readonly subjects: readonly SubjectRow[]
  /** null where no verdict can be made: what is stored stays. */
  readonly verdicts: readonly (readonly Match[] | null)[]
}

/** Matches what is stale of an inventory: the step between reading an image and showing what is wrong with it. */
export async function matchInventory(
  context: MatchingContext,
  open: OpenMatcher,
  inventoryId: number,
): Promise<MatchOutcome> {
  return inChunks(context, open, (after) =>
    staleOfInventory(context.db.lane('bulk'), inventoryId, after?.id ?? 0, CHUNK),
  )
}

/** Matches all that is stale, what people see first. A crash loses nothing: what is stale stays so until it is written. */
export async function drainStale(
  context: MatchingContext,
  open: OpenMatcher,
  signal?: AbortSignal,
): Promise<MatchOutcome> {
  for (const visible of [true, false]) {
    for (const cause of ['changed', 'outdated'] as const) {
      const outcome = await inChunks(context, open, async (after) => {
        signal?.throwIfAborted()
        return staleSubjects(context.db.lane('bulk'), { cause, visible, after, limit: CHUNK })
      })
      if (outcome === 'superseded') return outcome
    }
  }
  return 'current'
}

async function inChunks(
  context: MatchingContext,
  open: OpenMatcher,
  next: (after: SubjectRow | undefined) => Promise<SubjectRow[]>,
): Promise<MatchOutcome> {
  for (let last: SubjectRow | undefined; ; ) {
    const subjects = await next(last)
    last = subjects.at(-1)
    if (last === undefined) return 'current'
    if ((await writeVerdicts(context, prepare(open, subjects))) === 'superseded') return 'superseded'
    context.onWritten?.()
  }
}

/** Makes verdicts; reads only the subjects and the open file. */
export function prepare(open: OpenMatcher, subjects: readonly SubjectRow[]): Prepared {
  return { open, subjects, verdicts: subjects.map((subject) => verdict(open.matcher, subject)) }
}

function verdict(matcher: Matcher, row: SubjectRow): readonly Match[] | null {
  const { space, lookup_key: lookupKey, comparer, version, arch, cpe_context: cpeContext, flavour } = row
  try {
    return matcher.match({ space, lookupKey, comparer, version, arch, cpeContext, flavour })
  } catch (error) {
    // Stored by a version of Portolan that had this ecosystem: nothing can be said anew.
    if (isAppError(error) && error.code === 'comparer-unknown') return null
    throw error
  }
}

/**
 * Writes verdicts if the database that they were made with is still the one in use: otherwise they may be wrong, and are
 * thrown away. A subject that someone else has matched meanwhile is left alone.
 */
export async function writeVerdicts(context: MatchingContext, prepared: Prepared): Promise<MatchOutcome> {
  const { db, observer } = context
  const { matcher, database, versions } = prepared.open
  const vulnerabilities = await saveKnown(db, prepared)
  if (vulnerabilities === undefined) return 'superseded'
  return inTransaction(db, 'bulk', async (tx) => {
    const generation = await fence(tx)
    if (generation?.digest !== database.digest) return 'superseded'
    await lockMatches(tx)
    const stale = await lockStale(
      tx,
      prepared.subjects.map((subject) => subject.id),
    )
    const before = await openMatches(tx, matcher.engine, [...stale.keys()])
    const { save, close, changed, exchanges, deltas } = differences(prepared, stale, before, vulnerabilities)
    await saveMatches(tx, matcher.engine, generation.id, save)
    await closeMatches(tx, matcher.engine, generation.id, close)
    await linkRenamed(tx, exchanges)
    const done = prepared.subjects
      .filter((subject) => stale.has(subject.id))
      .map((subject) => ({
        id: subject.id,
        matcher_version: versions[subject.comparer] ?? 0,
        places: placesOf(subject),
      }))
    await markMatched(tx, generation.id, done)
    await logDeltas(tx, deltas.list())
    if (changed.length > 0) await observer(tx, changed)
    return 'current'
  })
}

/**
 * Ids under which a file's details are stored: a process writes them once for each file, not for each image. Rows of
 * vulnerabilities are never deleted.
 */
const storedIn = new WeakMap<Database, WeakMap<AdvisoryDatabase, Map<string, number>>>()

function knownIds(db: Database, file: AdvisoryDatabase): Map<string, number> {
  const files = storedIn.get(db) ?? new WeakMap<AdvisoryDatabase, Map<string, number>>()
  storedIn.set(db, files)
  const known = files.get(file) ?? new Map<string, number>()
  files.set(file, known)
  return known
}

async function saveKnown(
  db: Database,
  { open, verdicts }: Prepared,
): Promise<Map<string, number> | undefined> {
  const stored = knownIds(db, open.database)
  const names = new Set(verdicts.flatMap((matches) => matches?.map((match) => match.vulnerabilityId) ?? []))
  const missing = [...names].filter((name) => !stored.has(name))
  if (missing.length === 0) return stored
  const generation = await fence(db.lane('bulk'))
  if (generation?.digest !== open.database.digest) return undefined
  const rows = missing.map((name) => ({ name, details: open.database.details(name) }))
  for (const [name, id] of await saveVulnerabilities(db.lane('bulk'), generation.id, rows))
    stored.set(name, id)
  return stored
}

interface Differences {
  readonly save: MatchRow[]
  readonly close: MatchRow[]
  readonly changed: MatchedPair[]
  readonly exchanges: Exchange[]
  readonly deltas: CountDeltas
}

/** @param stale ids of the subjects that are to be written, and whether each was never matched before */
function differences(
  prepared: Prepared,
  stale: ReadonlyMap<number, boolean>,
  before: readonly MatchRow[],
  vulnerabilities: ReadonlyMap<string, number>,
): Differences {
  const bySubject = Map.groupBy(before, (row) => row.subject_id)
  const exchanges: Exchange[] = []
  const deltas = new CountDeltas()
  const save: MatchRow[] = []
  for (const [index, { id }] of prepared.subjects.entries()) {
    const verdict = prepared.verdicts[index]
    if (!stale.has(id) || !verdict) continue
    const stored = new Map((bySubject.get(id) ?? []).map((row) => [row.vulnerability_id, row]))
    const rows = verdict.map((match) => toRow(id, vulnerabilities.get(match.vulnerabilityId) ?? 0, match))
    for (const row of rows) {
      const was = stored.get(row.vulnerability_id)
      if (isEqual(row, was)) continue
      save.push(row)
      deltas.opened(row)
      if (was !== undefined) deltas.closed(was)
    }
    const opened = rows.filter((row) => !stored.has(row.vulnerability_id))
    for (const row of rows) stored.delete(row.vulnerability_id)
    exchanges.push({ opened, closed: [...stored.values()] })
  }
  const close = exchanges.flatMap(({ closed }) => closed)
  for (const row of close) deltas.closed(row)
  const changed = [...save, ...close].map((row) => ({
    subjectId: row.subject_id,
    vulnerabilityId: row.vulnerability_id,
    isNew: stale.get(row.subject_id) === true,
  }))
  return { save, close, changed, exchanges, deltas }
}

/** jsonb does not keep the order of fields, so the few of a data source are named. */
function isEqual(left: MatchRow, right: MatchRow | undefined): boolean {
  if (right === undefined) return false
  const signature = (row: MatchRow): string => {
    const source = row.data_source as Partial<DataSource> | null
    return JSON.stringify([
      row.severity,
      row.severity_source,
      row.own_severity,
      source && [source.id, source.name, source.url, source.baseId],
      row.vendor_ids,
      row.status,
      row.fixed_version,
    ])
  }
  return signature(left) === signature(right)
}
