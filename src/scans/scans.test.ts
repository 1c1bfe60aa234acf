import { createHash } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AppError, type ErrorKind } from '../core/index.ts'
import { repositoriesAfter } from '../discovery/index.ts'
import type { Database } from '../platform/db/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { addConnection, emptyDatabase, ManualClock, rowsOf } from '../test-support/domain/index.ts'
import { createScanQueue, createScanService, enqueueRepositories, type ScanQueue } from './index.ts'

const failure = (kind: ErrorKind, retryAt?: number): AppError =>
  new AppError({
    code: `test-${kind}`,
    kind,
    publicMessage: `It was ${kind}.`,
    ...(retryAt === undefined ? {} : { retryAt }),
  })

/** An organisation with one repository of `count` selected images; equal names are equal digests. */
async function addImages(db: Database, orgId: string, names: readonly string[], path = 'acme/api') {
  const connectionId = await addConnection(db, orgId)
  const [repository] = await rowsOf<{ id: number }>(
    db,
    `insert into repository (org_id, host, path) values ($1, 'registry.test', $2)
     on conflict (org_id, host, path) do update set gone_at = null returning id`,
    [orgId, path],
  )
  const repositoryId = repository?.id ?? 0
  await db.execute('insert into connection_repository (connection_id, repository_id) values ($1, $2)', [
    connectionId,
    repositoryId,
  ])
  const images: number[] = []
  for (const name of names) {
    const digest = createHash('sha256').update(name).digest()
    const [image] = await rowsOf<{ id: number }>(
      db,
      `insert into image (org_id, repository_id, digest, kind, selected) values ($1, $2, $3, 'image', true) returning id`,
      [orgId, repositoryId, digest],
    )
    images.push(image?.id ?? 0)
    await db.execute(
      `insert into image_platform (image_id, manifest_digest, platform) values ($1, $2, 'linux/amd64')`,
      [image?.id, digest],
    )
  }
  return { connectionId, repositoryId, images }
}

async function addInventory(db: Database): Promise<number> {
  const [row] = await rowsOf<{ id: number }>(
    db,
    `insert into inventory (manifest_digest, indexer_key, set_ids, layers, attribution)
     values ($1, 'test', '{}', '[]', '[]') returning id`,
    [createHash('sha256').update(String(performance.now())).digest()],
  )
  return row?.id ?? 0
}

const statuses = async (db: Database): Promise<string[]> =>
  (await rowsOf<{ scan_status: string }>(db, 'select scan_status from image order by id')).map(
    (row) => row.scan_status,
  )

