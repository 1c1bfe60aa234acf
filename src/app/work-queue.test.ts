import { describe, expect, it } from 'vitest'
import { createJobs, type Jobs } from '../platform/jobs/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { defineWorkQueue } from './work-queue.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

eachDatabase((_name, open) => {
  async function start(define: (jobs: Jobs) => () => void): Promise<{ wake: () => void; jobs: Jobs }> {
    const jobs = createJobs(await open(), { log })
    const wake = define(jobs)
    await jobs.start()
    return { wake, jobs }
  }

  describe('a work queue', () => {
    it('works off what waits with several workers, and again after the next wake', async () => {
      const waiting = Array.from({ length: 20 }, (_, index) => index)
      const done: number[] = []
      let atOnce = 0
      let most = 0
      const { wake, jobs } = await start((jobs) =>
        defineWorkQueue(jobs, {
          name: 'test.work',
          workers: 2,
          onError: () => {},
          runNext: async () => {
            const next = waiting.shift()
            if (next === undefined) return false
            atOnce += 1
            most = Math.max(most, atOnce)
            await new Promise((resolve) => setImmediate(resolve))
            atOnce -= 1
            done.push(next)
            return true
          },
        }),
      )
      wake()
      wake()
      await expect.poll(() => done.length, { timeout: 20_000 }).toBe(20)
      expect(most).toBeLessThanOrEqual(2)
      waiting.push(20, 21)
      wake()
      await expect.poll(() => done.length, { timeout: 20_000 }).toBe(22)
      await jobs.stop()
    })

    it('looks again for work that came while a look ended', async () => {
      const waiting: number[] = [1]
      const done: number[] = []
      let wakeAgain = (): void => {}
      const { wake, jobs } = await start((jobs) =>
        defineWorkQueue(jobs, {
          name: 'test.late',
          workers: 1,
          onError: () => {},
          runNext: async () => {
            const next = waiting.shift()
            if (next === undefined) {
              if (done.length === 1) {
                waiting.push(2)
                wakeAgain()
              }
              return false
            }
            done.push(next)
            return true
          },
        }),
      )
      wakeAgain = wake
      wake()
      await expect.poll(() => done, { timeout: 20_000 }).toEqual([1, 2])
      await jobs.stop()
    })

    it('stops between two pieces of work when the server does', async () => {
      let pieces = 0
      const { wake, jobs } = await start((jobs) =>
        defineWorkQueue(jobs, {
          name: 'test.endless',
          workers: 1,
          onError: () => {},
          runNext: async () => {
            pieces += 1
            await new Promise((resolve) => setImmediate(resolve))
            return true
          },
        }),
      )
      wake()
      await expect.poll(() => pieces, { timeout: 20_000 }).toBeGreaterThan(0)
      await jobs.stop({ drainMs: 10 })
      const ended = pieces
      await new Promise((resolve) => setImmediate(resolve))
      expect(pieces).toBe(ended)
    })
  })
})

describe('a wake', () => {
  it('sends again for a wake that came while a job was being sent', async () => {
    const keys: (string | undefined)[] = []
    let sent: () => void = () => {}
    const jobs: Pick<Jobs, 'define'> = {
      define: () => ({
        name: 'test.slow-send',
        schedule: async () => {},
        send: async (_data, options) => {
          keys.push(options?.key)
          await new Promise<void>((resolve) => {
            sent = resolve
          })
          return true
        },
      }),
    }
    const runNext = async () => false
    const wake = defineWorkQueue(jobs, { name: 'test.slow-send', workers: 1, runNext, onError: () => {} })
    wake()
    await expect.poll(() => keys).toEqual(['0'])
    wake()
    wake()
    sent()
    await expect.poll(() => keys).toEqual(['0', '0'])
    sent()
  })
})
