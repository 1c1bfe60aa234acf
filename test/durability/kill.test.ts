import { rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { embeddedDataFolder } from '../../src/test-support/databases/index.ts'
import { scaled } from '../../src/test-support/scale.ts'
import { reopened, Writing } from './writing.ts'

const KILLS = scaled(6, 100)

it(
  `keeps every confirmed transaction, whole, through ${KILLS} kills at random moments`,
  async () => {
    const dataDir = await embeddedDataFolder()
    const confirmed = new Set<number>()
    let next = 1
    for (let round = 0; round < KILLS; round += 1) {
      const writing = new Writing(dataDir, next)
      // Every third kill falls into the start or the recovery, the others into writing.
      if (round % 3 !== 0) await writing.begun
      await wait(Math.random() * 800)
      await writing.kill()
      expect(writing.errors).toBe('')
      for (const batch of writing.confirmed) confirmed.add(batch)
      const found = await reopened(dataDir)
      expect([...confirmed].filter((batch) => !found.batches.has(batch))).toEqual([])
      expect(found.partial).toEqual([])
      expect(found.indexAgrees).toBe(true)
      next = Math.max(0, ...found.batches) + 1
    }
    expect(confirmed.size).toBeGreaterThan(0)
    rmSync(dataDir, { recursive: true })
  },
  KILLS * 30_000,
)
