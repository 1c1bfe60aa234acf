import { digestBytes, isAppError } from '../core/index.ts'
import { chunks, inTransaction } from '../platform/db/index.ts'
import { type ListedTag, mapBounded, nameAt } from '../registries/index.ts'
import type { DiscoverJob } from './job.ts'
import { listedKind } from './listed-kind.ts'
import { type Db, lockRepositories, type RepositoryRow } from './store.ts'
import { dropUnseenTags, type SeenTag, saveTags } from './tags/store.ts'

/** Tags that are resolved at once, where the listing does not say their digests. */
const REQUESTS = 6
/** Tags of one transaction: the embedded database has but one connection. */
const WRITTEN_AT_ONCE = 500
const DROPPED_AT_ONCE = 2_000

/** Changes of one repository happen one after the other; of one that has gone meanwhile, not at all. */
export async function locked(
  job: Pick<DiscoverJob, 'db' | 'orgId'>,
  repositoryId: number,
  change: (tx: Db) => Promise<void>,
): Promise<void> {
  await inTransaction(job.db, 'bulk', async (tx) => {
    if ((await lockRepositories(tx, job.orgId, [repositoryId])).has(repositoryId)) await change(tx)
  })
}

/** Tags of a repository as they are recorded; one that left since it was listed is not among them. */
export async function seenTags(
  job: DiscoverJob,
  repository: RepositoryRow,
  tags: readonly ListedTag[],
): Promise<SeenTag[]> {
  const seen = await mapBounded(tags, REQUESTS, (tag) => seenTag(job, repository, tag))
  return seen.filter((tag) => tag !== undefined)
}

async function seenTag(
  job: DiscoverJob,
  repository: RepositoryRow,
  tag: ListedTag,
): Promise<SeenTag | undefined> {
  const { name, mediaType, size, pushedAt } = tag
  const known = { repositoryId: repository.id, name, size, pushedAt: believable(pushedAt) }
  if (tag.digest !== null) {
    return { ...known, digest: digestBytes(tag.digest), mediaType, kind: listedKind(tag) }
  }
  try {
    const resolved = await job.connector.resolve(nameAt(job.connector, repository), name, job.signal)
    const type = resolved.mediaType === '' ? mediaType : resolved.mediaType
    return {
      ...known,
      digest: digestBytes(resolved.digest),
      mediaType: type,
      kind: listedKind({ name, mediaType: type }),
    }
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** Whether the registry says that a repository or tag is not there. Of a token server that is not there it says nothing. */
export function isGone(error: unknown): boolean {
  return isAppError(error) && (error.code === 'repository-not-found' || error.code === 'manifest-not-found')
}

const LAST_DATE = Date.UTC(9999, 11, 31)

function believable(pushedAt: number | null): Date | null {
  return pushedAt === null || !(pushedAt >= 0 && pushedAt <= LAST_DATE) ? null : new Date(pushedAt)
}

export interface Recording {
  readonly tags: readonly SeenTag[]
  /** When the listing began: nothing is marked as seen before that, whatever this server's clock says. */
  readonly began: number
  /** In the last transaction: where the listing stands now. */
  readonly keep?: (tx: Db) => Promise<void>
}

/** Records a page of tags, of one or several repositories. */
export async function recordTags(job: DiscoverJob, { tags, began, keep }: Recording): Promise<void> {
  const { db, clock, orgId, connectionId } = job
  const pieces = [...chunks(tags, WRITTEN_AT_ONCE)]
  for (const [index, piece] of (pieces.length === 0 ? [[]] : pieces).entries()) {
    await inTransaction(db, 'bulk', async (tx) => {
      const live = await lockRepositories(tx, orgId, [...new Set(piece.map((tag) => tag.repositoryId))])
      const now = new Date(Math.max(clock.now(), began))
      const kept = piece.filter((tag) => live.has(tag.repositoryId))
      await saveTags(tx, { orgId, connectionId, tags: kept, now })
      if (index >= pieces.length - 1) await keep?.(tx)
    })
  }
}

/** Tags that a whole listing did not name leave. */
export async function dropUnseen(job: DiscoverJob, repositoryId: number, began: number): Promise<void> {
  const now = new Date(Math.max(job.clock.now(), began))
  for (let after: string | null = ''; after !== null; ) {
    const from: string = after
    after = null
    await locked(job, repositoryId, async (tx) => {
      const unseen = { repositoryId, listingBegan: new Date(began), now }
      after = await dropUnseenTags(tx, unseen, from, DROPPED_AT_ONCE)
    })
  }
}
