import { expect, it } from 'vitest'
import type { HttpResponse } from '../platform/http/index.ts'
import { datedRevision, instantOf } from './dated-revision.ts'

const now = Date.UTC(2026, 0, 2)
const answer = (date?: string) => ({ header: () => date }) as unknown as HttpResponse

it('stands for a change by its date, once that has settled', () => {
  expect(datedRevision(now - 600_000, answer(), now)).toBe('2026-01-01T23:50:00.000Z')
  expect(datedRevision(now - 60_000, answer(), now)).toBeNull()
  expect(datedRevision(now + 60_000, answer(), now)).toBeNull()
  expect(datedRevision(null, answer(), now)).toBeNull()
})

it('asks the clock of the server', () => {
  const behind = answer(new Date(now - 3_600_000).toUTCString())
  expect(datedRevision(now - 3_600_000, behind, now)).toBeNull()
  expect(datedRevision(now - 7_200_000, behind, now)).not.toBeNull()
})

it('reads dates with time only', () => {
  expect(instantOf('2023-06-20T10:44:45.459826Z')).toBe(Date.UTC(2023, 5, 20, 10, 44, 45, 459))
  for (const text of [null, undefined, '', 'yesterday', '2023', '2023-99-99T00:00:00Z'])
    expect(instantOf(text)).toBeNull()
})
