import { expect, it } from 'vitest'
import type { DatabaseState } from '../contract/index.ts'
import { createDatabaseService } from './databases.ts'
import type { DatabaseUpdates } from './database-updates.ts'

const state: DatabaseState = {
  digest: null,
  updatedAt: null,
  nextUpdate: null,
  source: null,
  stale: true,
  message: '',
  lastCheck: null,
  updating: false,
}

/** One that says its name, and notes what is asked of it. */
function updatesOf(message: string, isFree: boolean) {
  const asked: string[] = []
  const updates: DatabaseUpdates = {
    status: () => ({ ...state, message }),
    requestUpdate: () => {
      asked.push(message)
      return isFree
    },
    tick: async () => {},
    stop: async () => {},
  }
  return { updates, asked }
}

it.each([
  [true, true, true],
  [false, true, true],
  [true, false, true],
  [false, false, false],
])('both are asked for newer data: %j and %j', async (one, other, accepted) => {
  const vulnerabilities = updatesOf('vulnerability data', one)
  const java = updatesOf('Java database', other)
  const progress = { matching: { done: 1, total: 2 }, renewing: null }
  const service = createDatabaseService({
    vulnerabilities: vulnerabilities.updates,
    java: java.updates,
    progress: async () => progress,
  })
  expect(service.requestUpdate()).toBe(accepted)
  expect([...vulnerabilities.asked, ...java.asked]).toEqual(['vulnerability data', 'Java database'])
  expect(await service.status()).toEqual({
    ...state,
    message: 'vulnerability data',
    java: { ...state, message: 'Java database' },
    progress,
  })
})
