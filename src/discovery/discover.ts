import { type AppError, isAppError, toAppError } from '../core/index.ts'
import { inTransaction } from '../platform/db/index.ts'
import { placeOf } from '../registries/index.ts'
import { dropUnseenRepositories } from './depart.ts'
import { type DiscoverJob, endsDiscovery } from './job.ts'
import { listContents } from './list-contents.ts'
import { listNames } from './list-names.ts'
import { listAllTags, sinceWhen } from './list-tags.ts'
import { countListable, expectWhole, type Failures, failuresOf, newestPush } from './listings/store.ts'
import { Looks } from './looks.ts'
import { markPoliciesChanged } from './looks/store.ts'
import { lastRuns, type RunCursor } from './runs/store.ts'
import { countRepositories, countTags, repositoriesAfter, saveRepositories } from './store.ts'

export type { DiscoverJob } from './job.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Everything is listed anew this often at least: in the last scheduled discovery before the time is over. */
const COMPLETE_EVERY = 7 * DAY
/** A discovery begins a little after its time. */
const LATENESS = HOUR
/** A single repository that was not listed whole for so long (it failed then) is. */
const WHOLE_EVERY = 7 * DAY
/** Repositories told of in one call. */
const TOLD_AT_ONCE = 50

export interface DiscoverResult {
  /** Of a discovery of everything: what the connection sees now; null: it was of single repositories. */
  readonly found: { readonly repositories: number; readonly tags: number } | null
  /** Where what is recorded is not whole; null: it is. */
  readonly incompleteBecause: string | null
  /** Everything was listed anew. */
  readonly complete: boolean
  /** The registry asked to wait before more images are looked into. */
  readonly limited: AppError | null
}

/**
 * Records what a connection sees: what there is by listings, and beside that, from repository to repository, what the selection needs of
 * their images. It can be killed at any moment: another process goes on at the last place kept, and doing a part twice changes nothing.
 *
 * @throws AppError of the registry when going on is of no use
 */
export async function discover(job: DiscoverJob): Promise<DiscoverResult> {
  const stop = new AbortController()
  const signal = job.signal === undefined ? stop.signal : AbortSignal.any([job.signal, stop.signal])
  const both: DiscoverJob = { ...job, signal }
  const start = job.cursor ?? (await begin(job))
  if (job.cursor === null) await job.save(start)
  const looks = new Looks(both)
  const orStop = async (work: Promise<void>): Promise<AppError | null> => {
    try {
      await work
      return null
    } catch (error) {
      const failure = toAppError(error)
      // Looks go on for what is listed when only the listing has to wait.
      if (endsDiscovery(failure) && failure.kind !== 'rate-limited') stop.abort(failure)
      return failure
    }
  }
  const listing = orStop(list(both, start, looks).finally(() => looks.close()))
  const looking = orStop(looks.run())
  const failures = [await listing, await looking].filter((failure) => failure !== null)
  job.signal?.throwIfAborted()
  const first = failures.find((failure) => failure.kind !== 'cancelled') ?? failures[0]
  if (first !== undefined) throw first
  if (job.wish.all) await tellOthers(both, looks.handled)
  return resultOf(job, start, looks.limited)
}

async function begin({ db, clock, connectionId, connector, wish }: DiscoverJob): Promise<RunCursor> {
  const now = clock.now()
  const last = await lastRuns(db.lane('bulk'), connectionId)
  const next = now + (last.intervalHours ?? 0) * HOUR + LATENESS
  const isDue = last.complete === null || last.complete.getTime() + COMPLETE_EVERY < next
  const complete = wish.all && (wish.complete || isDue)
  const byContents = connector.contents !== undefined
  const newest = complete || !byContents ? null : await newestPush(db.lane('bulk'), connectionId)
  return {
    phase: !wish.all ? 'tags' : byContents ? 'contents' : 'repositories',
    complete,
    listing: null,
    listingBegan: now,
    since: newest === null || last.all === null ? null : sinceWhen(newest, last.all),
    memo: last.memo,
  }
}

async function list(job: DiscoverJob, start: RunCursor, looks: Looks): Promise<void> {
  const { db, orgId, connectionId, connector, wish, signal } = job
  if (start.phase === 'looks') return
  const tell = progressOf(job)
  let { memo } = start
  if (!wish.all) {
    await listNames(job, wish.names, (repository, count) => {
      tell.tags(repository.path, count)
      looks.wake(repository.id)
    })
  } else {
    const places = wish.names.map((name) => placeOf(connector, name))
    if (job.cursor === null) {
      await inTransaction(db, 'bulk', (tx) => expectWhole(tx, orgId, connectionId, places))
    }
    memo = await listEverything(job, start, looks)
    signal?.throwIfAborted()
    await inTransaction(db, 'bulk', (tx) => markPoliciesChanged(tx, orgId, connectionId))
  }
  await job.save({ ...start, phase: 'looks', listing: null, memo })
}

