import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/platform/db/index.ts'
import { scaled } from '../../src/test-support/scale.ts'
import { LoopDisk, loopDiskMissing } from './loop-disk.ts'
import { reopened, Writing } from './writing.ts'

const CUTS = scaled(2, 15)
const missing = loopDiskMissing()

describe.skipIf(missing !== null)(`power loss${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let disk: LoopDisk | undefined
  afterEach(() => disk?.remove())

  it(
    `loses nothing that was confirmed, from the first start on, in ${CUTS} power cuts`,
    async () => {
      disk = new LoopDisk(512)
      const dataDir = join(disk.folder, 'data')
      const confirmed = new Set<number>()
      let next = 1
      for (let round = 0; round < CUTS; round += 1) {
        const writing = new Writing(dataDir, next)
        await writing.begun
        await wait(1_500)
        disk.cutPower()
        await writing.kill()
        for (const batch of writing.confirmed) confirmed.add(batch)
        disk.restart()
        const found = await reopened(dataDir)
        expect([...confirmed].filter((batch) => !found.batches.has(batch))).toEqual([])
        expect(found.partial).toEqual([])
        expect(found.indexAgrees).toBe(true)
        next = Math.max(0, ...found.batches) + 1
      }
      expect(confirmed.size).toBeGreaterThan(CUTS)
    },
    CUTS * 120_000,
  )

  it('says that a disk is too small for a new database, and leaves nothing on it', async () => {
    disk = new LoopDisk(24)
    const dataDir = join(disk.folder, 'data')
    await expect(openDatabase({ dataDir })).rejects.toMatchObject({
      code: 'database-not-made',
      kind: 'temporary',
    })
    expect(readdirSync(dataDir)).toEqual(['lock'])
  }, 120_000)

  it('stops with a clear error on a full disk, and goes on when there is room', async () => {
    disk = new LoopDisk(160)
    const dataDir = join(disk.folder, 'data')
    await (await openDatabase({ dataDir })).close()
    const ballast = join(disk.folder, 'ballast')
    writeFileSync(ballast, Buffer.alloc(85 * 1024 * 1024))
    const writing = new Writing(dataDir, 1)
    await writing.ended()
    expect(writing.confirmed.length).toBeGreaterThan(10)
    expect(writing.errors).toMatch(/database-(full|stopped)/)
    rmSync(ballast)
    const found = await reopened(dataDir)
    expect(writing.confirmed.filter((batch) => !found.batches.has(batch))).toEqual([])
    expect(found.partial).toEqual([])
  }, 300_000)
})
