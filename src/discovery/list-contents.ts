import { inTransaction } from '../platform/db/index.ts'
import { type ContentPage, placeOf } from '../registries/index.ts'
import type { DiscoverJob } from './job.ts'
import { endContents } from './listings/store.ts'
import { dropUnseen, recordTags, seenTags } from './record.ts'
import type { RunCursor } from './runs/store.ts'
import { type RepositoryRow, saveRepositories } from './store.ts'
import { repositoriesWithUnseenTags, type SeenTag } from './tags/store.ts'

/**
 * Records everything in one listing, page by page. What a complete one did not name has gone; a partial one speaks only of what it
 * named.
 *
 * @returns whether it was complete, and what it leaves for the next one
 */
export async function listContents(
  job: DiscoverJob,
  start: RunCursor,
  onPage: (tags: number) => void,
): Promise<{ readonly isComplete: boolean; readonly memo: string | null }> {
  const { db, connector, connectionId, signal } = job
  const began = start.listingBegan
  const { listing, since } = start
  let partial = false
  let memo: string | null = null
  let cursor = start
  const options = {
    cursor: listing ?? undefined,
    since: since ?? undefined,
    memo: start.memo ?? undefined,
    signal,
  }
  for await (const page of connector.contents?.(options) ?? []) {
    signal?.throwIfAborted()
    partial = page.partial === true
    memo = page.memo ?? null
    const tags = await pageOfTags(job, page, began)
    await recordTags(job, { tags, began })
    onPage(tags.length)
    if (page.nextCursor !== null) {
      cursor = { ...cursor, listing: page.nextCursor }
      await job.save(cursor)
    }
  }
  if (!partial) {
    const bulk = db.lane('bulk')
    for (const id of await repositoriesWithUnseenTags(bulk, connectionId, new Date(began))) {
      await dropUnseen(job, id, began)
    }
  }
  const ended = { began: new Date(began), whole: !partial }
  await inTransaction(db, 'bulk', (tx) => endContents(tx, connectionId, ended))
  return { isComplete: !partial, memo }
}

async function pageOfTags(job: DiscoverJob, page: ContentPage, began: number): Promise<SeenTag[]> {
  const { db, clock, orgId, connectionId, connector } = job
  const now = new Date(Math.max(clock.now(), began))
  const places = page.repositories.map(({ name, tags }) => ({ ...placeOf(connector, name), tags }))
  const repositories = places.map(({ host, path }) => ({ host, path, revision: null }))
  const saved: RepositoryRow[] = await inTransaction(db, 'bulk', (tx) =>
    saveRepositories(tx, { orgId, connectionId, repositories, now }),
  )
  const byPlace = new Map(saved.map((row) => [`${row.host}/${row.path}`, row]))
  const seen: SeenTag[] = []
  for (const { host, path, tags } of places) {
    const row = byPlace.get(`${host}/${path}`)
    if (row !== undefined) seen.push(...(await seenTags(job, row, tags)))
  }
  return seen
}
