import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { AppError } from '../../core/index.ts'
import { eachDatabase } from '../../test-support/databases/index.ts'
import type { Database } from '../db/index.ts'
import { createJobs, type Jobs } from './index.ts'

const log = { info: () => {}, warn: () => {} }

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 30_000) throw new Error('waited too long')
    await wait(20)
  }
}

eachDatabase((name, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  let started: Jobs[] = []
  const prepare = (): Jobs => {
    const jobs = createJobs(database, { log, heartbeatSeconds: 10, superviseSeconds: 1, pollSeconds: 1 })
    started.push(jobs)
    return jobs
  }
  afterEach(async () => {
    await Promise.all(started.map((jobs) => jobs.stop({ drainMs: 100 })))
    started = []
  })

  it('runs what is sent, all of it, as many at once as allowed', async () => {
    const jobs = prepare()
    const gate = Promise.withResolvers<void>()
    const done: number[] = []
    let running = 0
    let most = 0
    const job = jobs.define<{ n: number }>(
      'count',
      async ({ n }) => {
        running += 1
        most = Math.max(most, running)
        await gate.promise
        running -= 1
        done.push(n)
      },
      { policy: 'exclusive', concurrency: 3 },
    )
    await jobs.start()
    for (let n = 0; n < 30; n += 1) expect(await job.send({ n }, { key: `key ${n}` })).toBe(true)
    await until(() => running === 3)
    gate.resolve()
    await until(() => done.length === 30)
    expect(new Set(done).size).toBe(30)
    expect(most).toBe(3)
  })

  it('exclusive holds one job of a key, stately one running and one waiting', async () => {
    const jobs = prepare()
    const gate = Promise.withResolvers<void>()
    const runs: string[] = []
    const handler = async ({ queue }: { queue: string }): Promise<void> => {
      runs.push(queue)
      await gate.promise
    }
    const exclusive = jobs.define('exclusive', handler, { policy: 'exclusive', concurrency: 2 })
    const stately = jobs.define('stately', handler, { policy: 'stately', concurrency: 2 })
    await jobs.start()
    await exclusive.send({ queue: 'exclusive' }, { key: 'k' })
    await stately.send({ queue: 'stately' }, { key: 'k' })
    await until(() => runs.length === 2)
    expect(await exclusive.send({ queue: 'exclusive' }, { key: 'k' })).toBe(false)
    expect(await exclusive.send({ queue: 'exclusive' }, { key: 'other' })).toBe(true)
    expect(await stately.send({ queue: 'stately' }, { key: 'k' })).toBe(true)
    expect(await stately.send({ queue: 'stately' }, { key: 'k' })).toBe(false)
    gate.resolve()
    await until(() => runs.length === 4)
    expect(runs.toSorted()).toEqual(['exclusive', 'exclusive', 'stately', 'stately'])
  })

  it('tries passing errors again, and no others', async () => {
    const jobs = prepare()
    const attempts: Record<string, number[]> = { temporary: [], invalid: [], bug: [] }
    const job = jobs.define<{ kind: 'temporary' | 'invalid' | 'bug' }>(
      'failing',
      async ({ kind }, { attempt }) => {
        attempts[kind]?.push(attempt)
        if (kind === 'bug') throw new TypeError('undefined is not a function')
        if (attempt === 1) throw new AppError({ code: 'test', kind, publicMessage: 'Failed.' })
      },
      { policy: 'exclusive', concurrency: 3 },
    )
    await jobs.start()
    for (const kind of ['temporary', 'invalid', 'bug'] as const) await job.send({ kind }, { key: kind })
    await until(() => attempts['temporary']?.length === 2)
    expect(attempts).toEqual({ temporary: [1, 2], invalid: [1], bug: [1] })
  })

  it('gives a job that was running when the server stopped to the next one', async () => {
    const first = prepare()
    let aborted = false
    const options = { policy: 'exclusive', concurrency: 1 } as const
    const job = first.define<{ n: number }>(
      'resumed',
      (_data, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true
            reject(signal.reason)
          })
          running.resolve()
        }),
      options,
    )
    const running = Promise.withResolvers<void>()
    await first.start()
    await job.send({ n: 7 })
    await running.promise
    await first.stop({ drainMs: 50 })
    expect(aborted).toBe(true)

    const second = prepare()
    const seen: unknown[] = []
    second.define<{ n: number }>(
      'resumed',
      async ({ n }, { attempt }) => void seen.push([n, attempt]),
      options,
    )
    await second.start()
    await until(() => seen.length > 0)
    expect(seen).toEqual([[7, 2]])
  })

  it.runIf(name === 'embedded')('takes up at once what a killed server was running', async () => {
    const killed = prepare()
    const options = { policy: 'stately', concurrency: 1 } as const
    const running = Promise.withResolvers<void>()
    const never = new Promise<void>(() => {})
    const job = killed.define('orphan', () => (running.resolve(), never), options)
    await killed.start()
    await job.send({})
    await running.promise

    const restarted = prepare()
    const attempts: number[] = []
    restarted.define('orphan', async (_data, { attempt }) => void attempts.push(attempt), options)
    await restarted.start()
    await until(() => attempts.length > 0)
    expect(attempts).toEqual([2])
  })

  it('lets running jobs end before it stops', async () => {
    const jobs = prepare()
    const running = Promise.withResolvers<void>()
    let ended = false
    const job = jobs.define(
      'drained',
      async () => {
        running.resolve()
        await wait(300)
        ended = true
      },
      { policy: 'exclusive', concurrency: 1 },
    )
    await jobs.start()
    await job.send({})
    await running.promise
    await jobs.stop({ drainMs: 20_000 })
    expect(ended).toBe(true)
  })

  it('takes a schedule, and takes it again', async () => {
    const jobs = prepare()
    const job = jobs.define('hourly', async () => {}, { policy: 'exclusive', concurrency: 1 })
    await jobs.start({ work: false })
    await job.schedule('0 * * * *', {})
    await job.schedule('30 * * * *', {})
    const rows = await database.execute(`select cron from pgboss.schedule where name = 'hourly'`)
    expect(rows).toEqual([{ cron: '30 * * * *' }])
  })
})
