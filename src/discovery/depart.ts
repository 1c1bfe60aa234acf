import { inTransaction } from '../platform/db/index.ts'
import { dropTags, lockGone, noteGone, unlink, unseenRepositories } from './departures/store.ts'
import type { DiscoverJob } from './job.ts'
import { dropUntagged } from './looks/store.ts'
import type { Db } from './store.ts'

/** Of one transaction: the embedded database has but one connection. */
const REPOSITORIES_AT_ONCE = 10
const TAGS_AT_ONCE = 2_000
const IMAGES_AT_ONCE = 500

/** After a whole listing: what it did not name has gone. */
export async function dropUnseenRepositories(job: DiscoverJob, began: number): Promise<void> {
  const { db, connectionId, signal } = job
  for (;;) {
    signal?.throwIfAborted()
    const unseen = await unseenRepositories(
      db.lane('bulk'),
      connectionId,
      new Date(began),
      REPOSITORIES_AT_ONCE,
    )
    if (unseen.length === 0) return
    await dropRepositories(job, unseen)
  }
}

/**
 * A connection no longer sees these few; what no connection sees any more has gone, with its images and tags, of which the history
 * stays. In many small steps, the last of which is that the connection forgets them: whoever is killed before is followed by another
 * who does all of it again, and a repository that comes back in between is as it would be after the last.
 */
export async function dropRepositories(job: DiscoverJob, repositories: readonly number[]): Promise<void> {
  const { db, clock, connectionId, onRepositories } = job
  const now = new Date(clock.now())
  const gone = await inTransaction(db, 'bulk', (tx) => noteGone(tx, { connectionId, repositories, now }))
  for (const id of gone) await dropContent(job, id, now)
  await inTransaction(db, 'bulk', (tx) => unlink(tx, { connectionId, repositories }))
  if (gone.length > 0) await onRepositories?.(gone)
}

/** Tags first: an image that a tag names would not be looked for when the same tag comes back. */
async function dropContent(job: DiscoverJob, repositoryId: number, now: Date): Promise<void> {
  let dropped: number
  do {
    dropped = 0
    await whileGone(job, repositoryId, async (tx) => {
      dropped = await dropTags(tx, repositoryId, now, TAGS_AT_ONCE)
    })
  } while (dropped > 0)
  for (let after: Uint8Array | null = new Uint8Array(); after !== null; ) {
    const from: Uint8Array = after
    after = null
    await whileGone(job, repositoryId, async (tx) => {
      after = await dropUntagged(tx, repositoryId, now, from, IMAGES_AT_ONCE)
    })
  }
}

async function whileGone(
  { db }: DiscoverJob,
  repositoryId: number,
  change: (tx: Db) => Promise<void>,
): Promise<void> {
  await inTransaction(db, 'bulk', async (tx) => {
    if (await lockGone(tx, repositoryId)) await change(tx)
  })
}