eachDatabase((name, open) => {
  let db: Database
  let clock: ManualClock
  let queue: ScanQueue

  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    clock = new ManualClock()
    queue = createScanQueue({ db, clock })
  })
  const schedule = (
    orgId: string,
    added: { connectionId: string; repositoryId: number },
    userPriority = false,
  ) =>
    enqueueRepositories(
      { db, clock },
      { orgId, connectionId: added.connectionId, repositories: [added.repositoryId], userPriority },
    )

  it('goes from pending to completed, and is not done again', async () => {
    const added = await addImages(db, 'one', ['a', 'b'])
    expect(await schedule('one', added)).toBe(2)
    expect(await schedule('one', added)).toBe(0)
    expect(await statuses(db)).toEqual(['Pending', 'Pending'])
    const [scan, other] = await queue.claim('worker', 5)
    if (scan === undefined || other === undefined) throw new Error('two scans wait')
    expect(scan).toMatchObject({ orgId: 'one', repository: 'acme/api', platform: 'linux/amd64', attempt: 1 })
    expect(await statuses(db)).toEqual(['Scanning', 'Scanning'])
    expect(await queue.claim('worker', 5)).toEqual([])
    const result = { inventoryId: await addInventory(db), sizeBytes: 123, platform: 'linux/amd64' }
    expect(await queue.complete(scan, result)).toBe(true)
    expect(await queue.complete(scan, result)).toBe(false)
    expect((await statuses(db)).sort()).toEqual(['Completed', 'Scanning'])
    expect(await schedule('one', added)).toBe(0)
    expect(await rowsOf(db, 'select inventory_id, size from image_platform order by inventory_id')).toEqual([
      { inventory_id: result.inventoryId, size: 123 },
      { inventory_id: null, size: null },
    ])
    expect(await rowsOf(db, 'select postings_due from repository')).toEqual([{ postings_due: true }])
  })

  it('scans a digest once for all repositories of an organisation, and for each organisation on its own', async () => {
    const first = await addImages(db, 'one', ['a'])
    const second = await addImages(db, 'one', ['a'], 'acme/copy')
    const foreign = await addImages(db, 'two', ['a'])
    await schedule('one', first)
    expect(await schedule('one', second)).toBe(0)
    expect(await schedule('two', foreign)).toBe(1)
    const claimed = await queue.claim('worker', 5)
    expect(claimed.map((scan) => scan.orgId).sort()).toEqual(['one', 'two'])
    const mine = claimed.find((scan) => scan.orgId === 'one')
    const inventoryId = await addInventory(db)
    if (mine !== undefined) await queue.complete(mine, { inventoryId, sizeBytes: null, platform: null })
    expect(await statuses(db)).toEqual(['Completed', 'Completed', 'Scanning'])
    expect(await rowsOf(db, 'select inventory_id from image_platform order by image_id')).toEqual([
      { inventory_id: inventoryId },
      { inventory_id: inventoryId },
      { inventory_id: null },
    ])
  })

  it('scans again, once, where the inventory of a completed scan did not reach an image', async () => {
    await schedule('one', await addImages(db, 'one', ['a']))
    const complete = async (): Promise<void> => {
      const [scan] = await queue.claim('worker', 1)
      if (scan === undefined) throw new Error('a scan waits')
      await queue.complete(scan, { inventoryId: await addInventory(db), sizeBytes: null, platform: null })
    }
    await complete()
    // A discovery recorded it while the scan completed: neither saw the other's rows.
    const copy = await addImages(db, 'one', ['a'], 'acme/copy')
    expect(await schedule('one', copy)).toBe(1)
    expect(await schedule('one', copy)).toBe(0)
    await complete()
    expect(await schedule('one', copy)).toBe(0)
    expect(await statuses(db)).toEqual(['Completed', 'Completed'])
    expect(await rowsOf(db, 'select from image_platform where inventory_id is null')).toEqual([])
  })

  it('shows what was scanned and has no inventory any more as not scanned, selected or not', async () => {
    const added = await addImages(db, 'one', ['a', 'b'])
    await schedule('one', added)
    for (const scan of await queue.claim('worker', 2)) {
      await queue.complete(scan, { inventoryId: await addInventory(db), sizeBytes: null, platform: null })
    }
    await db.execute('update image_platform set inventory_id = null')
    await db.execute('update image set scan_status = null')
    await db.execute('update image set selected = false where id = $1', [added.images[1]])
    expect(await schedule('one', added)).toBe(1)
    expect(await statuses(db)).toEqual(['Pending', 'Pending'])
  })

  it('does the work of people first, and takes turns between organisations', async () => {
    const big = await addImages(
      db,
      'big',
      Array.from({ length: 6 }, (_, index) => `big ${index}`),
    )
    const small = await addImages(db, 'small', ['small 0', 'small 1'])
    await schedule('big', big)
    await schedule('small', small)
    const service = createScanService({ db, clock, repositoriesAfter })
    await service.requestImage('big', big.images[5] ?? 0)
    const turns = (await queue.claim('worker', 5)).map((scan) => [scan.orgId, scan.userPriority])
    expect(turns[0]).toEqual(['big', true])
    expect(turns.slice(1).filter(([org]) => org === 'small')).toHaveLength(2)
  })

  it.each([
    'temporary',
    'rate-limited',
  ] as const)('tries again after a %s failure, five times in all', async (kind) => {
    await schedule('one', await addImages(db, 'one', ['a']))
    const outcomes: string[] = []
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const [scan] = await queue.claim('worker', 1)
      if (scan === undefined) throw new Error(`attempt ${attempt} does not wait`)
      outcomes.push(await queue.fail(scan, failure(kind, clock.now() + 1_000_000)))
      expect(await queue.claim('worker', 1)).toEqual([])
      clock.advance(1_000_001)
    }
    expect(outcomes).toEqual(['retry', 'retry', 'retry', 'retry', 'failed'])
    expect(await statuses(db)).toEqual(['Failed'])
  })

  it.each([
    'auth',
    'denied',
    'not-found',
    'invalid',
    'unsupported',
    'bug',
  ] as const)('fails at once when the cause is %s, with the reason', async (kind) => {
    const added = await addImages(db, 'one', ['a'])
    await schedule('one', added)
    const [scan] = await queue.claim('worker', 1)
    if (scan === undefined) throw new Error('a scan waits')
    expect(await queue.fail(scan, failure(kind))).toBe('failed')
    const { items } = await createScanService({ db, clock, repositoriesAfter }).list('one', {
      limit: 5,
      state: 'failed',
    })
    expect(items[0]).toMatchObject({
      state: 'failed',
      reason: {
        code: `test-${kind}`,
        message: `${kind === 'unsupported' ? 'unsupported: ' : ''}It was ${kind}.`,
      },
    })
    const passing = ['auth', 'denied', 'not-found'].includes(kind) ? 1 : 0
    expect(await schedule('one', added)).toBe(passing)
    expect(await schedule('one', added, true)).toBe(1)
  })

  it('gives the scan of a dead worker to another, and does not believe the dead', async () => {
    await schedule('one', await addImages(db, 'one', ['a']))
    const [dead] = await queue.claim('dead', 1)
    if (dead === undefined) throw new Error('a scan waits')
    clock.advance(50_000)
    expect(await queue.heartbeat(dead)).toBe(true)
    clock.advance(50_000)
    expect(await queue.expireLeases()).toBe(0)
    clock.advance(50_000)
    expect(await queue.expireLeases()).toBe(1)
    expect(await statuses(db)).toEqual(['Pending'])
    const [alive] = await queue.claim('alive', 1)
    expect(alive).toMatchObject({ id: dead.id, attempt: 2 })
    const result = { inventoryId: await addInventory(db), sizeBytes: null, platform: null }
    expect(await queue.heartbeat(dead)).toBe(false)
    expect(await queue.complete(dead, result)).toBe(false)
    expect(await queue.fail(dead, failure('invalid'))).toBe('lost')
    expect(await queue.release(dead)).toBe(false)
    if (alive !== undefined) expect(await queue.complete(alive, result)).toBe(true)
  })

  it('gives up a scan whose workers all die', async () => {
    await schedule('one', await addImages(db, 'one', ['a']))
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(await queue.claim('worker', 1)).toHaveLength(1)
      await queue.expireLeases('everyone')
    }
    expect(await queue.claim('worker', 1)).toEqual([])
    expect(await statuses(db)).toEqual(['Failed'])
  })

  it('hands work back unharmed', async () => {
    await schedule('one', await addImages(db, 'one', ['a']))
    for (let times = 0; times < 7; times += 1) {
      const [scan] = await queue.claim('worker', 1)
      expect(scan).toMatchObject({ attempt: 1 })
      if (scan !== undefined) await queue.release(scan)
    }
  })

  it('scans again what was pushed again, what a person asks for, and what failed and is retried', async () => {
    const added = await addImages(db, 'one', ['a'])
    const service = createScanService({ db, clock, repositoriesAfter })
    await db.execute('update image set pushed_at = $1', [new Date(clock.now() - 5_000)])
    const done = async (): Promise<string> => {
      const [scan] = await queue.claim('worker', 1)
      if (scan === undefined) throw new Error('a scan waits')
      await queue.complete(scan, { inventoryId: await addInventory(db), sizeBytes: null, platform: null })
      return scan.id
    }
    await schedule('one', added)
    const completed = await done()
    expect(await schedule('one', added)).toBe(0)
    await db.execute('update image set pushed_at = $1', [new Date(clock.now())])
    expect(await schedule('one', added)).toBe(1)
    await done()
    expect(await schedule('one', added)).toBe(0)
    expect(await service.requestConnection('one', added.connectionId)).toMatchObject({
      accepted: false,
      queued: 0,
    })
    expect(await service.requestImage('one', added.images[0] ?? 0)).toMatchObject({
      accepted: true,
      queued: 1,
    })
    const [scan] = await queue.claim('worker', 1)
    if (scan === undefined) throw new Error('a scan waits')
    await queue.fail(scan, failure('invalid'))
    await expect(service.retry('one', completed)).rejects.toThrow('only one that failed')
    expect(await service.retry('one', scan.id)).toMatchObject({ queued: 1 })
    await done()
    expect(await statuses(db)).toEqual(['Completed'])
  })

  it('shows an image of several platforms by the one that is least done', async () => {
    const added = await addImages(db, 'one', ['a'])
    const other = createHash('sha256').update('arm').digest()
    await db.execute(
      `insert into image_platform (image_id, manifest_digest, platform) values ($1, $2, 'linux/arm64')`,
      [added.images[0], other],
    )
    await schedule('one', added)
    const [first, second] = await queue.claim('worker', 2)
    if (first === undefined || second === undefined) throw new Error('two scans wait')
    await queue.complete(first, { inventoryId: await addInventory(db), sizeBytes: null, platform: null })
    expect(await statuses(db)).toEqual(['Scanning'])
    await queue.fail(second, failure('invalid'))
    expect(await statuses(db)).toEqual(['Failed'])
  })

  it('completes each scan once, however many workers race', async () => {
    const names = Array.from({ length: 24 }, (_, index) => `image ${index}`)
    await schedule('one', await addImages(db, 'one', names))
    const inventoryId = await addInventory(db)
    const completed: string[] = []
    const work = async (worker: string): Promise<void> => {
      for (;;) {
        const scans = await queue.claim(worker, 3)
        if (scans.length === 0) return
        for (const scan of scans) {
          if (await queue.complete(scan, { inventoryId, sizeBytes: null, platform: null }))
            completed.push(scan.id)
        }
      }
    }
    await Promise.all(['a', 'b', 'c', 'd'].map(work))
    expect(completed).toHaveLength(24)
    expect(new Set(completed).size).toBe(24)
  })

  describe('two organisations', () => {
    it('neither see, retry nor request each other’s scans', async () => {
      const added = await addImages(db, 'one', ['a'])
      await schedule('one', added)
      const [scan] = await queue.claim('worker', 1)
      if (scan === undefined) throw new Error('a scan waits')
      await queue.fail(scan, failure('invalid'))
      const service = createScanService({ db, clock, repositoriesAfter })
      expect(await service.list('two', { limit: 5 })).toMatchObject({ items: [], total: '0' })
      expect(await service.list('two', { limit: 5, connection: added.connectionId })).toMatchObject({
        items: [],
      })
      await expect(service.retry('two', scan.id)).rejects.toThrow('no such scan')
      await expect(service.retry('one', 'x')).rejects.toThrow('no such scan')
      await expect(service.requestImage('two', added.images[0] ?? 0)).rejects.toThrow('no such image')
      expect(await service.requestConnection('two', added.connectionId)).toMatchObject({ queued: 0 })
    })
  })

  it(`pages through scans, newest first (${name})`, async () => {
    const names = Array.from({ length: 5 }, (_, index) => `image ${index}`)
    await schedule('one', await addImages(db, 'one', names))
    const service = createScanService({ db, clock, repositoriesAfter })
    const first = await service.list('one', { limit: 3 })
    const second = await service.list('one', { limit: 3, cursor: first.nextCursor ?? undefined })
    const ids = [...first.items, ...second.items].map((scan) => Number(scan.id))
    expect(ids).toEqual(ids.toSorted((left, right) => right - left))
    expect(ids).toHaveLength(5)
    expect(second.nextCursor).toBeNull()
    expect(first.total).toBe('5')
  })
})
