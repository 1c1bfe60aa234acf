import { expect, it } from 'vitest'
import { ManualClock } from './domain/index.ts'
import { Quota, quotaRefusal, type QuotaRule } from './quota.ts'

const rule = (more: Partial<QuotaRule>): QuotaRule => ({
  counts: ({ url }) => url.pathname === '/counts',
  requests: 10,
  seconds: 60,
  window: 'fixed',
  refusal: ({ resetAt, now }) =>
    quotaRefusal(429, 'slow down', { 'retry-after': String((resetAt - now) / 1000) }),
  ...more,
})

function start(...rules: QuotaRule[]) {
  const clock = new ManualClock(Date.UTC(2026, 0, 1, 0, 0, 30))
  const quota = new Quota(rules, { clock })
  const ask = (path = '/counts') =>
    quota.admit({ method: 'GET', url: new URL(path, 'https://api.example'), headers: {} })
  /** How many of so many pass. */
  const pass = (times: number, status = 200): number =>
    Array.from({ length: times }).filter(() => {
      const { refusal, done } = ask()
      done(status)
      return refusal === undefined
    }).length
  return { clock, quota, ask, pass }
}

it('fixed: starts anew with each span, and says when', () => {
  const { clock, quota, ask, pass } = start(rule({ window: 'fixed' }))
  expect(pass(12)).toBe(10)
  expect(ask().refusal).toMatchObject({ status: 429, headers: { 'retry-after': '30' } })
  clock.advance(30_000)
  expect(pass(12)).toBe(10)
  expect([quota.counted, quota.refused]).toEqual([25, 5])
})

it('sliding: no span sees more', () => {
  const { clock, pass } = start(rule({ window: 'sliding' }))
  expect(pass(4)).toBe(4)
  clock.advance(30_000)
  expect(pass(12)).toBe(6)
  clock.advance(30_000)
  expect(pass(12)).toBe(4)
})

it('bucket: fills up steadily, as far as it holds', () => {
  const { clock, pass } = start(rule({ window: 'bucket', burst: 5 }))
  expect(pass(12)).toBe(5)
  clock.advance(12_000)
  expect(pass(12)).toBe(2)
  clock.advance(3_600_000)
  expect(pass(12)).toBe(5)
})

it('side by side: as many as are not answered yet', () => {
  const { ask } = start(rule({ requests: Infinity, atOnce: 2 }))
  const [first] = [ask(), ask()]
  expect(ask().refusal?.status).toBe(429)
  first?.done(200)
})

it('counts what it is to count, and an answer that is free not', () => {
  const { quota, ask, pass } = start(rule({ freeStatus: 304 }))
  expect(ask('/other').refusal).toBeUndefined()
  expect(quota.counted).toBe(0)
  expect(pass(30, 304)).toBe(30)
  expect(pass(12)).toBe(10)
})

it('what one limit refuses uses up nothing of another; small numbers keep one', () => {
  const { pass } = start(rule({ requests: 3, seconds: 1 }), rule({ requests: 10 }))
  expect(pass(20)).toBe(3)
  const scaled = new Quota([rule({})], { scale: 1 / 1000 })
  const ask = () => scaled.admit({ method: 'GET', url: new URL('https://api.example/counts'), headers: {} })
  expect([ask().refusal, ask().refusal?.status]).toEqual([undefined, 429])
})
