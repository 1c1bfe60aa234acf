import { expect, it } from 'vitest'
import { progressText } from '../../src/web/lib/progress.ts'

it('says how far background work is, and nothing when there is none', () => {
  expect(progressText({ matching: null, renewing: null })).toBe('')
  expect(progressText({ matching: { done: 1200, total: 40_000 }, renewing: null })).toBe(
    '; matching 1,200 of 40,000 packages again',
  )
  expect(progressText({ matching: { done: 0, total: 9 }, renewing: { done: 1, total: 2 } })).toBe(
    '; matching 0 of 9 packages again; renewing 1 of 2 images',
  )
})
