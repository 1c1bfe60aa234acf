import { setImmediate } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ecosystems } from '../../src/app/ecosystems.ts'
import type { Analyzer } from '../../src/indexing/index.ts'
import { boundMemory } from '../../src/test-support/memory.ts'
import { mutations } from '../../src/test-support/mutations.ts'
import { scaled } from '../../src/test-support/scale.ts'
import { type Seed, seedsOf } from './corpus.ts'

/** Every analyzer of every ecosystem, on damaged forms of files that it wants: a new one is in as soon as it has a golden image. */
const analyzers = ecosystems.flatMap((ecosystem) => ecosystem.analyzers)
const numRuns = scaled(1_000, 1_000_000)
const seed = scaled(2024, Date.now() % 2 ** 31)
const HEAD = 16 * 1024
/** What zlib could not unpack is free only after a turn of the event loop. */
const TURN = 1_000

boundMemory()

/** Facts, or an error that says what is wrong; it is noted at the image. Whoever runs out of stack or room has no bounds. */
function read(analyzer: Analyzer, { path, content }: Seed): void {
  try {
    const facts = analyzer.read(path, content)
    analyzer.finish?.(facts)
    const ranges = analyzer.partial?.ranges(content.subarray(0, HEAD), content.length) ?? []
    expect(ranges.every(({ start, end }) => start >= 0 && start < end)).toBe(true)
  } catch (error) {
    if (!(error instanceof Error) || error.message === '') throw new Error('no reason', { cause: error })
    if (/call stack|Invalid (?:array|string|typed array) length|allocation/.test(error.message)) throw error
    if (error.name === 'AssertionError') throw error
  }
}

it('each ecosystem has analyzers, and each of them an id of its own', () => {
  expect(ecosystems.filter((ecosystem) => ecosystem.analyzers.length === 0)).toEqual([])
  expect(new Set(analyzers.map(({ id }) => id)).size).toBe(analyzers.length)
})

describe('whatever the bytes are, there are facts or a reason', () => {
  it.each(analyzers.map((analyzer) => [analyzer.id, analyzer] as const))(
    '%s',
    async (_id, analyzer) => {
      const seeds = seedsOf(analyzer)
      expect(seeds, 'no golden image, nor test/fixtures/fuzz, has a file for it').not.toEqual([])
      for (const whole of seeds) read(analyzer, whole)
      const damaged = fc
        .constantFrom(...seeds)
        .chain(({ path, content }) => mutations([content]).map((bytes) => ({ path, content: bytes })))
      let runs = 0
      const property = fc.asyncProperty(damaged, async (input) => {
        read(analyzer, input)
        runs += 1
        if (runs % TURN === 0) await setImmediate()
      })
      await fc.assert(property, { numRuns, seed })
    },
    scaled(60_000, 7_200_000),
  )
})
