import {
  type Clock,
  digestBytes,
  digestOfBytes,
  isAppError,
  toAppError,
  type AppError,
} from '../core/index.ts'
import { DEFAULT_SELECTION, type SelectionPolicy } from '../connections/index.ts'
import { type Database, inTransaction } from '../platform/db/index.ts'
import { type ListedTag, mapBounded, type RegistryConnector } from '../registries/index.ts'
import { classify } from './classify.ts'
import { type Classified, copyKnown, saveClassified, unknownImages } from './images/store.ts'
import { chooseEngine, choosePlatforms, platformNames } from './platforms/store.ts'
import { arrange, chosenPlatforms, type ConnectionPolicy, engineOf } from './selection.ts'
import { type Db, lockRepository, type RepositoryRow } from './store.ts'
import {
  dropUnseenTags,
  policiesOf,
  type PolicyRow,
  type SeenTag,
  saveArrangement,
  saveTags,
  tagsOfRepository,
} from './tags/store.ts'

/** Requests at once within a repository. */
const REQUESTS = 6
/** Images looked into between two writes. */
const LOOKS = 60

export interface RepositoryJob {
  readonly db: Database
  readonly clock: Clock
  readonly orgId: string
  readonly connector: RegistryConnector
  readonly repository: RepositoryRow
  readonly signal: AbortSignal | undefined
  /** A page of tags was recorded. */
  readonly onTags: (count: number) => void
}

/**
 * Looks at one repository: its tags, what is new among their images, lifecycle, selection. Tags leave only after the whole
 * list was read.
 *
 * @returns what could not be looked into, though the rest is recorded
 * @throws AppError of the registry when the tags cannot be listed
 */
export async function discoverRepository(job: RepositoryJob): Promise<AppError | undefined> {
  const began = new Date(job.clock.now())
  for await (const page of job.connector.tags(job.repository.path, { signal: job.signal })) {
    const tags = await mapBounded(page.tags, REQUESTS, (tag) => seenTag(job, tag))
    const seen = tags.filter((tag) => tag !== undefined)
    await locked(job, (tx) =>
      saveTags(tx, {
        orgId: job.orgId,
        repositoryId: job.repository.id,
        tags: seen,
        now: new Date(job.clock.now()),
      }),
    )
    job.onTags(seen.length)
  }
  await locked(job, async (tx) => {
    await dropUnseenTags(tx, job.repository.id, began, new Date(job.clock.now()))
    await copyKnown(tx, job.orgId, job.repository.id)
  })
  const failure = await lookIntoUnknown(job)
  await arrangeRepository(job)
  return failure
}

/** Changes of one repository happen one after the other; of one that has gone meanwhile, not at all. */
async function locked(
  job: Pick<RepositoryJob, 'db' | 'orgId' | 'repository'>,
  change: (tx: Db) => Promise<void>,
): Promise<void> {
  await inTransaction(job.db, 'bulk', async (tx) => {
    if (await lockRepository(tx, job.orgId, job.repository.id)) await change(tx)
  })
}

async function seenTag(job: RepositoryJob, tag: ListedTag): Promise<SeenTag | undefined> {
  const pushedAt = tag.pushedAt === null ? null : new Date(tag.pushedAt)
  if (tag.digest !== null) {
    return { name: tag.name, digest: digestBytes(tag.digest), pushedAt, mediaType: tag.mediaType }
  }
  try {
    const { digest, mediaType } = await job.connector.resolve(job.repository.path, tag.name, job.signal)
    return {
      name: tag.name,
      digest: digestBytes(digest),
      pushedAt,
      mediaType: mediaType === '' ? null : mediaType,
    }
  } catch (error) {
    // The tag left since it was listed.
    if (isAppError(error) && error.kind === 'not-found') return undefined
    throw error
  }
}

async function lookIntoUnknown(job: RepositoryJob): Promise<AppError | undefined> {
  const source = job.connector.source(job.repository.path)
  let firstFailure: AppError | undefined
  let after = 0
  for (;;) {
    const unknown = await unknownImages(job.db.lane('bulk'), job.repository.id, after, LOOKS)
    const last = unknown.at(-1)
    if (last === undefined) return firstFailure
    after = last.id
    const looked = await mapBounded(unknown, REQUESTS, async ({ id, digest }) => {
      try {
        return { id, ...(await classify(source, digestOfBytes(digest), job.signal)) }
      } catch (error) {
        const failure = toAppError(error)
        if (endsDiscovery(failure)) throw failure
        firstFailure ??= failure
        return undefined
      }
    })
    const classified: Classified[] = looked.filter((each) => each !== undefined)
    await locked(job, (tx) => saveClassified(tx, job.orgId, classified))
  }
}

/** Whether going on with other images or repositories is of no use. */
export function endsDiscovery(error: AppError): boolean {
  return ['auth', 'rate-limited', 'cancelled', 'bug'].includes(error.kind)
}

/** Lifecycle, selection, platforms and engine anew, from what is recorded: after tags changed, or a policy. */
export async function arrangeRepository(
  job: Pick<RepositoryJob, 'db' | 'orgId' | 'repository'>,
): Promise<void> {
  await locked(job, async (tx) => {
    const rows = await tagsOfRepository(tx, job.repository.id)
    const policies = (await policiesOf(tx, job.repository.id)).map(toPolicy)
    const tags = rows.map((row) => ({
      name: row.name,
      imageId: row.image_id,
      kind: row.kind,
      pushedAt: row.pushed_at?.getTime() ?? null,
      builtAt: row.built_at?.getTime() ?? null,
    }))
    const now = new Map(rows.map((row) => [row.image_id, row]))
    const changed = [...arrange(job.repository.path, tags, policies)]
      .map(([id, wanted]) => ({ id, ...wanted }))
      .filter((image) => {
        const row = now.get(image.id)
        return row?.lifecycle !== image.lifecycle || row.selected !== image.selected
      })
    await saveArrangement(tx, job.repository.id, changed)
    const { id, path } = job.repository
    await choosePlatforms(tx, id, chosenPlatforms(path, policies, await platformNames(tx, id)))
    await chooseEngine(tx, job.orgId, id, engineOf(path, policies))
  })
}

function toPolicy({ selection, engine }: PolicyRow): ConnectionPolicy {
  return { ...DEFAULT_SELECTION, ...(selection as Partial<SelectionPolicy>), engine }
}
