import { describe, expect, it } from 'vitest'
import { parseRetryAfter } from './retry-after.ts'

const now = Date.UTC(2026, 0, 1)

describe('parseRetryAfter', () => {
  it('reads seconds', () => {
    expect(parseRetryAfter('120', now)).toBe(now + 120_000)
    expect(parseRetryAfter(' 0 ', now)).toBe(now)
  })

  it('reads the three forms of a date, never before now', () => {
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(now + 60_000)
    expect(parseRetryAfter('Thursday, 01-Jan-2026 00:00:30 GMT', now)).toBe(now + 30_000)
    expect(parseRetryAfter('Wed, 31 Dec 2025 23:59:59 GMT', now)).toBe(now)
  })

  it.each([
    undefined,
    '',
    'soon',
    '-5',
    '1e9',
    '99999999999',
    'Thu, 01 Foo 2026 00:01:00 GMT',
  ])('ignores %s', (text) => {
    expect(parseRetryAfter(text, now)).toBeUndefined()
  })
})
