import {
  AppError,
  COUNT_LIMIT,
  type Clock,
  decodeCursor,
  digestOfBytes,
  pageOf,
  totalText,
} from '../core/index.ts'
import { type Database, inTransaction } from '../platform/db/index.ts'
import type { ScanQuery, ScanService, ScansStarted, ScanView } from './ports.ts'
import {
  countScans,
  enqueueImage,
  enqueueSelected,
  findImage,
  findScan,
  listScans,
  manifestsWithoutStatus,
  repeatScan,
  type ScanRow,
} from './requests/store.ts'
import { type Db, refreshStatus } from './store.ts'

/** Repositories whose images are queued in one transaction. */
const CHUNK = 50

export interface ScanServiceOptions {
  readonly db: Database
  readonly clock: Clock
  /** Ids of the repositories that a connection sees: in order, those after `after`, at most `limit`. */
  readonly repositoriesAfter: (
    db: Db,
    orgId: string,
    connectionId: string,
    after: number,
    limit: number,
  ) => Promise<readonly number[]>
  /** Called after something was queued: wakes workers. */
  readonly wake?: () => void
  /** Learns which platforms an image has, before a person's scan of one that nobody has looked into. */
  readonly lookInto?: (image: {
    readonly orgId: string
    readonly connectionId: string
    readonly imageId: number
  }) => Promise<void>
}

/** Queues what is selected in some repositories: scheduled work, right after a discovery looked at them. */
export async function enqueueRepositories(
  { db, clock }: Pick<ScanServiceOptions, 'db' | 'clock'>,
  request: {
    readonly orgId: string
    readonly connectionId: string
    readonly repositories: readonly number[]
    readonly userPriority: boolean
  },
): Promise<number> {
  return inTransaction(db, 'bulk', async (tx) => {
    const manifests = await enqueueSelected(tx, { ...request, now: new Date(clock.now()) })
    const unsaid = await manifestsWithoutStatus(tx, request.orgId, request.repositories)
    await refreshStatus(tx, request.orgId, [...manifests, ...unsaid])
    return manifests.length
  })
}

export function createScanService(options: ScanServiceOptions): ScanService {
  const { db, clock, repositoriesAfter, wake = () => undefined } = options
  const queue = (orgId: string, put: (tx: Db) => Promise<Uint8Array[]>): Promise<number> =>
    inTransaction(db, 'bulk', async (tx) => {
      const manifests = await put(tx)
      await refreshStatus(tx, orgId, manifests)
      return manifests.length
    })

  return {
    async requestConnection(orgId, connectionId) {
      let after = 0
      let queued = 0
      for (;;) {
        const repositories = await repositoriesAfter(db.lane('page'), orgId, connectionId, after, CHUNK)
        if (repositories.length === 0) break
        const request = { orgId, connectionId, repositories, userPriority: true }
        queued += await enqueueRepositories({ db, clock }, request)
        after = repositories.at(-1) ?? after
      }
      return started(queued, wake, 'Every selected image has been scanned already.')
    },
    async requestImage(orgId, imageId) {
      const connectionId = await lookedInto(options, orgId, imageId)
      const queued = await queue(orgId, (tx) =>
        enqueueImage(tx, orgId, imageId, connectionId, new Date(clock.now())),
      )
      return started(
        queued,
        wake,
        'A scan of this image runs already, or the image has yet to be looked into.',
      )
    },
    async retry(orgId, scanId) {
      const scan = /^\d{1,18}$/.test(scanId) ? await findScan(db.lane('page'), orgId, scanId) : undefined
      if (scan === undefined) throw scanNotFound()
      if (scan.state !== 'failed' && scan.state !== 'cancelled') throw notFailed(scan.state)
      const connectionId = await connectionOf(db, orgId, scan.image_id)
      const queued = await queue(orgId, (tx) =>
        repeatScan(tx, orgId, scanId, connectionId, new Date(clock.now())),
      )
      return started(queued, wake, 'A scan of this image runs already.')
    },
    list: (orgId, query) => list(db, orgId, query),
  }
}

/** @returns the connection to pull by, when the image's platforms are known as far as they can be */
async function lookedInto(
  { db, lookInto }: ScanServiceOptions,
  orgId: string,
  imageId: number,
): Promise<string> {
  const connectionId = await connectionOf(db, orgId, imageId)
  await lookInto?.({ orgId, connectionId, imageId })
  return connectionOf(db, orgId, imageId)
}

async function connectionOf(db: Database, orgId: string, imageId: number): Promise<string> {
  const image = await findImage(db.lane('page'), orgId, imageId)
  if (image === undefined) {
    throw new AppError({
      code: 'image-not-found',
      kind: 'not-found',
      publicMessage: 'There is no such image.',
      remedy: 'It may have been deleted from its registry; look at the list of images.',
    })
  }
  if (image.kind !== 'image' && image.kind !== 'unknown') {
    throw new AppError({
      code: 'scan-not-an-image',
      kind: 'unsupported',
      publicMessage: `This is not a container image but a ${image.kind}; there is nothing to scan.`,
    })
  }
  if (image.connection_id !== null) return image.connection_id
  throw new AppError({
    code: 'scan-no-connection',
    kind: 'invalid',
    publicMessage: 'No enabled connection reaches the repository of this image.',
    remedy: 'Add or enable a connection to its registry, then discover images.',
  })
}

function started(queued: number, wake: () => void, nothing: string): ScansStarted {
  if (queued === 0) return { accepted: false, queued, message: nothing }
  wake()
  return {
    accepted: true,
    queued,
    message: queued === 1 ? '1 image was queued.' : `${queued} images were queued.`,
  }
}

async function list(db: Database, orgId: string, query: ScanQuery): ReturnType<ScanService['list']> {
  const before = decodeCursor(query.cursor, ['number'])?.[0]
  const filter = { connection: query.connection, state: query.state, before, limit: query.limit + 1 }
  const page = db.lane('page')
  const rows = await listScans(page, orgId, filter)
  const total = await countScans(page, orgId, filter, COUNT_LIMIT + 1)
  return pageOf(rows.map(toView), query.limit, (scan) => [Number(scan.id)], totalText(total))
}

function toView(row: ScanRow): ScanView {
  return {
    id: row.id,
    imageId: row.image_id,
    repository: row.repository,
    digest: digestOfBytes(row.manifest_digest),
    engine: row.engine,
    state: row.state,
    attempt: row.attempt,
    reason: row.reason,
    requestedAt: row.requested_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}

function scanNotFound(): AppError {
  return new AppError({
    code: 'scan-not-found',
    kind: 'not-found',
    publicMessage: 'There is no such scan.',
    remedy: 'Look at the list of scans.',
  })
}

function notFailed(state: string): AppError {
  return new AppError({
    code: 'scan-not-failed',
    kind: 'conflict',
    publicMessage: `The scan is ${state}; only one that failed can be tried again.`,
    remedy: 'To scan the image anew, use Scan Now on the image.',
  })
}
