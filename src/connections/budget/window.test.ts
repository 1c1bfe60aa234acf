import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scaled } from '../../test-support/scale.ts'
import { type BucketState, draw, lower, UNUSED } from './window.ts'

const limit = { requests: 100, seconds: 60 }
const second = 1000

describe('draw', () => {
  it('gives all of it at once, and says when there is more', () => {
    const first = draw(UNUSED, [limit], 150, 0)
    expect(first).toMatchObject({ granted: 100, left: 0 })
    const second = draw(first.state, [limit], 1, 1000)
    expect(second).toMatchObject({ granted: 0, left: 0 })
    expect(draw(second.state, [limit], 1, second.nextAt - 1).granted).toBe(0)
    expect(draw(second.state, [limit], 150, second.nextAt).granted).toBe(100)
    expect(second.nextAt).toBeLessThanOrEqual(60_000 * 1.08)
  })

  it('keeps every limit of a bucket', () => {
    const limits = [limit, { requests: 2, seconds: 1 }]
    let state: BucketState = UNUSED
    let granted = 0
    for (let now = 0; now < 60_000; now += 100) {
      const lot = draw(state, limits, 5, now)
      expect(lot.granted).toBeLessThanOrEqual(2)
      granted += lot.granted
      state = lot.state
    }
    expect(granted).toBe(100)
  })

  it('counts with the others when a clock is behind', () => {
    const ahead = draw(UNUSED, [limit], 60, 100 * second)
    const behind = draw(ahead.state, [limit], 60, 98 * second)
    expect(behind.granted).toBe(40)
  })

  it('sees a fresh start when nothing was sent for long', () => {
    const first = draw(UNUSED, [limit], 100, 0)
    const later = draw(first.state, [limit], 1, 3_600_000)
    expect(later).toMatchObject({ granted: 1, left: 99 })
    expect(JSON.stringify(later.state).length).toBeLessThan(100)
  })
})

describe('lower', () => {
  it('holds until the platform starts anew, and never raises', () => {
    const told = lower(UNUSED, { remaining: 3, until: 10 * second }, 0)
    const first = draw(told, [limit], 10, second)
    expect(first).toMatchObject({ granted: 3, left: 0 })
    expect(draw(first.state, [limit], 1, 2 * second)).toMatchObject({ granted: 0, nextAt: 10 * second })
    expect(lower(first.state, { remaining: 50, until: 20 * second }, 2 * second)).toBe(first.state)
    expect(draw(first.state, [limit], 200, 10 * second).granted).toBe(97)
  })

  it('holds for longer when the platform says so again', () => {
    const told = lower(UNUSED, { remaining: 0, until: 10 * second }, 0)
    expect(lower(told, { remaining: 0, until: 5 * second }, second)).toBe(told)
    const longer = lower(told, { remaining: 0, until: 30 * second }, second)
    expect(draw(longer, [limit], 1, 20 * second)).toMatchObject({ granted: 0, nextAt: 30 * second })
  })

  it('ignores what is over', () => {
    expect(lower(UNUSED, { remaining: 0, until: 5 }, 5)).toBe(UNUSED)
  })
})

describe('however servers draw and use their lots', () => {
  it('no span of the limit’s time sees more than the limit', () => {
    const steps = array(
      record({
        after: integer({ min: 0, max: 8_000 }),
        wanted: integer({ min: 1, max: 40 }),
        late: nat(100),
      }),
      { minLength: 20, maxLength: 120 },
    )
    const limits = record({
      requests: integer({ min: 1, max: 60 }),
      seconds: constantFrom(1, 10, 60),
    })
    assert(
      property(steps, limits, (all, one) => {
        let state: BucketState = UNUSED
        let now = 1_700_000_000_000
        const sent: number[] = []
        for (const { after, wanted, late } of all) {
          now += after
          const lot = draw(state, [one], wanted, now)
          state = lot.state
          // At any time while the lot is good: at its end at the latest.
          const at = now + (lot.goodFor * late) / 101
          for (let each = 0; each < lot.granted; each += 1) sent.push(at)
        }
        sent.sort((a, b) => a - b)
        for (const [index, from] of sent.entries()) {
          const first = sent[index - one.requests]
          if (first !== undefined) expect(from - first).toBeGreaterThanOrEqual(one.seconds * 1000)
        }
      }),
      { numRuns: scaled(100, 5_000) },
    )
  })
})
