import { expect, it } from 'vitest'
import { AppError } from '../core/index.ts'
import type { RegistryConnector } from '../registries/index.ts'
import { FakeRegistry } from '../test-support/domain/index.ts'
import { checkSteps } from './check.ts'

function connector(check: RegistryConnector['check']): RegistryConnector {
  return { ...new FakeRegistry('registry.test').connector(), check }
}

const cancelled = new AppError({ code: 'cancelled', kind: 'cancelled', publicMessage: 'Cancelled.' })

it('a registry that lets a person wait for too long has failed the check', async () => {
  const never = connector(
    (signal) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(cancelled))),
  )
  expect(await checkSteps(never, ['192.0.2.7'], 5)).toMatchObject({
    ok: false,
    error: { code: 'check-timeout', kind: 'temporary', remedy: expect.stringContaining('192.0.2.7') },
  })
})

it('what was cancelled otherwise is no finding', async () => {
  const ended = connector(() => Promise.reject(cancelled))
  await expect(checkSteps(ended, [])).rejects.toBe(cancelled)
})
