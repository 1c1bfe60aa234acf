import { beforeAll, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../core/index.ts'
import { createIndexer } from '../../indexing/index.ts'
import type { Database } from '../../platform/db/index.ts'
import { eachDatabase } from '../../test-support/databases/index.ts'
import { digestOfText, emptyDatabase, rowsOf } from '../../test-support/domain/index.ts'
import { buildImage, memorySource } from '../../test-support/image-builder/index.ts'
import { createOrganisationLayerAccess, createSqlLayerStore } from '../sql.ts'
import { createLayerLeases } from './store.ts'

const image = buildImage({
  layers: [{ files: { a: 'one' } }, { files: { b: 'two' } }, { files: { c: 'three' } }],
})
const layers = image.layers.map(({ digest, bytes, diffId }) => ({
  blob: { digest, size: bytes.length },
  diffId,
}))
const blob = digestOfText('layer')
const quick = { lookMs: 5 }
const never = new AbortController().signal

eachDatabase((name, open) => {
  let db: Database
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(() => emptyDatabase(db))

  it('a layer that another worker has is waited for, and its release ends the wait', async () => {
    const [one, two] = [1, 2].map(() => createLayerLeases(db, systemClock, 'org', quick))
    const first = await one?.(blob, never)
    expect(first?.waited).toBe(false)
    let taken = false
    const second = two?.(blob, never).then((lease) => {
      taken = true
      return lease
    })
    await one?.(digestOfText('another layer'), never)
    expect(taken).toBe(false)
    await first?.release()
    expect((await second)?.waited).toBe(true)
  })

  it('organisations do not wait for each other', async () => {
    await createLayerLeases(db, systemClock, 'one', quick)(blob, never)
    expect((await createLayerLeases(db, systemClock, 'two', quick)(blob, never)).waited).toBe(false)
  })

  it('a worker that has died loses it, and does not take it from its heir', async () => {
    const dead = await createLayerLeases(db, systemClock, 'org', { ...quick, leaseMs: 2 ** 30 })(blob, never)
    await db.execute(`update layer_lease set until = now() - interval '1 second'`)
    expect((await createLayerLeases(db, systemClock, 'org', quick)(blob, never)).waited).toBe(false)
    await dead.release()
    expect(await rowsOf(db, 'select 1 from layer_lease')).toHaveLength(1)
  })

  it('the holder renews it', async () => {
    const lease = await createLayerLeases(db, systemClock, 'org', { leaseMs: 90 })(blob, never)
    const until = async (): Promise<unknown> => (await rowsOf(db, 'select until::text from layer_lease'))[0]
    const before = await until()
    await expect.poll(until).not.toEqual(before)
    await lease.release()
    expect(await rowsOf(db, 'select 1 from layer_lease')).toEqual([])
  })

  it('waiting can be cancelled', async () => {
    const leases = createLayerLeases(db, systemClock, 'org', quick)
    await leases(blob, never)
    const cancelled = new AbortController()
    const waiting = leases(blob, cancelled.signal)
    cancelled.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })

  it.skipIf(name === 'embedded')('of several servers one reads each layer, once', async () => {
    const source = memorySource({ image })
    const server = () => {
      const indexer = createIndexer({ plugins: [], store: createSqlLayerStore(db) })
      const access = createOrganisationLayerAccess(db, systemClock, 'org', quick)
      return indexer.index({ source, layers, access })
    }
    const inventories = await Promise.all(Array.from({ length: 6 }, server))
    expect([...source.opened].sort()).toEqual(layers.map((layer) => layer.blob.digest).sort())
    expect(inventories).toEqual(inventories.map(() => inventories[0]))
    expect(await rowsOf(db, 'select 1 from layer_lease')).toEqual([])
  })
})
