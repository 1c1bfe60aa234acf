import { afterEach, expect, it } from 'vitest'
import { systemClock } from '../core/index.ts'
import type { HttpRequest } from '../platform/http/index.ts'
import { ManualClock } from '../test-support/domain/index.ts'
import { testHttp } from '../test-support/http.ts'
import { serve } from '../test-support/http-servers.ts'
import { Cleanup, failureOf } from '../test-support/registry-client.ts'
import { pacedHttp, type Pacing } from './paced-http.ts'
import type { RequestBudget } from './ports.ts'

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A platform that gives these answers, the last one for ever, and a budget that remembers what was taken and told. */
async function start(answers: readonly Answer[], pacing: Partial<Pacing> = {}) {
  let asked = 0
  const server = await serve(cleanup, (_, response) => {
    const { status, headers } = answers[Math.min(asked, answers.length - 1)] ?? { status: 200 }
    asked += 1
    response.writeHead(status, headers).end()
  })
  const clock = new ManualClock(systemClock.now())
  const taken: string[] = []
  const held = { now: 0 }
  const told: { bucket: string; remaining: number; milliseconds: number }[] = []
  const budget: RequestBudget = {
    async take(bucket) {
      taken.push(bucket)
      held.now += 1
      return () => void (held.now -= 1)
    },
    report: (bucket, { remaining, resetAt }) =>
      void told.push({ bucket, remaining, milliseconds: resetAt - clock.now() }),
  }
  const http = cleanup.keep(testHttp())
  const paced = pacedHttp(http, { budget, clock }, { bucketOf: () => 'api', ...pacing })
  const get = async (more: Partial<HttpRequest> = {}): Promise<number> => {
    const response = await paced.request({ method: 'GET', url: server.url, ...more })
    await response.discard()
    return response.status
  }
  return { clock, taken, held, told, get, asked: () => asked, server }
}

it('takes every try of a request, and gives it back', async () => {
  const { get, taken, held } = await start([{ status: 503 }, { status: 429 }, { status: 200 }])
  expect(await get()).toBe(200)
  expect(taken).toEqual(['api', 'api', 'api'])
  expect(held.now).toBe(0)
})

it('gives it back when there is no answer', async () => {
  const { get, taken, held, server } = await start([{ status: 200 }])
  await server.close()
  expect(await failureOf(get({ attempts: 2 }))).toMatchObject({ code: expect.any(String) })
  expect(taken).toHaveLength(2)
  expect(held.now).toBe(0)
})

it('takes nothing for what no limit counts', async () => {
  const { get, taken, told } = await start([{ status: 429 }, { status: 200 }], { bucketOf: () => undefined })
  expect(await get()).toBe(200)
  expect([taken, told]).toEqual([[], []])
})

it.each([
  ['seconds', 429, { 'retry-after': '7' }],
  ['a refusal for another reason that says when', 403, { 'retry-after': '7' }],
  ['an overload that says when', 503, { 'retry-after': '7' }],
] as const)('tells of %s', async (_, status, headers) => {
  const { get, told } = await start([{ status, headers }])
  expect(await get({ attempts: 1 })).toBe(status)
  expect(told).toEqual([{ bucket: 'api', remaining: 0, milliseconds: 7_000 }])
})

it('tells of a header of the platform’s own rather', async () => {
  const { get, told, clock } = await start([{ status: 429, headers: { 'retry-after': '7' } }])
  await get({ attempts: 1, retryAt: () => clock.now() + 9_000 })
  expect(told).toEqual([{ bucket: 'api', remaining: 0, milliseconds: 9_000 }])
})

it.each([403, 500, 503, 401])('takes a plain %i for what it is', async (status) => {
  const { get, told } = await start([{ status }])
  expect(await get({ attempts: 1 })).toBe(status)
  expect(told).toEqual([])
})

it('waits twice as long each time for who does not say, and anew after a success', async () => {
  const { get, told, clock } = await start([
    { status: 429 },
    { status: 429 },
    { status: 429 },
    { status: 200 },
    { status: 429 },
  ])
  const one = async (): Promise<number | undefined> => {
    await get({ attempts: 1 })
    const { milliseconds } = told.at(-1) ?? {}
    return milliseconds
  }
  expect(await one()).toBe(2_000)
  clock.advance(2_000)
  expect(await one()).toBe(4_000)
  // Another that was sent before that was known.
  expect(await one()).toBe(4_000)
  clock.advance(4_000)
  await get()
  expect(await one()).toBe(2_000)
})

it('tells of what is left, and of the end where nothing is', async () => {
  const read: Pacing['read'] = (response) => ({
    remaining: Number(response.header('left')),
    resetAt: Number(response.header('until')),
  })
  const until = String(systemClock.now() + 3_600_000)
  const { get, told } = await start(
    [
      { status: 200, headers: { left: '5', until } },
      { status: 403, headers: { left: '0', until } },
      { status: 403, headers: { left: '4', until } },
    ],
    { read },
  )
  for (let each = 0; each < 3; each += 1) await get({ attempts: 1 })
  expect(told.map(({ remaining }) => remaining)).toEqual([5, 0, 4])
})
