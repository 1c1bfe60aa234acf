import { type AppError, type Clock, toAppError } from '../core/index.ts'
import { type Database, inTransaction } from '../platform/db/index.ts'
import { mapBounded, type RegistryConnector } from '../registries/index.ts'
import { discoverRepository, endsDiscovery } from './repository.ts'
import type { RunCursor } from './runs/store.ts'
import {
  countRepositories,
  hasTags,
  dropUnseenRepositories,
  nextRepositories,
  type RepositoryRow,
  saveRepositories,
} from './store.ts'

/** Repositories looked at side by side; the place reached is kept after each such batch. */
const SIDE_BY_SIDE = 4
/** After so many repositories in a row that cannot be read, the registry is taken to be down. */
const PATIENCE = 8

export interface DiscoverJob {
  readonly db: Database
  readonly clock: Clock
  readonly orgId: string
  readonly connectionId: string
  readonly connector: RegistryConnector
  /** Where an earlier process stopped; null: from the beginning. */
  readonly cursor: RunCursor | null
  /** Keeps the place reached; a throw ends the discovery (the claim was lost). */
  readonly save: (cursor: RunCursor) => Promise<void>
  readonly onProgress?: (progress: { done: number; total: number | null; detail: string }) => void
  /** These were looked at: what is selected in them can be scanned. */
  readonly onRepositories?: (ids: readonly number[]) => Promise<void>
  readonly signal?: AbortSignal
}

export interface DiscoverResult {
  readonly repositories: number
  readonly tags: number
  /** Where what is recorded is not whole; null: it is. */
  readonly incompleteBecause: string | null
}

/**
 * Records what a connection sees. It can be killed at any moment: another process goes on at the last place kept, and doing
 * a part twice changes nothing.
 *
 * @throws AppError of the registry when going on is of no use
 */
export async function discover(job: DiscoverJob): Promise<DiscoverResult> {
  const start = job.cursor ?? begin(job)
  const listed = start.phase === 'repositories' ? await listRepositories(job, start) : start
  const done = await lookAtRepositories(job, listed)
  return { repositories: done.repositoriesDone, tags: done.tags, incompleteBecause: because(done) }
}

function begin({ clock }: DiscoverJob): RunCursor {
  return {
    phase: 'repositories',
    listing: null,
    listingBegan: clock.now(),
    after: '',
    repositoriesDone: 0,
    repositoriesTotal: 0,
    tags: 0,
    failures: 0,
    firstFailure: null,
  }
}

async function listRepositories(job: DiscoverJob, start: RunCursor): Promise<RunCursor> {
  const { db, clock, orgId, connectionId, connector } = job
  let cursor = start
  for await (const page of connector.repositories({
    cursor: start.listing ?? undefined,
    signal: job.signal,
  })) {
    job.signal?.throwIfAborted()
    const paths = page.repositories.map(({ name }) => name)
    const seen = { orgId, connectionId, host: connector.host, paths, now: new Date(clock.now()) }
    await inTransaction(db, 'bulk', (tx) => saveRepositories(tx, seen))
    cursor = {
      ...cursor,
      listing: page.nextCursor,
      repositoriesTotal: cursor.repositoriesTotal + paths.length,
    }
    job.onProgress?.({ done: 0, total: null, detail: `${cursor.repositoriesTotal} repositories found` })
    if (page.nextCursor !== null) await job.save(cursor)
  }
  await inTransaction(db, 'bulk', (tx) =>
    dropUnseenRepositories(tx, connectionId, new Date(start.listingBegan), new Date(clock.now())),
  )
  const repositoriesTotal = await countRepositories(db.lane('bulk'), orgId, connectionId)
  const listed: RunCursor = { ...cursor, phase: 'tags', listing: null, repositoriesTotal }
  await job.save(listed)
  return listed
}

async function lookAtRepositories(job: DiscoverJob, start: RunCursor): Promise<RunCursor> {
  let cursor = start
  let failuresInARow = 0
  for (;;) {
    job.signal?.throwIfAborted()
    const { db, orgId, connectionId } = job
    const batch = await nextRepositories(db.lane('bulk'), orgId, connectionId, cursor.after, SIDE_BY_SIDE)
    const last = batch.at(-1)
    if (last === undefined) return cursor
    let tags = cursor.tags
    const report = (detail: string): void =>
      job.onProgress?.({ done: cursor.repositoriesDone, total: cursor.repositoriesTotal, detail })
    const failures = await mapBounded(batch, SIDE_BY_SIDE, (repository) =>
      look(job, repository, (count) => {
        tags += count
        report(`${repository.path}: ${tags} tags so far`)
      }),
    )
    const failed = failures.filter((failure) => failure !== undefined)
    failuresInARow = failed.length === batch.length ? failuresInARow + failed.length : 0
    if (failuresInARow >= PATIENCE && failed[0] !== undefined) throw failed[0].error
    await job.onRepositories?.(batch.map((repository) => repository.id))
    cursor = {
      ...counted(cursor, failed),
      after: last.path,
      tags,
      repositoriesDone: cursor.repositoriesDone + batch.length,
    }
    await job.save(cursor)
    report(last.path)
  }
}

interface Failure {
  readonly path: string
  readonly error: AppError
}

async function look(
  job: DiscoverJob,
  repository: RepositoryRow,
  onTags: (count: number) => void,
): Promise<Failure | undefined> {
  const { db, clock, orgId, connector, signal } = job
  try {
    const error = await discoverRepository({ db, clock, orgId, connector, repository, signal, onTags })
    return error === undefined ? undefined : { path: repository.path, error }
  } catch (error) {
    signal?.throwIfAborted()
    const failure = toAppError(error)
    if (endsDiscovery(failure)) throw failure
    // Registries list repositories whose last tag was deleted, and then do not know them.
    if (failure.kind === 'not-found' && !(await hasTags(db.lane('bulk'), repository.id))) return undefined
    return { path: repository.path, error: failure }
  }
}

function counted(cursor: RunCursor, failed: readonly Failure[]): RunCursor {
  const [first] = failed
  if (first === undefined) return cursor
  const text = `${first.path}: ${first.error.publicMessage}`
  return { ...cursor, failures: cursor.failures + failed.length, firstFailure: cursor.firstFailure ?? text }
}

function because({ failures, repositoriesTotal, firstFailure }: RunCursor): string | null {
  if (failures === 0) return null
  return `${failures} of ${repositoriesTotal} repositories could not be read whole. The first: ${firstFailure}`
}
