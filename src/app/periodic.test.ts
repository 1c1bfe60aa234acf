import { describe, expect, it } from 'vitest'
import { startPeriodic } from './periodic.ts'

const NEVER = 3_600_000

describe('periodic work', () => {
  it('runs at once, then every so often', async () => {
    let turns = 0
    const work = startPeriodic({ everyMs: 1, run: async () => void (turns += 1), onError: () => {} })
    await expect.poll(() => turns).toBeGreaterThan(3)
    await work.stop()
    const before = turns
    work.poke()
    expect(turns).toBe(before)
  })

  it('never runs twice at once; pokes while it runs count as one turn', async () => {
    const waiting: (() => void)[] = []
    const work = startPeriodic({
      everyMs: NEVER,
      run: () => new Promise<void>((resolve) => waiting.push(resolve)),
      onError: () => {},
    })
    work.poke()
    work.poke()
    expect(waiting).toHaveLength(1)
    waiting[0]?.()
    await expect.poll(() => waiting.length).toBe(2)
    const stopped = work.stop()
    waiting[1]?.()
    await stopped
    expect(waiting).toHaveLength(2)
  })

  it('goes on after a failure, which is told', async () => {
    const told: unknown[] = []
    let turns = 0
    const work = startPeriodic({
      everyMs: 1,
      run: async () => {
        turns += 1
        throw new Error('no')
      },
      onError: (error) => void told.push(error),
    })
    await expect.poll(() => turns).toBeGreaterThan(2)
    await work.stop()
    expect(told.length).toBeGreaterThan(1)
  })

  it('tells what runs to stop, and waits for it', async () => {
    let ended = false
    const work = startPeriodic({
      everyMs: NEVER,
      onError: () => {},
      run: (signal) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            ended = true
            resolve()
          })
        }),
    })
    await work.stop()
    expect(ended).toBe(true)
  })
})
