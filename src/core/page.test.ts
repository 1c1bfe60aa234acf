import { expect, test } from 'vitest'
import { decodeCursor, encodeCursor, pageOf, totalText } from './page.ts'

test('a cursor survives the way through a URL', () => {
  const key = ['ünï/çode+?', 42, '']
  const cursor = encodeCursor(key)
  expect(cursor).toMatch(/^[\w-]+$/)
  expect(decodeCursor(cursor, ['string', 'number', 'string'])).toEqual(key)
})

test.each([
  '!!',
  'bm90IGpzb24',
  encodeCursor([1]),
  encodeCursor(['1', '2', '3']),
  encodeCursor([1, '2']),
  encodeCursor(['1', 1.5]),
])('refuses a cursor that this list did not give: %s', (cursor) => {
  expect(() => decodeCursor(cursor, ['string', 'number'])).toThrow('not one that this list gave out')
})

test('no cursor is the beginning', () => {
  expect(decodeCursor(undefined, ['number'])).toBeUndefined()
  expect(decodeCursor('', ['number'])).toBeUndefined()
})

test('the row too many becomes a cursor to the last row shown', () => {
  const page = pageOf([1, 2, 3], 2, (row) => [row], totalText(3))
  expect(page.items).toEqual([1, 2])
  expect(decodeCursor(page.nextCursor ?? undefined, ['number'])).toEqual([2])
  expect(pageOf([1, 2], 2, (row) => [row], null).nextCursor).toBeNull()
})

test('counts stop at ten thousand', () => {
  expect(totalText(10_000)).toBe('10000')
  expect(totalText(10_001)).toBe('10,000+')
})
