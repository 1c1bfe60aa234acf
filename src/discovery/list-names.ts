import { isAppError, toAppError } from '../core/index.ts'
import { inTransaction } from '../platform/db/index.ts'
import { type ListedRepository, placeOf } from '../registries/index.ts'
import { dropRepositories } from './depart.ts'
import { type DiscoverJob, endsDiscovery, forEachBounded } from './job.ts'
import { listTags, noteEmpty, noteFailure, type TagListing } from './list-tags.ts'
import { findListable, type ListableRow } from './listings/store.ts'
import { isGone } from './record.ts'
import { hasTags, saveRepositories } from './store.ts'

const SIDE_BY_SIDE = 4

type OnTags = TagListing['onTags']

/**
 * Lists single repositories whole, as events named them. What is not there, or not yet known, is looked up in the registry's own
 * listing of repositories: what that names is the connection's, a repository that has left goes, and nothing else is created.
 */
export async function listNames(job: DiscoverJob, names: readonly string[], onTags: OnTags): Promise<void> {
  const doubtful = new Map<string, ListableRow | null>()
  await forEachBounded(each(names), SIDE_BY_SIDE, async (name) => {
    const { db, orgId, connectionId, connector, runId } = job
    const known = await findListable(db.lane('bulk'), orgId, connectionId, placeOf(connector, name))
    if (known === undefined) {
      if (await exists(job, name)) doubtful.set(name, null)
    } else if (!(await wasListed(job, known, runId, onTags))) doubtful.set(name, known)
  })
  if (doubtful.size === 0) return
  const listed = await findInListing(job, new Set(doubtful.keys()))
  for (const [name, known] of doubtful) {
    const there = listed.get(name)
    if (there !== undefined && known === null) await addRepository(job, there, onTags)
    else if (known !== null) await settleMissing(job, known, there !== undefined)
  }
}

async function* each(names: readonly string[]): AsyncGenerator<string> {
  yield* names
}

/** @returns false when the registry does not know the repository */
async function wasListed(
  job: DiscoverJob,
  known: ListableRow,
  runId: string,
  onTags: OnTags,
): Promise<boolean> {
  try {
    await listTags(job, known, { whole: true, onTags })
    return true
  } catch (error) {
    job.signal?.throwIfAborted()
    const failure = toAppError(error)
    if (endsDiscovery(failure)) throw failure
    if (isGone(failure)) return false
    await noteFailure({ ...job, runId }, { repository: known, error: failure })
    return true
  }
}

/** One page of its tags: whoever made the name up learns nothing, and nothing is kept of it. */
async function exists({ connector, signal }: DiscoverJob, name: string): Promise<boolean> {
  try {
    for await (const _page of connector.tags(name, { signal })) return true
    return false
  } catch (error) {
    signal?.throwIfAborted()
    if (isAppError(error) && !endsDiscovery(error) && error.kind !== 'temporary') return false
    throw error
  }
}

/** Those of the names that the registry's listing has, as it gives them; stops when all are found. */
async function findInListing(
  { connector, signal }: DiscoverJob,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ListedRepository>> {
  const found = new Map<string, ListedRepository>()
  for await (const page of connector.repositories({ signal })) {
    signal?.throwIfAborted()
    for (const repository of page.repositories) {
      if (names.has(repository.name)) found.set(repository.name, repository)
    }
    if (found.size === names.size) return found
  }
  return found
}

async function addRepository(job: DiscoverJob, listed: ListedRepository, onTags: OnTags): Promise<void> {
  const { db, clock, orgId, connectionId, connector, runId } = job
  const place = placeOf(connector, listed.name)
  const repositories = [{ ...place, revision: listed.revision }]
  const now = new Date(clock.now())
  await inTransaction(db, 'bulk', (tx) => saveRepositories(tx, { orgId, connectionId, repositories, now }))
  const added = await findListable(db.lane('bulk'), orgId, connectionId, place)
  if (added !== undefined && !(await wasListed(job, added, runId, onTags)))
    await settleMissing(job, added, true)
}

/** The registry does not know a repository: it has left, unless its own listing still names it. */
async function settleMissing(job: DiscoverJob, known: ListableRow, isListed: boolean): Promise<void> {
  if (!isListed) await dropRepositories(job, [known.id])
  else if (!(await hasTags(job.db.lane('bulk'), known.id))) await noteEmpty(job, known)
}
