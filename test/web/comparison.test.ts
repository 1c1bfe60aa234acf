import { expect, it } from 'vitest'
import { comparisonWords } from '../../src/web/lib/comparison.ts'

const compared = (common: number, onlyInSbom: number, onlyInImage: number): string =>
  comparisonWords({ common, onlyInSbom, onlyInImage, onlyInSbomPackages: [], onlyInImagePackages: [] })

it.each([
  [compared(1, 0, 0), 'Agrees: both name the same package.'],
  [compared(1_200, 0, 0), 'Agrees: both name the same 1,200 packages.'],
  [compared(3, 1, 0), 'Names 1 package that was not found; 3 in common.'],
  [compared(3, 0, 2), 'Misses 2 packages that were found; 3 in common.'],
  [
    compared(0, 2, 1),
    'Names 2 packages that were not found, and misses 1 package that was found; 0 in common.',
  ],
])('%s', (words, wanted) => {
  expect(words).toBe(wanted)
})
