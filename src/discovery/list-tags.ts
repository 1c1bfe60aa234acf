import { type AppError, toAppError } from '../core/index.ts'
import { isOfTheWay } from '../images/index.ts'
import { nameAt } from '../registries/index.ts'
import { type DiscoverJob, endsDiscovery, forEachBounded } from './job.ts'
import {
  endListing,
  failListing,
  keepPlace,
  type ListableRow,
  type ListingPlace,
  nextListable,
  type Wanted,
} from './listings/store.ts'
import { dropUnseen, isGone, locked, recordTags, seenTags } from './record.ts'
import { hasTags } from './store.ts'

/** Repositories listed side by side. */
const SIDE_BY_SIDE = 6
/** Rows of one query. */
const AHEAD = 100
/** After so many repositories in a row at which the registry does not answer as one, it is taken to be down. */
const PATIENCE = 8
/**
 * Before the newest push that is known, a listing of what is newer begins: registries set the date before a push can be seen,
 * and the parts of a large one do not agree on the time. An hour costs a page at most, but where more than a page is pushed in it.
 */
const MARGIN = 3_600_000

export interface TagListing {
  /** All tags, also where the platform could leave out old ones. */
  readonly whole: boolean
  /** A page of tags was recorded. */
  readonly onTags: (repository: ListableRow, count: number) => void
}

/**
 * Lists the tags of one repository and records them page by page. Tags leave only after the whole list was read. Where it was broken
 * off in this run, it goes on there.
 *
 * @throws AppError of the registry when the tags cannot be listed
 */
export async function listTags(
  job: DiscoverJob,
  repository: ListableRow,
  { whole, onTags }: TagListing,
): Promise<void> {
  const { clock, connectionId, connector, runId, signal } = job
  const resumed = repository.listing?.run === runId ? repository.listing : null
  const began = resumed?.began ?? clock.now()
  const since = resumed === null ? sinceOf(repository, whole) : resumed.since
  const link = { connectionId, repositoryId: repository.id }
  let partial = false
  const options = { cursor: resumed?.cursor, since: since ?? undefined, signal }
  for await (const page of connector.tags(nameAt(connector, repository), options)) {
    signal?.throwIfAborted()
    partial = page.partial === true
    const { nextCursor } = page
    const tags = await seenTags(job, repository, page.tags)
    const place: ListingPlace | null =
      nextCursor === null ? null : { run: runId, cursor: nextCursor, began, since }
    await recordTags(job, {
      tags,
      began,
      ...(place === null ? {} : { keep: (tx) => keepPlace(tx, link, place) }),
    })
    onTags(repository, tags.length)
  }
  if (!partial) await dropUnseen(job, repository.id, began)
  await locked(job, repository.id, (tx) =>
    endListing(tx, link, {
      runId,
      revision: repository.listed_revision,
      began: new Date(began),
      whole: !partial,
    }),
  )
}

/** The earlier of what the registry's clock and ours say of the last listing, with a margin; null: everything is asked for. */
function sinceOf(repository: ListableRow, whole: boolean): number | null {
  const { newest_pushed_at: newest, tags_listed_at: listed, whole_listed_at: listedWhole } = repository
  if (whole || newest === null || listed === null || listedWhole === null) return null
  return sinceWhen(newest, listed)
}

/** Milliseconds. */
export function sinceWhen(newestPush: Date, listed: Date): number {
  return Math.max(0, Math.min(newestPush.getTime(), listed.getTime()) - MARGIN)
}

export interface TagsPhase {
  readonly wanted: Wanted
  /** A repository was dealt with, well or not. */
  readonly onListed: (repository: ListableRow) => void
  readonly onTags: TagListing['onTags']
}

/** Lists the tags of all repositories of the connection that may have changed. */
export async function listAllTags(job: DiscoverJob, phase: TagsPhase): Promise<void> {
  const { wanted } = phase
  let inARow: Failed[] = []
  const settle = async (): Promise<void> => {
    const failed = inARow
    inARow = []
    for (const each of failed) await noteFailure(job, each)
  }
  await forEachBounded(listable(job, wanted), SIDE_BY_SIDE, async (repository) => {
    const isStale = repository.whole_listed_at === null || repository.whole_listed_at < wanted.staleBefore
    const whole = wanted.complete || isStale
    const error = await tryTags(job, repository, { whole, onTags: phase.onTags })
    phase.onListed(repository)
    if (error !== undefined && saysDown(error)) {
      inARow.push({ repository, error })
      if (inARow.length >= PATIENCE) throw inARow[0]?.error ?? error
      return
    }
    await settle()
    if (error !== undefined) await noteFailure(job, { repository, error })
  })
  await settle()
}

/** What a registry says of one repository (not allowed, not there) it could not say if it were down. */
function saysDown(error: AppError): boolean {
  return error.kind === 'temporary' || isOfTheWay(error)
}

async function* listable(job: DiscoverJob, wanted: Wanted): AsyncGenerator<ListableRow> {
  let after = { host: '', path: '' }
  for (;;) {
    const rows = await nextListable(job.db.lane('bulk'), wanted, after, AHEAD)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    after = last
  }
}

export interface Failed {
  readonly repository: ListableRow
  readonly error: AppError
}

/** @returns why the tags could not be listed; undefined when they were */
async function tryTags(
  job: DiscoverJob,
  repository: ListableRow,
  listing: TagListing,
): Promise<AppError | undefined> {
  try {
    await listTags(job, repository, listing)
    return undefined
  } catch (error) {
    job.signal?.throwIfAborted()
    const failure = toAppError(error)
    if (endsDiscovery(failure)) throw failure
    if (isGone(failure) && !(await hasTags(job.db.lane('bulk'), repository.id))) {
      await noteEmpty(job, repository)
      return undefined
    }
    return failure
  }
}

/** Registries list repositories whose last tag was deleted, and then do not know them. */
export async function noteEmpty(job: DiscoverJob, repository: ListableRow): Promise<void> {
  const { clock, connectionId, runId } = job
  await locked(job, repository.id, (tx) =>
    endListing(
      tx,
      { connectionId, repositoryId: repository.id },
      { runId, revision: repository.listed_revision, began: new Date(clock.now()), whole: true },
    ),
  )
}

export async function noteFailure(job: DiscoverJob, { repository, error }: Failed): Promise<void> {
  const failed = { runId: job.runId, because: error.publicMessage }
  const link = { connectionId: job.connectionId, repositoryId: repository.id }
  await locked(job, repository.id, (tx) => failListing(tx, link, failed))
}
