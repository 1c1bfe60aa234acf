import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scaled } from '../../test-support/scale.ts'
import { GatheredParts, normalRanges, wholeFile } from './file-parts.ts'

const content = Buffer.from(Array.from({ length: 200 }, (_, index) => index))

describe('ranges of a file', () => {
  it('are put in order, joined and cut to the file', () => {
    const ranges = [
      { start: 50, end: 60 },
      { start: -5, end: 10 },
      { start: 10, end: 12 },
      { start: 55, end: 58 },
      { start: 70, end: 70 },
      { start: 190, end: 999 },
      { start: 300, end: 400 },
      { start: Number.NaN, end: 20 },
    ]
    expect(normalRanges(ranges, 200)).toEqual([
      { start: 0, end: 12 },
      { start: 50, end: 60 },
      { start: 190, end: 200 },
    ])
  })
})

describe('parts of a file', () => {
  it('are the file where they are at hand, whatever pieces they came in', () => {
    const range = fc.record({ start: fc.nat(200), end: fc.nat(200) })
    const run = fc.property(
      fc.array(range, { maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: -3, max: 210 }),
      fc.integer({ min: -1, max: 210 }),
      (ranges, step, offset, length) => {
        const kept = normalRanges(ranges, content.length)
        const parts = new GatheredParts(content.length)
        for (const { start, end } of kept) {
          for (let at = start; at < end; at += step) {
            parts.add(at, content.subarray(at, Math.min(at + step, end)))
          }
        }
        const isThere = kept.some(
          ({ start, end }) => offset >= start && offset < end && offset + length <= end,
        )
        const found = parts.read(offset, length)
        if (length <= 0 || offset < 0) return
        expect(found === undefined ? undefined : [...found]).toEqual(
          isThere ? [...content.subarray(offset, offset + length)] : undefined,
        )
      },
    )
    fc.assert(run, { numRuns: scaled(2_000, 200_000), seed: 4 })
  })

  it('of a whole file are all of it', () => {
    expect(wholeFile(content).read(198, 2)).toEqual(content.subarray(198))
    expect(wholeFile(content).read(198, 3)).toBeUndefined()
    expect(wholeFile(content).read(-1, 1)).toBeUndefined()
  })
})