/** @returns what the registry's listing leaves for the next one */
async function listEverything(job: DiscoverJob, start: RunCursor, looks: Looks): Promise<string | null> {
  const tell = progressOf(job)
  if (start.phase === 'contents') {
    const { isComplete, memo } = await fromAnew(job, start, (from) =>
      listContents(job, from, (count) => tell.tags('everything', count)),
    )
    if (isComplete) await dropUnseenRepositories(job, start.listingBegan)
    return memo
  }
  const listed =
    start.phase === 'repositories' ? await fromAnew(job, start, (from) => listRepositories(job, from)) : start
  const { db, clock, orgId, connectionId, runId } = job
  const staleBefore = new Date(clock.now() - WHOLE_EVERY)
  const wanted = { orgId, connectionId, runId, complete: listed.complete, staleBefore }
  tell.total(await countListable(db.lane('bulk'), wanted))
  await listAllTags(job, {
    wanted,
    onTags: (repository, count) => tell.tags(repository.path, count),
    onListed: (repository) => {
      tell.listed(repository.path)
      looks.wake(repository.id)
    },
  })
  return null
}

/** A place that the registry no longer knows (its page tokens end) is not the end: the listing begins anew. */
async function fromAnew<T>(
  job: DiscoverJob,
  start: RunCursor,
  run: (from: RunCursor) => Promise<T>,
): Promise<T> {
  try {
    return await run(start)
  } catch (error) {
    const isPlaceGone = isAppError(error) && (error.kind === 'invalid' || error.kind === 'not-found')
    if (!isPlaceGone || start.listing === null || job.cursor === null) throw error
    return run({ ...start, listing: null })
  }
}

async function listRepositories(job: DiscoverJob, start: RunCursor): Promise<RunCursor> {
  const { db, clock, orgId, connectionId, connector, signal } = job
  let cursor = start
  let found = 0
  for await (const page of connector.repositories({ cursor: start.listing ?? undefined, signal })) {
    signal?.throwIfAborted()
    const repositories = page.repositories.map(({ name, revision }) => ({
      ...placeOf(connector, name),
      revision,
    }))
    const now = new Date(Math.max(clock.now(), start.listingBegan))
    await inTransaction(db, 'bulk', (tx) => saveRepositories(tx, { orgId, connectionId, repositories, now }))
    found += repositories.length
    job.onProgress?.({ done: 0, total: null, detail: `${found} repositories found` })
    cursor = { ...cursor, listing: page.nextCursor }
    if (page.nextCursor !== null) await job.save(cursor)
  }
  await dropUnseenRepositories(job, start.listingBegan)
  const listed: RunCursor = { ...cursor, phase: 'tags', listing: null }
  await job.save(listed)
  return listed
}

function progressOf({ onProgress }: DiscoverJob) {
  let total: number | null = null
  let done = 0
  let tags = 0
  const report = (detail: string): void => onProgress?.({ done, total, detail })
  return {
    total(count: number): void {
      total = count
    },
    tags(place: string, count: number): void {
      tags += count
      report(`${place}: ${tags} tags so far`)
    },
    listed(path: string): void {
      done += 1
      report(path)
    },
  }
}

/** Repositories where nothing changed are told of too: scans that failed for a passing cause are tried again. */
async function tellOthers(job: DiscoverJob, handled: ReadonlySet<number>): Promise<void> {
  const { db, orgId, connectionId, onRepositories, signal } = job
  for (let after = 0; ; ) {
    signal?.throwIfAborted()
    const ids = await repositoriesAfter(db.lane('bulk'), orgId, connectionId, after, TOLD_AT_ONCE)
    const others = ids.filter((id) => !handled.has(id))
    if (others.length > 0) await onRepositories?.(others)
    const last = ids.at(-1)
    if (last === undefined) return
    after = last
  }
}

async function resultOf(
  { db, orgId, connectionId, wish }: DiscoverJob,
  { complete }: RunCursor,
  limited: AppError | null,
): Promise<DiscoverResult> {
  const bulk = db.lane('bulk')
  const failures = await failuresOf(bulk, orgId, connectionId)
  const found = {
    repositories: await countRepositories(bulk, orgId, connectionId),
    tags: wish.all ? await countTags(bulk, orgId, connectionId) : 0,
  }
  return {
    found: wish.all ? found : null,
    incompleteBecause: because(failures, limited),
    complete,
    limited,
  }
}

function because(
  { repositories, failed, first, waiting }: Failures,
  limited: AppError | null,
): string | null {
  const reasons: string[] = []
  if (failed > 0) {
    reasons.push(
      `${failed} of ${repositories} repositories could not be read whole. The first: ${first ?? ''}`,
    )
  }
  if (limited !== null && waiting > 0) {
    reasons.push(
      `Images of ${waiting} of ${repositories} repositories wait to be looked into. ${limited.publicMessage}`,
    )
  }
  return reasons.length === 0 ? null : reasons.join(' ')
}
