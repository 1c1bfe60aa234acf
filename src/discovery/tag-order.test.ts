import { expect, test } from 'vitest'
import { compareTags } from './tag-order.ts'

const newestFirst = (...names: string[]): string[] =>
  names
    .map((name) => ({ name, pushedAt: null, builtAt: null }))
    .sort(compareTags)
    .map((tag) => tag.name)

test('without dates, versions rank by their numbers', () => {
  expect(newestFirst('1.9', '1.10', 'v2.0', '2.0-rc1', '2.0', '2.0.1')).toEqual([
    '2.0.1',
    'v2.0',
    '2.0',
    '2.0-rc1',
    '1.10',
    '1.9',
  ])
  expect(newestFirst('1.0', 'latest', 'beta', '20240102', '20240101')).toEqual([
    'latest',
    '20240102',
    '20240101',
    '1.0',
    'beta',
  ])
})

test('dates rank first: pushed, else built; the dates of reproducible builds are none', () => {
  const day = (date: number): number => Date.UTC(2025, 0, date)
  const tags = [
    { name: 'old', pushedAt: day(1), builtAt: day(9) },
    { name: 'new', pushedAt: day(3), builtAt: null },
    { name: 'built', pushedAt: null, builtAt: day(2) },
    { name: 'epoch', pushedAt: null, builtAt: 0 },
    { name: '9999', pushedAt: null, builtAt: null },
  ]
  expect(tags.sort(compareTags).map((tag) => tag.name)).toEqual(['new', 'built', 'old', '9999', 'epoch'])
})
